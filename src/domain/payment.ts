import { type Money } from './money';

/** Gateways that the product knows by name; which of them are configured is another matter. */
export const GATEWAYS = ['wechat', 'alipay', 'stripe', 'points'] as const;
export type GatewayName = (typeof GATEWAYS)[number];

/** Ways of paying at one gateway: WeChat Pay by code or on a page inside WeChat, Alipay by code or on Alipay's page. */
export const PAYMENT_METHODS = ['native', 'jsapi', 'qr', 'page'] as const;
export type PaymentMethod = (typeof PAYMENT_METHODS)[number];

const METHODS_OF: Record<GatewayName, readonly PaymentMethod[]> = {
  wechat: ['native', 'jsapi'],
  alipay: ['qr', 'page'],
  stripe: [],
  points: [],
};

/** How a buyer wants to pay at the gateway. Kept with the attempt alone: never in logs, events or a workflow's input. */
export interface PaymentChoice {
  readonly method: PaymentMethod;
  /** Who pays inside the gateway's own app: WeChat's openid, for `jsapi`. */
  readonly payerId: string | null;
}

/** What is wrong with a choice at that gateway, by field; null when nothing is. */
export function faultOfChoice(
  gateway: GatewayName,
  { method, payerId }: PaymentChoice,
): { readonly field: keyof PaymentChoice; readonly message: string } | null {
  const methods = METHODS_OF[gateway];
  if (!methods.includes(method)) {
    const known = methods.length > 0 ? `one of ${methods.join(', ')}` : 'left out';
    return { field: 'method', message: `must be ${known} at ${gateway}` };
  }
  if (method === 'jsapi' && payerId === null) return { field: 'payerId', message: 'is needed by jsapi' };
  return method !== 'jsapi' && payerId !== null ? { field: 'payerId', message: `means nothing to ${method}` } : null;
}

/** A payment attempt's state as the order shows it. */
export const PAYMENT_STATUSES = ['creating', 'pending', 'paid', 'closed', 'failed', 'refunded'] as const;
export type PaymentStatus = (typeof PAYMENT_STATUSES)[number];

/** A payment that the gateway vouches for: merchant, amount and currency have been checked. */
export interface Paid {
  /** The gateway's own number of the money: WeChat's transaction_id, Alipay's trade_no. */
  readonly transactionId: string;
  readonly amount: Money;
  /** RFC 3339, the gateway's time of the payment. */
  readonly paidAt: string;
}

/** No verified answer: nothing is known, so ask again. */
export interface Unknown {
  readonly t: 'unknown';
  /** `circuitOpen`: not asked at all, because most of what it was asked lately had no answer. */
  readonly cause: 'timeout' | '5xx' | 'badSignature' | 'throttled' | 'unparsable' | 'unlisted' | 'circuitOpen';
  readonly retryAfterMs: number;
}

/** The gateway understood and refused for a reason that no retry mends (configuration, signing, wrong money): alert, hold the stock. */
export interface Rejected {
  readonly t: 'rejected';
  readonly code: string;
}

export type CreateOutcome =
  | {
      readonly t: 'created';
      readonly payUrl: string | null;
      readonly codeUrl: string | null;
      readonly gatewayRef: string | null;
    }
  /** Paid by being created: a balance that the gateway itself holds. */
  | { readonly t: 'paid'; readonly paid: Paid }
  /** The number is spent: closed or paid already. The close tells which. */
  | { readonly t: 'spent'; readonly code: string }
  | Unknown
  | Rejected;

export type QueryOutcome =
  | { readonly t: 'pending' }
  | { readonly t: 'paying' }
  /** `refunded`: how much of it has gone back so far, as far as the gateway tells; zero where it doesn't. */
  | { readonly t: 'paid'; readonly paid: Paid; readonly refunded: Money }
  | { readonly t: 'closedUnpaid' }
  | { readonly t: 'absent'; readonly payableUntil: string | null }
  | Unknown
  | Rejected;

export type CloseOutcome =
  /** Proved: nobody can pay this attempt any more. `ack` is a verified success of close, `query` a verified terminal query. */
  | { readonly t: 'closed'; readonly proof: 'ack' | 'query' }
  | { readonly t: 'paid'; readonly paid: Paid }
  | { readonly t: 'paying'; readonly retryAfterMs: number }
  /** The gateway has no such payment. Not a close: a create on its way can still land until `payableUntil`. */
  | { readonly t: 'absent'; readonly payableUntil: string | null }
  | Unknown
  | Rejected;

export type RefundOutcome =
  | { readonly t: 'succeeded'; readonly refundId: string }
  /** Taken on, not settled: ask again, not sooner than `retryAfterMs`. */
  | { readonly t: 'processing'; readonly retryAfterMs: number }
  /** It will never succeed under this number. `newNumber`: another try may; `manual`: a person has to pay it back. */
  | { readonly t: 'failed'; readonly code: string; readonly next: 'newNumber' | 'manual' }
  /** Queries only: the gateway knows no refund of this number. */
  | { readonly t: 'absent' }
  | Unknown
  | Rejected;

/**
 * How far past `payableUntil` an absent payment is still taken as payable: our clock and the gateway's may differ, and
 * gateways accept signatures up to 300 s old, so a create signed in time can land that much later. With the expiry inside
 * the request itself, 30 s covers clocks that NTP keeps.
 */
export const ABSENT_SKEW_MARGIN_MS = 30_000;

/** Whether an outcome of close allows the stock to go back. Every other outcome means: keep holding, ask again. */
export function provesUnpayable(outcome: CloseOutcome, nowMs: number): boolean {
  if (outcome.t === 'closed') return true;
  if (outcome.t !== 'absent' || outcome.payableUntil === null) return false;
  return nowMs > Date.parse(outcome.payableUntil) + ABSENT_SKEW_MARGIN_MS;
}

/**
 * The shortest life that a gateway is asked to grant a payment, in seconds: WeChat Pay wants a time_expire more than a
 * minute ahead, a Stripe Checkout session lives at least 30 minutes, both from when they are asked, which is later than
 * the order when a create is repeated; hence a margin. Shorter windows are ended by the explicit close.
 */
const SHORTEST_LIFE_SECONDS: Record<GatewayName, number> = { wechat: 120, alipay: 120, stripe: 2100, points: 0 };

/** Until when an attempt of that gateway may be paid, given the order's window. Epoch milliseconds in, RFC 3339 out. */
export function expiryOf(gateway: GatewayName, createdAt: number, payBy: number): string {
  return new Date(Math.max(payBy, createdAt + SHORTEST_LIFE_SECONDS[gateway] * 1000)).toISOString();
}
