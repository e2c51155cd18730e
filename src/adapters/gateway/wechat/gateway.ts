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
import { downloadCertificates } from './certificates';
import { readWechatKeys, validateWechatConfig, type WechatConfig, type WechatKeys } from './config';
import { type Answer, type Belief, exchange, type HttpDeps } from './http';
import { jsapiInvocation } from './jsapi';
import { notificationReply, parseNotification } from './notification';
import { closeOutcome, closeOutcomeByQuery, createOutcome, type Offer, queryOutcome } from './outcomes';
import { createPlatformKeys, type PlatformKeys } from './platform-keys';
import { queryRefundOutcome, refundOutcome } from './refund';
import {
  closeRequest,
  createRequest,
  queryRefundRequest,
  queryRequest,
  type Request,
  refundRequest,
  type Requester,
} from './requests';
import { codeOf } from './tables';
import { createVerifier, type Disbelief } from './verifier';

export interface WechatDeps {
  readonly now: Clock;
  /** Gets operation, numbers, status, code and outcome; never bodies, keys or payers. */
  readonly log: Logger;
}

type Op = 'create' | 'query' | 'close' | 'refund' | 'queryRefund';
/** What log lines are found by: the payment's number, a refund's as well. */
interface Numbers {
  readonly merchantNo: string;
  readonly refundNo?: string;
}
type Ask = (op: Op, numbers: Numbers, request: Request, signal: AbortSignal) => Promise<Answer | Unknown>;
type Outcome = CreateOutcome | QueryOutcome | CloseOutcome | RefundOutcome;

const UNKNOWN_SERIAL: Disbelief = 'unknown serial';

/** The one currency of a mainland merchant. */
const CURRENCY = 'CNY';
const WRONG_CURRENCY = { t: 'rejected', code: 'CURRENCY_NOT_SUPPORTED' } as const;

/**
 * WeChat Pay v3 of a direct merchant: native payments (a QR code) and, where the payer is given, JSAPI ones (inside
 * WeChat), whose `codeUrl` is the JSON of a `JsapiInvocation` instead of a code's content. Throws as
 * `validateWechatConfig` does; afterwards the contract of `PaymentGateway` holds. One call of the port takes at most
 * `config.timeoutMs`, inner query included.
 * Source: payment product documentation, API v3, "Native payment", "JSAPI payment", "Refund".
 */
export function createWechatGateway(config: WechatConfig, deps: WechatDeps): PaymentGateway {
  validateWechatConfig(config);
  const keys = readWechatKeys(config);
  const signer = { mchid: config.mchid, merchantSerial: config.merchantSerial, merchantKey: keys.merchantKey };
  const http = { baseUrl: config.baseUrl, signer, preferredSerial: keys.preferredSerial, now: deps.now };
  const limit = () => AbortSignal.timeout(config.timeoutMs);
  const platform = platformKeysOf(keys, http, limit, deps);
  const verify = createVerifier(platform, deps.now);
  const ask = asker(http, { verify, learn: (signal) => untilAborted(platform.refresh(), signal) }, deps.log);
  const logged = reporter(deps.log);
  const invocation = (prepayId: string) =>
    JSON.stringify(jsapiInvocation(config.appid, keys.merchantKey, prepayId, deps.now));
  const offer = (ref: PaymentRef): Offer =>
    ref.payer ? { by: 'jsapi', invocation } : { by: 'code', payUrl: cashierPage(config, ref.merchantNo) };
  return {
    name: 'wechat',
    refusal: (amount) => refusalOf(amount, { currency: CURRENCY, least: 1, most: null }),
    createPayment: async (ref) => logged('create', ref, await create(config, ask, ref, offer(ref), limit())),
    query: async (ref) => logged('query', ref, await query(config, ask, ref, limit())),
    close: async (ref) => logged('close', ref, await close(config, ask, ref, limit())),
    refund: async (request) => logged('refund', request, await refund(config, ask, request, limit())),
    queryRefund: async (request) => logged('queryRefund', request, await queryRefund(ask, request, limit())),
    parseNotification: (raw) => {
      const told = parseNotification({ verify, apiV3Key: keys.apiV3Key, merchant: config }, raw);
      // Refused now, as nothing is known of its key; after a rotation the next delivery finds the key downloaded.
      if (told.t === 'forged' && told.why === UNKNOWN_SERIAL) void platform.refresh();
      return told;
    },
    notificationReply,
  };
}

