import { type Notification, type NotificationReply, type RawNotification } from '../../../ports/payment-gateway';
import { type AlipayCrypto } from './crypto';
import { type Merchant, paidOf } from './trade';

export interface NotificationDeps {
  readonly crypto: AlipayCrypto;
  readonly merchant: Merchant;
}

type Fields = Readonly<Record<string, string>>;

const FORGED = ['not a form', 'unsigned', 'bad signature', 'ambiguous fields', 'unreadable fields'] as const;

/**
 * Verifies first, then looks whose payment it is; never throws. Alipay's notifications carry no moment that could be
 * checked, so an old one can come again at any time: dedupe on the event id (notify_id).
 */
export function parseNotification({ crypto, merchant }: NotificationDeps, raw: RawNotification): Notification {
  const fields = readForm(raw.body);
  if (!fields) return forged('not a form');
  if (!fields['sign']) return forged('unsigned');
  if (isAmbiguous(fields)) return forged('ambiguous fields');
  if (!crypto.verifiesNotification(fields)) return forged('bad signature');
  const { notify_id: eventId, out_trade_no: merchantNo } = fields;
  if (!eventId || !merchantNo) return forged('unreadable fields');
  const ignored = (why: string): Notification => ({ t: 'ignored', eventId, why });
  if (fields['notify_type'] !== 'trade_status_sync') return ignored(`notify type ${fields['notify_type'] ?? ''}`);
  if (fields['app_id'] !== merchant.appId) return ignored('another app');
  if (fields['seller_id'] !== merchant.sellerId) return ignored('another seller');
  if (fields['refund_fee'] !== undefined) return refundNotice(fields, eventId, merchantNo);
  const status = fields['trade_status'] ?? '';
  if (status !== 'TRADE_SUCCESS' && status !== 'TRADE_FINISHED') return ignored(`trade status ${status}`);
  const paid = paidOf(fields['trade_no'] ?? '', fields['total_amount'] ?? '', fields['gmt_payment']);
  return paid ? { t: 'paid', eventId, merchantNo, paid } : forged('unreadable fields');
}

/** Alipay reads the body alone: seven characters end its tries, anything else makes it come again. */
export function notificationReply(accepted: boolean, why?: string): NotificationReply {
  const contentType = 'text/plain; charset=utf-8';
  if (accepted) return { status: 200, contentType, body: 'success' };
  const isForged = why !== undefined && (FORGED as readonly string[]).includes(why);
  return { status: isForged ? 401 : 500, contentType, body: 'failure' };
}

/** Alipay tells of refunds that are done, and of no others; out_biz_no is the out_request_no. */
function refundNotice(fields: Fields, eventId: string, merchantNo: string): Notification {
  const refundNo = fields['out_biz_no'];
  if (!refundNo || !fields['gmt_refund']) return { t: 'ignored', eventId, why: 'a refund without its number' };
  return { t: 'refund', eventId, merchantNo, refundNo, outcome: { t: 'succeeded', refundId: refundNo } };
}

/** The form's fields; null where it isn't UTF-8 or names one twice: of the two, only one could have been signed. */
function readForm(body: Buffer): Fields | null {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body);
  } catch {
    return null;
  }
  const entries = [...new URLSearchParams(text)];
  const names = new Set(entries.map(([name]) => name));
  if (names.size !== entries.length || names.has('__proto__')) return null;
  return Object.fromEntries(entries);
}

/**
 * The signed text is `a=1&b=2`, unescaped: a value that holds `&b=2` reads the same as a field b. Ours never do (see
 * `subjectOf`), so such a form is a genuine one cut up anew.
 */
function isAmbiguous(fields: Fields): boolean {
  return Object.entries(fields).some(([name, value]) => !/^\w+$/.test(name) || /&\w+=/.test(value));
}

function forged(why: (typeof FORGED)[number]): Notification {
  return { t: 'forged', why };
}
