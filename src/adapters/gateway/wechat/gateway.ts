import { type CloseOutcome, type CreateOutcome, type QueryOutcome, type Unknown } from '../../../domain/payment';
import { type Clock } from '../../../ports/clock';
import { type Logger } from '../../../ports/logger';
import { type CreatePaymentRequest, type PaymentGateway, type PaymentRef } from '../../../ports/payment-gateway';
import { readWechatKeys, validateWechatConfig, type WechatConfig } from './config';
import { type Answer, exchange, type Call, type HttpDeps } from './http';
import { notificationReply, parseNotification } from './notification';
import { closeOutcome, closeOutcomeByQuery, codeOf, createOutcome, queryOutcome } from './outcomes';
import { createVerifier } from './verifier';

export interface WechatDeps {
  readonly now: Clock;
  /** Gets operation, number, status, code and outcome; never bodies, keys or payers. */
  readonly log: Logger;
}

/** WeChat Pay's limit for the description. */
const LONGEST_DESCRIPTION = 127;

/** WeChat Pay's own time zone; its documentation shows times in no other. */
const CHINA_OFFSET_MS = 8 * 3_600_000;

type Op = 'create' | 'query' | 'close';
type Ask = (op: Op, ref: PaymentRef, call: Call) => Promise<Answer | Unknown>;

/**
 * WeChat Pay v3 native payments (a QR code) of a direct merchant. Throws as `validateWechatConfig` does; afterwards the
 * contract of `PaymentGateway` holds. One call of the port takes at most `config.timeoutMs`, inner query included.
 * Source: payment product documentation, API v3, "Native payment".
 */
export function createWechatGateway(config: WechatConfig, deps: WechatDeps): PaymentGateway {
  validateWechatConfig(config);
  const keys = readWechatKeys(config);
  const verify = createVerifier(keys.platformKeys, deps.now);
  const signer = { mchid: config.mchid, merchantSerial: config.merchantSerial, merchantKey: keys.merchantKey };
  const http = { baseUrl: config.baseUrl, signer, preferredSerial: keys.preferredSerial, verify, now: deps.now };
  const ask = asker(http, deps.log);
  const limit = () => AbortSignal.timeout(config.timeoutMs);
  const logged = reporter(deps.log);
  return {
    name: 'wechat',
    createPayment: async (request) => logged('create', request, await create(config, ask, request, limit())),
    query: async (ref) => logged('query', ref, await query(config, ask, ref, limit())),
    close: async (ref) => logged('close', ref, await close(config, ask, ref, limit())),
    parseNotification: (raw) => parseNotification({ verify, apiV3Key: keys.apiV3Key, merchant: config }, raw),
    notificationReply,
  };
}

async function create(
  config: WechatConfig,
  ask: Ask,
  request: CreatePaymentRequest,
  signal: AbortSignal,
): Promise<CreateOutcome> {
  const { merchantNo, amount } = request;
  if (amount.currency !== 'CNY') return { t: 'rejected', code: 'CURRENCY_NOT_SUPPORTED' };
  const body = {
    appid: config.appid,
    mchid: config.mchid,
    description: cutDescription(request.description),
    out_trade_no: merchantNo,
    time_expire: chinaTime(request.expiresAt),
    notify_url: config.notifyUrl,
    amount: { total: amount.minor, currency: amount.currency },
  };
  const answer = await ask('create', request, { method: 'POST', target: '/v3/pay/transactions/native', body, signal });
  if (answer.t === 'unknown') return answer;
  const cashier = config.cashierBaseUrl?.replace(/\/+$/, '');
  return createOutcome(answer, cashier === undefined ? null : `${cashier}/pay/${encodeURIComponent(merchantNo)}`);
}

async function query(config: WechatConfig, ask: Ask, ref: PaymentRef, signal: AbortSignal): Promise<QueryOutcome> {
  const target = `${pathOf(ref)}?mchid=${encodeURIComponent(config.mchid)}`;
  const answer = await ask('query', ref, { method: 'GET', target, signal });
  return answer.t === 'unknown' ? answer : queryOutcome(answer, ref, config);
}

/** A close whose answer isn't known is answered so: it may have taken effect, and the caller queries next. */
async function close(config: WechatConfig, ask: Ask, ref: PaymentRef, signal: AbortSignal): Promise<CloseOutcome> {
  const target = `${pathOf(ref)}/close`;
  const answer = await ask('close', ref, { method: 'POST', target, body: { mchid: config.mchid }, signal });
  if (answer.t === 'unknown') return answer;
  const outcome = closeOutcome(answer, ref);
  return outcome === 'askQuery' ? closeOutcomeByQuery(await query(config, ask, ref, signal)) : outcome;
}

function asker(http: HttpDeps, log: Logger): Ask {
  return async (op, ref, call) => {
    const { status, disbelief, result } = await exchange(http, call);
    const code = result.t === 'answer' ? codeOf(result) : null;
    const fields = { gateway: 'wechat', op, merchantNo: ref.merchantNo, status, code, disbelief };
    if (result.t === 'unknown') log.warn({ ...fields, cause: result.cause }, 'no verified answer');
    else if (result.status >= 400) log.info(fields, 'gateway answered with an error');
    else log.debug(fields, 'gateway answered');
    return result;
  };
}

/** Logs an outcome by what it asks of people: nothing, an eye on it, or a repair. */
function reporter(log: Logger) {
  return <T extends CreateOutcome | QueryOutcome | CloseOutcome>(op: Op, ref: PaymentRef, outcome: T): T => {
    const fields = { gateway: 'wechat', op, merchantNo: ref.merchantNo, outcome: outcome.t };
    if (outcome.t === 'rejected') log.error({ ...fields, code: outcome.code }, 'gateway refused');
    else if (outcome.t === 'unknown') log.warn({ ...fields, cause: outcome.cause }, 'outcome unknown');
    else log.info(fields, 'outcome known');
    return outcome;
  };
}

function pathOf(ref: PaymentRef): string {
  return `/v3/pay/transactions/out-trade-no/${encodeURIComponent(ref.merchantNo)}`;
}

/** The first 127 UTF-16 units, which no way of counting makes longer, without half a character at the end. */
function cutDescription(description: string): string {
  return description.slice(0, LONGEST_DESCRIPTION).replace(/[\uD800-\uDBFF]$/, '');
}

/** RFC 3339 in China's time, whole seconds rounded down: never later than what the order knows as the expiry. */
function chinaTime(instant: string): string {
  return `${new Date(Date.parse(instant) + CHINA_OFFSET_MS).toISOString().slice(0, 19)}+08:00`;
}
