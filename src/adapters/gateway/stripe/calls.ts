import type Stripe from 'stripe';
import { type Unknown } from '../../../domain/payment';
import { type Logger } from '../../../ports/logger';
import { type PaymentRef, type RefundRequest } from '../../../ports/payment-gateway';
import { type Exchange, exchange, type Failure, type SendOptions, type Success, type TimeLeft } from './client';
import { type StripeConfig } from './config';
import { nameOf } from './outcomes';

export type Op = 'create' | 'query' | 'close' | 'refund' | 'queryRefund';

/** One call of the port on its way: what the inner requests share. */
export interface Call {
  readonly config: StripeConfig;
  readonly live: boolean;
  readonly stripe: Stripe.Stripe;
  /** Sends one request within the call's time and logs what came. */
  ask(send: (options: SendOptions) => Promise<unknown>): Promise<Exchange>;
}

/** Makes calls; the log gets operation, number, status and code, never bodies, keys or addresses. */
export function caller(config: StripeConfig, live: boolean, stripe: Stripe.Stripe, log: Logger) {
  return (op: Op, merchantNo: string, left: TimeLeft): Call => ({
    config,
    live,
    stripe,
    ask: async (send) => {
      const answered = await exchange(left, send);
      report(log, { gateway: 'stripe', op, merchantNo, status: answered.status }, answered.result);
      return answered;
    },
  });
}

function report(log: Logger, fields: object, result: Success | Failure | Unknown): void {
  if (result.t === 'unknown') log.warn({ ...fields, cause: result.cause }, 'no readable answer');
  else if (result.t === 'error') log.info({ ...fields, code: nameOf(result) }, 'gateway answered with an error');
  else log.debug(fields, 'gateway answered');
}

/** Stripe's longest product name that is sure to be taken, and its longest metadata value. */
const LONGEST_NAME = 250;
const LONGEST_METADATA = 500;

/**
 * The create. Everything in it follows from attempt and configuration alone, so that a repeat under the same
 * Idempotency-Key is the same request: Stripe then answers what it answered first instead of making a second one.
 */
export function sendCreate({ config, stripe }: Call, ref: PaymentRef, options: SendOptions): Promise<unknown> {
  const currency = ref.amount.currency.toLowerCase();
  const metadata = { merchantNo: ref.merchantNo };
  const description = cut(ref.description, LONGEST_NAME);
  const keyed = { ...options, idempotencyKey: `create_${ref.merchantNo}` };
  if (config.mode === 'payment_intent') {
    const params = { amount: ref.amount.minor, currency, description, metadata };
    return stripe.paymentIntents.create({ ...params, automatic_payment_methods: { enabled: true } }, keyed);
  }
  const price = { currency, unit_amount: ref.amount.minor, product_data: { name: description } };
  return stripe.checkout.sessions.create(
    {
      mode: 'payment',
      line_items: [{ quantity: 1, price_data: price }],
      success_url: config.returnUrl,
      cancel_url: config.returnUrl,
      client_reference_id: ref.merchantNo,
      // Rounded down: never later than what the order knows as the expiry.
      expires_at: Math.floor(Date.parse(ref.expiresAt) / 1000),
      metadata,
      // A session's metadata isn't its intent's, and it is the intent that the notification tells of.
      payment_intent_data: { metadata, description },
    },
    keyed,
  );
}

/** The refund, under its number as Idempotency-Key. The reason is a text of ours, Stripe's `reason` a list of theirs. */
export function sendRefund({ stripe }: Call, request: RefundRequest, options: SendOptions): Promise<unknown> {
  const { merchantNo, refundNo, transactionId, refund, reason } = request;
  const metadata = { merchantNo, refundNo, ...(reason === '' ? {} : { reason: cut(reason, LONGEST_METADATA) }) };
  const params = { payment_intent: transactionId, amount: refund.minor, metadata };
  return stripe.refunds.create(params, { ...options, idempotencyKey: refundNo });
}

/** The first UTF-16 units, without half a character at the end. */
function cut(text: string, longest: number): string {
  return text.slice(0, longest).replace(/[\uD800-\uDBFF]$/, '');
}

/** Sessions have ids of their own form, so that an attempt made in one mode is understood in the other. */
export function isSessionId(gatewayRef: string): boolean {
  return gatewayRef.startsWith('cs_');
}
