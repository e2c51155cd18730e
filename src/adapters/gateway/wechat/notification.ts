import { z } from 'zod';
import { type Notification, type NotificationReply, type RawNotification } from '../../../ports/payment-gateway';
import { open } from './cipher';
import { settledOutcome } from './refund';
import { type Merchant, paidOf, readTransaction } from './transaction';
import { DISBELIEFS, type Verify } from './verifier';

export interface NotificationDeps {
  readonly verify: Verify;
  readonly apiV3Key: Buffer;
  readonly merchant: Merchant;
}

const envelopeBody = z.object({
  id: z.string().min(1),
  event_type: z.string(),
  resource: z.object({
    algorithm: z.string(),
    ciphertext: z.string(),
    nonce: z.string(),
    associated_data: z.string().default(''),
  }),
});

/** Why a notification is taken as forged: not WeChat Pay's (as verified), or not what WeChat Pay sends. */
const UNREADABLE = ['unreadable envelope', 'unknown cipher', 'tampered resource', 'unreadable resource'] as const;
const FORGED: readonly string[] = [...DISBELIEFS, ...UNREADABLE];

/** Verifies the raw bytes first; only then parses, opens the resource and looks whose payment it is. Never throws. */
export function parseNotification(deps: NotificationDeps, raw: RawNotification): Notification {
  const disbelief = deps.verify((name) => raw.headers[name], raw.body);
  if (disbelief) return { t: 'forged', why: disbelief };
  const parsed = envelopeBody.safeParse(parseJson(raw.body));
  if (!parsed.success) return forged('unreadable envelope');
  const envelope = parsed.data;
  const read = Object.hasOwn(READERS, envelope.event_type) ? READERS[envelope.event_type] : undefined;
  if (!read) return { t: 'ignored', eventId: envelope.id, why: `event type ${envelope.event_type}` };
  const { algorithm, ciphertext, nonce, associated_data: associatedData } = envelope.resource;
  if (algorithm !== 'AEAD_AES_256_GCM') return forged('unknown cipher');
  const plain = open({ ciphertext, nonce, associatedData }, deps.apiV3Key);
  return plain ? read(parseJson(plain), envelope.id, deps.merchant) : forged('tampered resource');
}

/** What WeChat Pay expects: 200 for "got it"; 401 for what isn't its own, 500 for "send it again", which it does either way. */
export function notificationReply(accepted: boolean, why?: string): NotificationReply {
  if (accepted) return reply(200, 'SUCCESS', 'OK');
  if (why !== undefined && FORGED.includes(why)) return reply(401, 'FAIL', why);
  // Other reasons may quote our own errors: they are none of the caller's business.
  return reply(500, 'FAIL', 'not processed, please send it again');
}

type Reader = (content: unknown, eventId: string, merchant: Merchant) => Notification;

/** Which events concern us, and what each carries. */
const READERS: Readonly<Record<string, Reader>> = {
  'TRANSACTION.SUCCESS': readPayment,
  'REFUND.SUCCESS': readRefund,
  'REFUND.ABNORMAL': readRefund,
  'REFUND.CLOSED': readRefund,
};

function readPayment(content: unknown, eventId: string, merchant: Merchant): Notification {
  const transaction = readTransaction(content);
  if (!transaction) return forged('unreadable resource');
  const ignored = (why: string): Notification => ({ t: 'ignored', eventId, why });
  if (transaction.mchid !== merchant.mchid) return ignored('another merchant');
  if (transaction.appid !== merchant.appid) return ignored('another app');
  if (transaction.trade_state !== 'SUCCESS') return ignored(`trade state ${transaction.trade_state}`);
  const paid = paidOf(transaction);
  if (!paid) return forged('unreadable resource');
  return { t: 'paid', eventId, merchantNo: transaction.out_trade_no, paid };
}

/** A refund as its notification tells it: the field names differ from the query's, and neither app nor currency is told. */
const refundContent = z.object({
  mchid: z.string(),
  out_trade_no: z.string().min(1),
  out_refund_no: z.string().min(1),
  refund_id: z.string().min(1),
  refund_status: z.string(),
});

/** The encrypted status counts, not the event type beside it. */
function readRefund(content: unknown, eventId: string, merchant: Merchant): Notification {
  const parsed = refundContent.safeParse(content);
  if (!parsed.success) return forged('unreadable resource');
  const { mchid, out_trade_no: merchantNo, out_refund_no: refundNo, refund_id: refundId } = parsed.data;
  if (mchid !== merchant.mchid) return { t: 'ignored', eventId, why: 'another merchant' };
  const status = parsed.data.refund_status;
  const outcome = settledOutcome(status, refundId);
  if (!outcome) return { t: 'ignored', eventId, why: `refund status ${status}` };
  return { t: 'refund', eventId, merchantNo, refundNo, outcome };
}

function forged(why: (typeof UNREADABLE)[number]): Notification {
  return { t: 'forged', why };
}

/** The JSON value; undefined for what isn't JSON. */
function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8')) as unknown;
  } catch {
    return undefined;
  }
}

function reply(status: number, code: 'SUCCESS' | 'FAIL', message: string): NotificationReply {
  return { status, contentType: 'application/json', body: JSON.stringify({ code, message }) };
}
