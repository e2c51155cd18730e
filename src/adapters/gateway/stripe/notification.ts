import Stripe from 'stripe';
import { z } from 'zod';
import { type Clock } from '../../../ports/clock';
import { type Notification, type NotificationReply, type RawNotification } from '../../../ports/payment-gateway';
import { instantOf, intentBody, moneyOf, read, refundBody, refundOutcome } from './objects';

export interface NotificationDeps {
  readonly stripe: Stripe.Stripe;
  readonly webhookSecret: string;
  readonly live: boolean;
  readonly now: Clock;
}

/** Stripe's own tolerance. The SDK checks it towards the past only; a time in the future is no fresher. */
const TOLERANCE_S = 300;

/** Why a notification is taken as forged: not Stripe's (as verified), or not what Stripe sends. */
const FORGED = ['unsigned', 'stale timestamp', 'bad signature', 'unreadable event'] as const;
type Forgery = (typeof FORGED)[number];

const eventBody = z.object({
  id: z.string().min(1),
  object: z.literal('event'),
  type: z.string(),
  created: z.int().positive(),
  livemode: z.boolean(),
  /** Only in events of connected accounts, which aren't this merchant's. */
  account: z.string().nullish(),
  data: z.object({ object: z.unknown() }),
});
type StripeEvent = z.infer<typeof eventBody>;

/**
 * The one event that tells of money, for sessions and intents alike; `checkout.session.completed` tells the same story
 * without the intent's time and amount, or before the money has come. The refund's events are all that there are.
 */
const PAID = 'payment_intent.succeeded';
const REFUND: readonly string[] = ['refund.created', 'refund.updated', 'refund.failed', 'charge.refund.updated'];

/** The events that a webhook endpoint has to be registered for. */
export const STRIPE_EVENTS = [PAID, ...REFUND] as const;

/** Verifies the raw bytes first; only then looks what they say and whose payment it is. Never throws. */
export function parseNotification(deps: NotificationDeps, raw: RawNotification): Notification {
  const verified = verify(deps, raw);
  if (typeof verified === 'string') return { t: 'forged', why: verified };
  const parsed = eventBody.safeParse(verified.event);
  return parsed.success ? told(parsed.data, deps.live) : { t: 'forged', why: 'unreadable event' satisfies Forgery };
}

/** 2xx is "got it"; anything else is sent again, for up to three days. */
export function notificationReply(accepted: boolean, why?: string): NotificationReply {
  const reply = (status: number, body: object): NotificationReply => ({
    status,
    contentType: 'application/json',
    body: JSON.stringify(body),
  });
  if (accepted) return reply(200, { received: true });
  if (why !== undefined && (FORGED as readonly string[]).includes(why)) return reply(400, { error: why });
  // Other reasons may quote our own errors: they are none of the caller's business.
  return reply(500, { error: 'not processed, please send it again' });
}

function verify({ stripe, webhookSecret, now }: NotificationDeps, raw: RawNotification): { event: unknown } | Forgery {
  const header = raw.headers['stripe-signature'];
  if (header === undefined || header === '') return 'unsigned';
  try {
    const event: unknown = stripe.webhooks.constructEvent(
      raw.body,
      header,
      webhookSecret,
      TOLERANCE_S,
      undefined,
      now(),
    );
    return timestampOf(header) - Math.floor(now() / 1000) > TOLERANCE_S ? 'stale timestamp' : { event };
  } catch (error) {
    if (!(error instanceof Stripe.errors.StripeSignatureVerificationError)) return 'unreadable event';
    return /tolerance/.test(error.message) ? 'stale timestamp' : 'bad signature';
  }
}

/** The signed time, read as the SDK reads it: the last `t` counts. Seconds since the epoch. */
function timestampOf(header: string): number {
  const times = header.split(',').filter((part) => part.split('=')[0] === 't');
  return Number.parseInt(times.at(-1)?.split('=')[1] ?? '', 10);
}

function told(event: StripeEvent, live: boolean): Notification {
  const ignored = (why: string): Notification => ({ t: 'ignored', eventId: event.id, why });
  if (event.account != null) return ignored("another account's app");
  if (event.livemode !== live) return ignored('another app: live and test mode differ');
  if (event.type === PAID) return toldPaid(event) ?? ignored('a payment without our number');
  if (REFUND.includes(event.type)) return toldRefund(event) ?? ignored('a refund without our numbers');
  return ignored(`event type ${event.type}`);
}

/** Null: it was made by somebody else on the same account. */
function toldPaid(event: StripeEvent): Notification | null {
  const intent = read(intentBody, event.data.object);
  if (intent?.status !== 'succeeded') return { t: 'forged', why: 'unreadable event' };
  const merchantNo = intent.metadata['merchantNo'];
  if (merchantNo === undefined || merchantNo === '') return null;
  const amount = moneyOf(intent.amount_received, intent.currency);
  const paid = { transactionId: intent.id, amount, paidAt: instantOf(event.created) };
  return { t: 'paid', eventId: event.id, merchantNo, paid };
}

function toldRefund(event: StripeEvent): Notification | null {
  const refund = read(refundBody, event.data.object);
  if (!refund) return { t: 'forged', why: 'unreadable event' };
  const { merchantNo, refundNo } = refund.metadata ?? {};
  if (!merchantNo || !refundNo) return null;
  return { t: 'refund', eventId: event.id, merchantNo, refundNo, outcome: refundOutcome(refund) };
}
