import express, { type ErrorRequestHandler, type Request, type RequestHandler, type Response, Router } from 'express';
import { type Answer, perform, transmit } from '../faults/http-faults';
import { type FaultOp } from '../faults/catalogue';
import { certificateList } from './certificate-list';
import { errorAnswer, WechatRefusal } from './errors';
import { closeBody, jsapiPrepay, nativePrepay, parseBody, refundBody } from './fields';
import { type WechatCommand, type WechatDesk } from './desk';
import { chooseSerial, signAnswer } from './sign-answer';
import { type TradeType } from './trade';
import { NonceMemory, verifyRequest } from './verify-request';

/** What an authentic, well-formed request comes to: the command, and the number that faults are matched by. */
interface Plan {
  readonly merchantNo: string;
  readonly command: WechatCommand;
}

const OUT_TRADE_NO = '/v3/pay/transactions/out-trade-no/:no';
const REFUNDS = '/v3/refund/domestic/refunds';

/** WeChat Pay v3's endpoints. Signature first, then the form, then the fault, then the effect. */
export function wechatRoutes(desk: WechatDesk): Router {
  const router = Router();
  const nonces = new NonceMemory();
  const check = (req: Request): void =>
    verifyRequest(
      { method: req.method, url: req.originalUrl, headers: req.headers, body: rawBody(req) },
      desk.secrets,
      desk.core.clock.nowMs(),
      nonces,
    );
  const call =
    (op: FaultOp, plan: (req: Request) => Plan): RequestHandler =>
    async (req, res) => {
      check(req);
      const { merchantNo, command } = plan(req);
      await answerCall(desk, op, merchantNo, command, req, res);
    };
  router.use(express.raw({ type: () => true, limit: '64kb' }));
  router.post(
    '/v3/pay/transactions/native',
    call('create', (req) => prepayPlan(desk, req, 'NATIVE')),
  );
  router.post(
    '/v3/pay/transactions/jsapi',
    call('create', (req) => prepayPlan(desk, req, 'JSAPI')),
  );
  router.get(
    OUT_TRADE_NO,
    call('query', (req) => queryPlan(desk, req)),
  );
  router.post(
    `${OUT_TRADE_NO}/close`,
    call('close', (req) => closePlan(desk, req)),
  );
  router.post(
    REFUNDS,
    call('refund', (req) => refundPlan(desk, req)),
  );
  router.get(
    `${REFUNDS}/:refundNo`,
    call('queryRefund', (req) => refundQueryPlan(desk, req)),
  );
  router.get('/v3/certificates', (req, res) => {
    check(req);
    const serial = req.get('Wechatpay-Serial') ?? desk.secrets.stored.platformSerial;
    send(desk, serial, res, certificateList(desk.secrets.stored));
  });
  router.use('/v3', () => {
    throw new WechatRefusal('NOT_FOUND', 'No such endpoint');
  });
  router.use('/v3', refusals(desk));
  return router;
}

async function answerCall(
  desk: WechatDesk,
  op: FaultOp,
  merchantNo: string,
  command: WechatCommand,
  req: Request,
  res: Response,
): Promise<void> {
  const { store, faults, clock, holds, deferrals } = desk.core;
  const fault = faults.take(op, 'wechat', merchantNo);
  const serial = chooseSerial(req.get('Wechatpay-Serial'), desk.secrets);
  await perform(
    {
      effect: () => desk.execute(command, fault),
      defer: (delay) => deferrals.defer('wechat', command, delay),
      serverError: () => errorAnswer('SYSTEM_ERROR', 'System error, try again later'),
      throttled: () => errorAnswer('FREQUENCY_LIMITED', 'Too many requests, try again later'),
      settled: () => store.synced(),
      sign: (answer, signatureFault) => signAnswer(answer, serial, desk.secrets, clock.nowMs(), signatureFault),
    },
    res,
    fault,
    holds,
  );
}

function prepayPlan(desk: WechatDesk, req: Request, tradeType: TradeType): Plan {
  const body = parseBody(tradeType === 'JSAPI' ? jsapiPrepay : nativePrepay, rawBody(req));
  const { mchid, appid } = desk.secrets.stored;
  if (body.mchid !== mchid) throw new WechatRefusal('MCH_NOT_EXISTS', 'mchid is not the merchant that signed');
  if (body.appid !== appid) throw new WechatRefusal('APPID_MCHID_NOT_MATCH', 'appid is not bound to this mchid');
  const serial = chooseSerial(req.get('Wechatpay-Serial'), desk.secrets);
  return { merchantNo: body.out_trade_no, command: { op: 'create', tradeType, serial, body } };
}

function queryPlan(desk: WechatDesk, req: Request): Plan {
  const mchid = req.query['mchid'];
  if (typeof mchid !== 'string' || mchid === '') {
    throw new WechatRefusal('PARAM_ERROR', 'mchid: required', { field: 'mchid', issue: 'required', location: 'query' });
  }
  requireMerchant(desk, mchid);
  const merchantNo = pathParameter(req, 'no');
  return { merchantNo, command: { op: 'query', merchantNo } };
}

function closePlan(desk: WechatDesk, req: Request): Plan {
  requireMerchant(desk, parseBody(closeBody, rawBody(req)).mchid);
  const merchantNo = pathParameter(req, 'no');
  return { merchantNo, command: { op: 'close', merchantNo } };
}

function refundPlan(desk: WechatDesk, req: Request): Plan {
  const body = parseBody(refundBody, rawBody(req));
  return { merchantNo: desk.merchantNoOf(body), command: { op: 'refund', body } };
}

function refundQueryPlan(desk: WechatDesk, req: Request): Plan {
  const refundNo = pathParameter(req, 'refundNo');
  return { merchantNo: desk.merchantNoOfRefund(refundNo), command: { op: 'queryRefund', refundNo } };
}

function requireMerchant(desk: WechatDesk, mchid: string): void {
  if (mchid !== desk.secrets.stored.mchid) throw new WechatRefusal('NO_AUTH', 'mchid is not the merchant that signed');
}

function pathParameter(req: Request, name: string): string {
  const value = req.params[name];
  return typeof value === 'string' ? value : '';
}

/** The bytes as they came; the signature covers them. */
function rawBody(req: Request): Buffer {
  return Buffer.isBuffer(req.body) ? req.body : Buffer.alloc(0);
}

function send(desk: WechatDesk, serial: string | undefined, res: Response, answer: Answer): void {
  const { secrets, core } = desk;
  transmit(res, signAnswer(answer, chooseSerial(serial, secrets), secrets, core.clock.nowMs(), null), null);
}

/** Every refusal is answered in WeChat's form and signed; what isn't one is the sandbox's own failure, hence a 500. */
function refusals(desk: WechatDesk): ErrorRequestHandler {
  return (error: unknown, req, res, next) => {
    if (res.headersSent) return next(error);
    send(desk, req.get('Wechatpay-Serial'), res, refusalAnswer(error));
  };
}

function refusalAnswer(error: unknown): Answer {
  if (error instanceof WechatRefusal) return error.toAnswer();
  const isTooLarge = error instanceof Error && 'type' in error && error.type === 'entity.too.large';
  return isTooLarge
    ? errorAnswer('PARAM_ERROR', 'The body is too large')
    : errorAnswer('SYSTEM_ERROR', `Sandbox failure: ${String(error)}`);
}
