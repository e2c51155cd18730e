import { z } from 'zod';
import { type Money, sameMoney } from '../../../domain/money';
import { type Paid, type QueryOutcome, type RefundOutcome } from '../../../domain/payment';
import { type PaymentRef, type RefundRequest } from '../../../ports/payment-gateway';
import { unknown } from './unknown';

/**
 * Stripe's objects as far as they are read. Amounts are integers of the currency's smallest unit, which is what
 * `Money.minor` is: cents, fen, and whole yen for Stripe's zero-decimal currencies; nothing is ever multiplied.
 */
const charge = z.object({
  id: z.string().min(1),
  created: z.int().positive(),
  amount_refunded: z.int().nonnegative(),
});
export const intentBody = z.object({
  id: z.string().min(1),
  object: z.literal('payment_intent'),
  status: z.string(),
  amount_received: z.int().nonnegative(),
  currency: z.string(),
  livemode: z.boolean(),
  metadata: z.record(z.string(), z.string()),
  client_secret: z.string().nullish(),
  /** Why the last try failed; nothing where none did. */
  last_payment_error: z.looseObject({}).nullish(),
  latest_charge: z.union([z.string(), charge]).nullish(),
});
export const sessionBody = z.object({
  id: z.string().min(1),
  object: z.literal('checkout.session'),
  status: z.string().nullable(),
  payment_status: z.string(),
  url: z.string().nullish(),
  livemode: z.boolean(),
  metadata: z.record(z.string(), z.string()).nullable(),
  payment_intent: z.union([z.string(), intentBody]).nullish(),
});
export const refundBody = z.object({
  id: z.string().min(1),
  object: z.literal('refund'),
  status: z.string().nullable(),
  amount: z.int().positive(),
  currency: z.string(),
  metadata: z.record(z.string(), z.string()).nullable(),
  failure_reason: z.string().nullish(),
});
export const listBody = z.object({
  object: z.literal('list'),
  has_more: z.boolean(),
  data: z.array(z.looseObject({ id: z.string().min(1) })),
});

export type Intent = z.infer<typeof intentBody>;
export type Session = z.infer<typeof sessionBody>;
export type Refund = z.infer<typeof refundBody>;

/** Reads a body; null where it isn't that object. */
export function read<T>(schema: z.ZodType<T>, body: unknown): T | null {
  const parsed = schema.safeParse(body);
  return parsed.success ? parsed.data : null;
}

/** Stripe writes currencies in lower case. */
export function moneyOf(minor: number, currency: string): Money {
  return { minor, currency: currency.toUpperCase() };
}

/** RFC 3339 of Stripe's whole seconds. */
export function instantOf(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}

/** What each status of a PaymentIntent means. `requires_capture` never comes: nothing here asks for a later capture. */
const INTENT_STATES: Readonly<Record<string, 'pending' | 'paying' | 'paid' | 'closedUnpaid'>> = {
  requires_payment_method: 'pending',
  requires_confirmation: 'pending',
  requires_action: 'pending',
  requires_capture: 'pending',
  processing: 'paying',
  succeeded: 'paid',
  canceled: 'closedUnpaid',
};

/** What an intent says of the attempt: mode and number are checked in every state, its money where it's paid. */
export function intentOutcome(intent: Intent, ref: PaymentRef, live: boolean): QueryOutcome {
  const mismatch = mismatchOf(intent, ref, live);
  if (mismatch) return mismatch;
  const state = Object.hasOwn(INTENT_STATES, intent.status) ? INTENT_STATES[intent.status] : undefined;
  if (state === undefined) return unknown('unlisted');
  return state === 'paid' ? paidOutcome(intent, ref) : { t: state };
}

/**
 * What a session says of the attempt. `complete` and unpaid: the buyer is done and the money is on its way, unless it has
 * failed. An expired session whose intent was confirmed in its last moment is what the intent is.
 */
