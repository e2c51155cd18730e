import {
  type CloseOutcome,
  type CreateOutcome,
  type QueryOutcome,
  type RefundOutcome,
  type Unknown,
} from '../../../domain/payment';
import { refusalOf } from '../../../domain/payable';
import { type Clock } from '../../../ports/clock';
import { type Logger } from '../../../ports/logger';
import { type PaymentGateway, type PaymentRef, type RefundRequest } from '../../../ports/payment-gateway';
import { type AlipayConfig, readAlipayKeys, validateAlipayConfig } from './config';
import { createCrypto } from './crypto';
import { type Answer, type Call, exchange, type HttpDeps } from './http';
import { notificationReply, parseNotification } from './notification';
import { closeOutcome, closeOutcomeByQuery, createOutcome, queryOutcome } from './outcomes';
import { refundOutcome, refundOutcomeByQuery, refundQueryOutcome } from './refund';
import { orderContent, refundContent, refundQueryContent } from './requests';
import { codeOf } from './tables';
import { CURRENCY } from './wire-values';

export interface AlipayDeps {
  readonly now: Clock;
  /** Gets operation, number, status, code and outcome; never bodies, keys or buyers. */
  readonly log: Logger;
}

type Ask = (merchantNo: string, call: Call) => Promise<Answer | Unknown>;
type Outcome = CreateOutcome | QueryOutcome | CloseOutcome | RefundOutcome;

/** What the operations share. */
interface Desk {
  readonly config: AlipayConfig;
  readonly http: HttpDeps;
  readonly ask: Ask;
}

/** total_amount is documented as 0.01 to 100,000,000 yuan. */
const LARGEST_FEN = 10_000_000_000;

const NOT_CNY = { t: 'rejected', code: 'CURRENCY_NOT_SUPPORTED' } as const;

/**
 * Alipay by QR code or page. Throws as `validateAlipayConfig` does; afterwards the contract of `PaymentGateway` holds.
 * One call of the port takes at most `config.timeoutMs`, inner query included. `alipay.trade.cancel` is never used: it
 * refunds. Source: Alipay open platform, "face-to-face payment" and "computer website payment".
 */
export function createAlipayGateway(config: AlipayConfig, deps: AlipayDeps): PaymentGateway {
  validateAlipayConfig(config);
  const crypto = createCrypto(config, readAlipayKeys(config));
  const http: HttpDeps = { baseUrl: config.baseUrl, crypto, now: deps.now };
  const desk: Desk = { config, http, ask: asker(http, deps.log) };
  const limit = (): AbortSignal => AbortSignal.timeout(config.timeoutMs);
  const logged = reporter(deps.log);
  return {
    name: 'alipay',
    refusal: (amount) => refusalOf(amount, { currency: CURRENCY, least: 1, most: LARGEST_FEN }),
    createPayment: async (ref) => logged('create', ref, await create(desk, ref, limit())),
    query: async (ref) => logged('query', ref, await query(desk, ref, limit())),
    close: async (ref) => logged('close', ref, await close(desk, ref, limit())),
    refund: async (request) => logged('refund', request, await refund(desk, request, limit())),
    queryRefund: async (request) => logged('queryRefund', request, await queryRefund(desk, request, limit())),
    parseNotification: (raw) => parseNotification({ crypto, merchant: config }, raw),
    notificationReply,
  };
}

async function create({ config, http, ask }: Desk, ref: PaymentRef, signal: AbortSignal): Promise<CreateOutcome> {
  if (ref.amount.currency !== CURRENCY) return NOT_CNY;
  const { notifyUrl, baseUrl } = config;
  const content = orderContent(ref);
  if ((ref.method ?? config.product) === 'page') {
    // Signed here, opened by the buyer's browser: Alipay hears of the payment only then.
    const page = { ...content, product_code: 'FAST_INSTANT_TRADE_PAY' };
    const signed = http.crypto.request('alipay.trade.page.pay', page, notifyUrl, http.now());
    return { t: 'created', codeUrl: null, payUrl: `${baseUrl}?${signed}`, gatewayRef: null };
  }
  const answer = await ask(ref.merchantNo, { method: 'alipay.trade.precreate', content, notifyUrl, signal });
  if (answer.t === 'unknown') return answer;
  const cashier = config.cashierBaseUrl?.replace(/\/+$/, '');
  return createOutcome(
    answer,
    ref,
    cashier === undefined ? null : `${cashier}/pay/${encodeURIComponent(ref.merchantNo)}`,
  );
}

async function query({ config, ask }: Desk, ref: PaymentRef, signal: AbortSignal): Promise<QueryOutcome> {
  const content = { out_trade_no: ref.merchantNo };
  const answer = await ask(ref.merchantNo, { method: 'alipay.trade.query', content, signal });
  return answer.t === 'unknown' ? answer : queryOutcome(answer, ref, config);
}

/** A close whose answer isn't known is answered so: it may have taken effect, and the caller queries next. */
async function close(desk: Desk, ref: PaymentRef, signal: AbortSignal): Promise<CloseOutcome> {
  const content = { out_trade_no: ref.merchantNo };
  const answer = await desk.ask(ref.merchantNo, { method: 'alipay.trade.close', content, signal });
  if (answer.t === 'unknown') return answer;
  const outcome = closeOutcome(answer, ref);
  return outcome === 'askQuery' ? closeOutcomeByQuery(await query(desk, ref, signal)) : outcome;
}

async function refund(desk: Desk, request: RefundRequest, signal: AbortSignal): Promise<RefundOutcome> {
  if (request.refund.currency !== CURRENCY) return NOT_CNY;
  const content = refundContent(request);
  const answer = await desk.ask(request.merchantNo, { method: 'alipay.trade.refund', content, signal });
  if (answer.t === 'unknown') return answer;
  const outcome = refundOutcome(answer, request);
  return outcome === 'askQuery' ? refundOutcomeByQuery(answer, await queryRefund(desk, request, signal)) : outcome;
}

async function queryRefund({ ask }: Desk, request: RefundRequest, signal: AbortSignal): Promise<RefundOutcome> {
  const content = refundQueryContent(request);
  const answer = await ask(request.merchantNo, { method: 'alipay.trade.fastpay.refund.query', content, signal });
  return answer.t === 'unknown' ? answer : refundQueryOutcome(answer, request);
}

function asker(http: HttpDeps, log: Logger): Ask {
  return async (merchantNo, call) => {
    const { status, disbelief, result } = await exchange(http, call);
    const code = result.t === 'answer' ? codeOf(result) : null;
    const fields = { gateway: 'alipay', method: call.method, merchantNo, status, code, disbelief };
    if (result.t === 'unknown') log.warn({ ...fields, cause: result.cause }, 'no verified answer');
    else if (result.code !== '10000') log.info(fields, 'gateway answered with an error');
    else log.debug(fields, 'gateway answered');
    return result;
  };
}

/** Logs an outcome by what it asks of people: nothing, an eye on it, or a repair. */
function reporter(log: Logger) {
  return <T extends Outcome>(op: string, about: { readonly merchantNo: string }, outcome: T): T => {
    const fields = { gateway: 'alipay', op, merchantNo: about.merchantNo, outcome: outcome.t };
    if (outcome.t === 'rejected') log.error({ ...fields, code: outcome.code }, 'gateway refused');
    else if (outcome.t === 'failed') log.error({ ...fields, code: outcome.code, next: outcome.next }, 'refund failed');
    else if (outcome.t === 'unknown') log.warn({ ...fields, cause: outcome.cause }, 'outcome unknown');
    else log.info(fields, 'outcome known');
    return outcome;
  };
}
