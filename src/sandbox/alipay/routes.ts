import express, { type ErrorRequestHandler, type Request, type Response, Router } from 'express';
import { type FaultOp } from '../faults/catalogue';
import { type Answer, perform, transmit, type WireAnswer } from '../faults/http-faults';
import { type Fault } from '../faults/registry';
import { type AlipayCommand, type AlipayDesk } from './desk';
import { AlipayRefusal, refusal } from './errors';
import {
  numberContent,
  pagePayContent,
  parseContent,
  precreateContent,
  refundContent,
  refundQueryContent,
} from './fields';
import { problemPage } from './problem-page';
import { responseKey, signAnswer } from './sign-answer';
import { type Product } from './trade';
import { type Parameters, readParameters, verifyRequest } from './verify-request';

export const GATEWAY_PATH = '/gateway.do';
const PAGE_PAY = 'alipay.trade.page.pay';

/** What an authentic, well-formed request comes to: the operation, and the number that faults are matched by. */
interface Plan {
  readonly op: FaultOp;
  readonly merchantNo: string;
  readonly command: AlipayCommand;
}

/** The one endpoint. Signature first, then the form, then the fault, then the effect. */
export function alipayRoutes(desk: AlipayDesk): Router {
  const router = Router();
  router.use(GATEWAY_PATH, express.raw({ type: () => true, limit: '64kb' }));
  router.all(GATEWAY_PATH, async (req, res) => {
    const parameters = readParameters(queryOf(req), bodyOf(req));
    const method = parameters.get('method') ?? '';
    res.locals['method'] = method;
    if (method === '') throw new AlipayRefusal('isv.missing-method');
    const plan = PLANS.get(method);
    if (!plan) throw new AlipayRefusal('isv.invalid-method');
    res.locals['known'] = true;
    verifyRequest(parameters, desk.secrets, desk.core.clock.nowMs());
    await answerCall(desk, method, plan(desk, parameters), res);
  });
  router.use(GATEWAY_PATH, refusals(desk));
  return router;
}

async function answerCall(desk: AlipayDesk, method: string, plan: Plan, res: Response): Promise<void> {
  const { store, faults, holds, deferrals } = desk.core;
  const fault = faults.take(plan.op, 'alipay', plan.merchantNo);
  await perform(
    {
      effect: () => desk.execute(plan.command, fault),
      defer: (delay) => deferrals.defer('alipay', plan.command, delay),
      serverError: () => refusal('isp.unknow-error'),
      throttled: () => refusal('isv.app-call-limited'),
      settled: () => store.synced(),
      sign: (answer, signatureFault) => wireAnswer(desk, method, answer, signatureFault),
    },
    res,
    fault,
    holds,
  );
}

/** page.pay answers a browser: the way to the cashier, or a page that says what is wrong. Everything else is signed. */
function wireAnswer(desk: AlipayDesk, method: string, answer: Answer, fault: Fault | null): WireAnswer {
  if (method !== PAGE_PAY) return signAnswer(answer, responseKey(method), desk.secrets, fault);
  if (answer.status === 302) return { status: 302, body: '', headers: { Location: answer.body } };
  return problemPage(answer);
}

const PLANS: ReadonlyMap<string, (desk: AlipayDesk, parameters: Parameters) => Plan> = new Map([
  ['alipay.trade.precreate', (_desk, parameters) => createPlan(parameters, 'precreate')],
  [PAGE_PAY, (_desk, parameters) => createPlan(parameters, 'page.pay')],
  ['alipay.trade.query', (desk, parameters) => numberPlan(desk, parameters, 'query')],
  ['alipay.trade.close', (desk, parameters) => numberPlan(desk, parameters, 'close')],
  ['alipay.trade.refund', refundPlan],
  ['alipay.trade.fastpay.refund.query', refundQueryPlan],
]);

function createPlan(parameters: Parameters, product: Product): Plan {
  const schema = product === 'page.pay' ? pagePayContent : precreateContent;
  const content = parseContent(schema, parameters.get('biz_content'));
  const notifyUrl = parameters.get('notify_url') ?? null;
  if (notifyUrl !== null && !/^https?:\/\/./.test(notifyUrl)) {
    throw new AlipayRefusal('isv.invalid-parameter', 'notify_url must be an absolute http(s) URL');
  }
  return { op: 'create', merchantNo: content.out_trade_no, command: { op: 'create', product, notifyUrl, content } };
}

function numberPlan(desk: AlipayDesk, parameters: Parameters, op: 'query' | 'close'): Plan {
  const merchantNo = desk.merchantNoOf(parseContent(numberContent, parameters.get('biz_content')));
  return { op, merchantNo, command: { op, merchantNo } };
}

function refundPlan(desk: AlipayDesk, parameters: Parameters): Plan {
  const content = parseContent(refundContent, parameters.get('biz_content'));
  return { op: 'refund', merchantNo: desk.merchantNoOf(content), command: { op: 'refund', content } };
}

function refundQueryPlan(desk: AlipayDesk, parameters: Parameters): Plan {
  const content = parseContent(refundQueryContent, parameters.get('biz_content'));
  return { op: 'queryRefund', merchantNo: desk.merchantNoOf(content), command: { op: 'queryRefund', content } };
}

function queryOf(req: Request): string {
  const at = req.originalUrl.indexOf('?');
  return at === -1 ? '' : req.originalUrl.slice(at + 1);
}

function bodyOf(req: Request): string {
  return Buffer.isBuffer(req.body) ? req.body.toString('utf8') : '';
}

/** Every refusal is answered in Alipay's form and signed; what isn't one is the sandbox's own failure. */
function refusals(desk: AlipayDesk): ErrorRequestHandler {
  return (error: unknown, _req, res, next) => {
    if (res.headersSent) return next(error);
    const answer = refusalAnswer(error);
    const method = String(res.locals['method'] ?? '');
    const wire =
      res.locals['known'] === true
        ? wireAnswer(desk, method, answer, null)
        : signAnswer(answer, 'error_response', desk.secrets, null);
    transmit(res, wire, null);
  };
}

function refusalAnswer(error: unknown): Answer {
  if (error instanceof AlipayRefusal) return error.toAnswer();
  const isTooLarge = error instanceof Error && 'type' in error && error.type === 'entity.too.large';
  return isTooLarge
    ? refusal('isv.invalid-parameter', 'The body is too large')
    : refusal('isp.unknow-error', `Sandbox failure: ${String(error)}`);
}