export function sessionOutcome(session: Session, ref: PaymentRef, live: boolean): QueryOutcome {
  const mismatch = mismatchOf(session, ref, live);
  if (mismatch) return mismatch;
  const intent = session.payment_intent ?? null;
  if (typeof intent === 'string') return unknown('unparsable');
  const byIntent = intent && intentOutcome(intent, ref, live);
  switch (`${session.status ?? ''} ${session.payment_status}`) {
    case 'open unpaid':
      return { t: 'pending' };
    case 'complete unpaid':
      if (byIntent?.t !== 'pending') return byIntent ?? { t: 'paying' };
      return hasFailed(intent) ? { t: 'closedUnpaid' } : { t: 'paying' };
    case 'complete paid':
    case 'expired paid':
      return byIntent === null ? unknown('unparsable') : settledOnly(byIntent);
    case 'expired unpaid':
      return byIntent === null || byIntent.t === 'pending' ? { t: 'closedUnpaid' } : byIntent;
    default:
      return unknown('unlisted');
  }
}

/**
 * A delayed payment that failed (`checkout.session.async_payment_failed`) leaves its intent without a payment method,
 * which looks payable. It is not: only its session's page confirms a session's intent, and a complete one has no page.
 * Nor can it be closed: a session expires from `open` only, and its intent can't be cancelled. So this is its end.
 * Before the try has failed the same status only means that the bank has not begun.
 * Source: docs.stripe.com/api/checkout/sessions/object (`payment_intent`, `status`, `url`), …/payment_intents/cancel.
 */
function hasFailed(intent: Intent | null): boolean {
  return intent?.status === 'requires_payment_method' && intent.last_payment_error != null;
}

/** A session that calls itself paid above an intent that doesn't is a contradiction, not a state. */
function settledOnly(outcome: QueryOutcome): QueryOutcome {
  return outcome.t === 'pending' || outcome.t === 'paying' || outcome.t === 'closedUnpaid'
    ? unknown('unlisted')
    : outcome;
}

function mismatchOf(object: Intent | Session, ref: PaymentRef, live: boolean): QueryOutcome | null {
  if (object.livemode !== live) return { t: 'rejected', code: 'MERCHANT_MISMATCH' };
  return object.metadata?.['merchantNo'] === ref.merchantNo ? null : { t: 'rejected', code: 'NUMBER_MISMATCH' };
}

/** The transaction is the intent's id: session, intent, charge and refund all carry it, and it never changes. */
function paidOutcome(intent: Intent, ref: PaymentRef): QueryOutcome {
  const received = moneyOf(intent.amount_received, intent.currency);
  if (!sameMoney(received, ref.amount)) return { t: 'rejected', code: 'AMOUNT_MISMATCH' };
  const { latest_charge: charged } = intent;
  if (typeof charged !== 'object' || charged === null) return unknown('unparsable');
  const paid: Paid = { transactionId: intent.id, amount: received, paidAt: instantOf(charged.created) };
  return { t: 'paid', paid, refunded: { ...received, minor: charged.amount_refunded } };
}

/** Banks take from seconds to days: a minute is often enough. */
const REFUND_RETRY_MS = 60_000;

/** What each status of a refund means; held against the request by `refundAnswer`. */
export function refundOutcome(refund: Refund): RefundOutcome {
  switch (refund.status) {
    case 'succeeded':
      return { t: 'succeeded', refundId: refund.id };
    case 'pending':
    case 'requires_action':
      return { t: 'processing', retryAfterMs: REFUND_RETRY_MS };
    case 'failed':
      // The bank sent the money back to Stripe's balance: another try meets the same bank.
      return { t: 'failed', code: refund.failure_reason ?? 'failed', next: 'manual' };
    case 'canceled':
      return { t: 'failed', code: 'canceled', next: 'newNumber' };
    default:
      return unknown('unlisted');
  }
}

/** A refund held against what was asked: another amount under our number isn't our refund. */
export function refundAnswer(refund: Refund, request: RefundRequest): RefundOutcome {
  if (refund.metadata?.['refundNo'] !== request.refundNo) return { t: 'rejected', code: 'NUMBER_MISMATCH' };
  const given = moneyOf(refund.amount, refund.currency);
  return sameMoney(given, request.refund) ? refundOutcome(refund) : { t: 'rejected', code: 'AMOUNT_MISMATCH' };
}