/** The configured keys, and the downloaded ones that are believed on the strength of those and of the APIv3 key. */
function platformKeysOf(
  { platformKeys: configured, apiV3Key }: WechatKeys,
  http: HttpDeps,
  limit: () => AbortSignal,
  { now, log }: WechatDeps,
): PlatformKeys {
  const keys: PlatformKeys = createPlatformKeys({
    configured,
    download: () => downloadCertificates({ http, apiV3Key, trusted: keys, now }, limit()),
    now,
    log,
  });
  return keys;
}

/** Waits for the work, but no longer than the signal allows; the work goes on by itself. */
function untilAborted(work: Promise<void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
    void work.then(resolve);
  });
}

async function create(
  who: Requester,
  ask: Ask,
  ref: PaymentRef,
  offer: Offer,
  signal: AbortSignal,
): Promise<CreateOutcome> {
  if (ref.amount.currency !== CURRENCY) return WRONG_CURRENCY;
  const answer = await ask('create', ref, createRequest(who, ref), signal);
  return answer.t === 'unknown' ? answer : createOutcome(answer, offer);
}

async function query(who: Requester, ask: Ask, ref: PaymentRef, signal: AbortSignal): Promise<QueryOutcome> {
  const answer = await ask('query', ref, queryRequest(who, ref.merchantNo), signal);
  return answer.t === 'unknown' ? answer : queryOutcome(answer, ref, who);
}

/** A close whose answer isn't known is answered so: it may have taken effect, and the caller queries next. */
async function close(who: Requester, ask: Ask, ref: PaymentRef, signal: AbortSignal): Promise<CloseOutcome> {
  const answer = await ask('close', ref, closeRequest(who, ref.merchantNo), signal);
  if (answer.t === 'unknown') return answer;
  const outcome = closeOutcome(answer, ref);
  return outcome === 'askQuery' ? closeOutcomeByQuery(await query(who, ask, ref, signal)) : outcome;
}

async function refund(who: Requester, ask: Ask, request: RefundRequest, signal: AbortSignal): Promise<RefundOutcome> {
  const { amount, refund: back } = request;
  if (amount.currency !== CURRENCY || back.currency !== CURRENCY) return WRONG_CURRENCY;
  const answer = await ask('refund', request, refundRequest(who, request), signal);
  return answer.t === 'unknown' ? answer : refundOutcome(answer, request);
}

async function queryRefund(ask: Ask, request: RefundRequest, signal: AbortSignal): Promise<RefundOutcome> {
  const answer = await ask('queryRefund', request, queryRefundRequest(request.refundNo), signal);
  return answer.t === 'unknown' ? answer : queryRefundOutcome(answer, request);
}

function asker(http: HttpDeps, belief: Belief, log: Logger): Ask {
  return async (op, numbers, request, signal) => {
    const { status, disbelief, result } = await exchange(http, belief, { ...request, signal });
    const code = result.t === 'answer' ? codeOf(result) : null;
    const fields = { ...identity(op, numbers), status, code, disbelief };
    if (result.t === 'unknown') log.warn({ ...fields, cause: result.cause }, 'no verified answer');
    else if (result.status >= 400) log.info(fields, 'gateway answered with an error');
    else log.debug(fields, 'gateway answered');
    return result;
  };
}

/** Logs an outcome by what it asks of people: nothing, an eye on it, or a repair. */
function reporter(log: Logger) {
  return <T extends Outcome>(op: Op, numbers: Numbers, outcome: T): T => {
    const fields = { ...identity(op, numbers), outcome: outcome.t };
    if (outcome.t === 'rejected') log.error({ ...fields, code: outcome.code }, 'gateway refused');
    else if (outcome.t === 'failed') log.error({ ...fields, code: outcome.code, next: outcome.next }, 'refund failed');
    else if (outcome.t === 'unknown') log.warn({ ...fields, cause: outcome.cause }, 'outcome unknown');
    else log.info(fields, 'outcome known');
    return outcome;
  };
}

function identity(op: Op, { merchantNo, refundNo }: Numbers): Record<string, string> {
  return { gateway: 'wechat', op, merchantNo, ...(refundNo === undefined ? {} : { refundNo }) };
}

/** Where a web cashier shows the code, if there is one. */
function cashierPage({ cashierBaseUrl }: WechatConfig, merchantNo: string): string | null {
  return cashierBaseUrl === null ? null : `${cashierBaseUrl.replace(/\/+$/, '')}/pay/${encodeURIComponent(merchantNo)}`;
}
