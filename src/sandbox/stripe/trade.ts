import { type Answer } from '../faults/http-faults';
import { type Fault } from '../faults/registry';
import { type SandboxClock } from '../state/clock';
import { type PayResult } from '../state/payments';
import { type Money, type Payment } from '../state/types';
import { errorAnswer, StripeRefusal, throttled } from './errors';
import { type Announcements } from './events';
import { type IntentCreate, type ListQuery, type SessionCreate, totalOf } from './fields';
import { newId, newSessionId, token } from './ids';
import { intentView, listView, PLAIN, sessionView, type StripeObject, unix, type View } from './objects';
import { type StripePayments } from './payments';
import { KEY_LIFE_MS } from './records';

export type Kind = 'payment_intent' | 'checkout.session';

/** A create as data: a deferred one must survive a restart. `key`: its Idempotency-Key. */
export type CreateCommand = { readonly op: 'create'; readonly key: string | null } & (
  | { readonly kind: 'payment_intent'; readonly body: IntentCreate }
  | {
      readonly kind: 'checkout.session';
      readonly body: SessionCreate;
      readonly expiresAt: number;
      readonly origin: string;
    }
);

/** PaymentIntents and Checkout sessions on the neutral core. Every method is one synchronous step. */
export class StripeTrade {
  constructor(
    private readonly payments: StripePayments,
    private readonly everything: () => Payment[],
    private readonly announce: Announcements,
    private readonly clock: SandboxClock,
  ) {}

  create(command: CreateCommand): Answer {
    // Killed between the effect and the storing of its answer: the key still finds what it made.
    const made = command.key === null ? undefined : this.madeUnder(command.key);
    const payment = made ?? this.open(command);
    if (!made && command.kind === 'payment_intent' && command.body.confirm && command.body.payment_method) {
      this.buyerPays(payment.merchantNo);
    }
    return ok(this.view(this.current(payment), PLAIN));
  }

  retrieve(kind: Kind, id: string, view: View): Answer {
    return ok(this.viewOf(kind, this.find(kind, id), view));
  }

  /** Newest first. Sessions that the buyer hasn't confirmed have no PaymentIntent yet, so none is listed. */
  list(kind: Kind, query: ListQuery, view: View): Answer {
    const matching = this.stripes()
      .filter((payment) => kind === 'payment_intent' || payment.wire['mode'] === 'checkout')
      .filter((payment) => kind === 'checkout.session' || hasIntent(payment))
      .filter(({ wire }) => query.payment_intent === undefined || wire['paymentIntent'] === query.payment_intent)
      .filter((payment) => within(unix(payment.createdAt), query.created))
      .map((payment) => this.viewOf(kind, this.refreshed(payment), view))
      .reverse();
    return ok(listView(kind === 'payment_intent' ? '/v1/payment_intents' : '/v1/checkout/sessions', matching, query));
  }

  /** Cancels an intent or expires a session; anything but open is refused with 400. */
  close(kind: Kind, id: string, fault: Fault | null): Answer {
    if (fault?.name === 'early_close_failure') return throttled('lock_timeout');
    const { merchantNo } = this.find(kind, id);
    if (fault?.name === 'pay_before_close') this.buyerPays(merchantNo);
    const before = this.find(kind, id);
    if (before.state !== 'open' || fault?.name === 'user_paying') return unexpectedState(kind, before, fault);
    if (fault?.name === 'broken_close') return ok(this.viewOf(kind, before, { fault, expand: [] }));
    this.end(before);
    return ok(this.viewOf(kind, this.find(kind, id), PLAIN));
  }

  /** The buyer confirms with a payment method: paid at once, as a card is. */
  confirm(id: string): Answer {
    const payment = this.find('payment_intent', id);
    const result = this.buyerPays(payment.merchantNo);
    if (!result.accepted) return unexpectedState('payment_intent', payment, null);
    return ok(intentView(this.current(payment), PLAIN));
  }

  /** The buyer pays; a session past its time is expired instead. */
  buyerPays(merchantNo: string, amount?: Money): PayResult {
    const payment = this.payments.get('stripe', merchantNo);
    const transactionId = payment?.wire['paymentIntent'] ?? '';
    const result = this.payments.pay('stripe', merchantNo, { transactionId, payerId: 'cus_sandbox', amount });
    if (payment && result.accepted) this.announce.paid(this.current(payment));
    else if (payment) this.refreshed(payment);
    return result;
  }

  /** The payment of that id. @throws StripeRefusal 404 */
  find(kind: Kind, id: string): Payment {
    const field = kind === 'payment_intent' ? 'paymentIntent' : 'objectId';
    const payment = this.stripes().find(({ wire }) => wire[field] === id);
    const exists = payment && (kind === 'payment_intent' ? hasIntent(payment) : payment.wire['mode'] === 'checkout');
    if (!exists) throw StripeRefusal.missing(kind, id);
    return this.refreshed(payment);
  }

  /** Refusals in `find` come before any fault; a deferred command may still meet one. */
  private viewOf(kind: Kind, payment: Payment, view: View): StripeObject {
    return kind === 'payment_intent' ? intentView(payment, view) : sessionView(payment, view);
  }

  private view(payment: Payment, view: View): StripeObject {
    return this.viewOf(payment.wire['mode'] === 'checkout' ? 'checkout.session' : 'payment_intent', payment, view);
  }

  private madeUnder(key: string): Payment | undefined {
    const since = this.clock.nowMs() - KEY_LIFE_MS;
    return this.stripes().find(({ wire, createdAt }) => wire['key'] === key && Date.parse(createdAt) > since);
  }

  private stripes(): Payment[] {
    return this.everything().filter(({ gateway }) => gateway === 'stripe');
  }

  private current(payment: Payment): Payment {
    return this.payments.get('stripe', payment.merchantNo) ?? payment;
  }

  /** A session past its time has expired by itself; nobody had looked until now. */
  private refreshed(payment: Payment): Payment {
    if (payment.state === 'open' && this.payments.isExpired(payment)) this.end(payment);
    return this.current(payment);
  }

  private end(payment: Payment): void {
    if (this.payments.close('stripe', payment.merchantNo) === 'closed') this.announce.closed(this.current(payment));
  }

  private open(command: CreateCommand): Payment {
    const paymentIntent = newId('pi');
    const objectId = command.kind === 'payment_intent' ? paymentIntent : newSessionId();
    const { amount, description, metadata, intentMetadata } = contentOf(command);
    const named = metadata['merchantNo'] ?? intentMetadata['merchantNo'];
    // Stripe knows no merchant numbers: a second object of one number is another payment, under its own id here.
    const isFree = named !== undefined && this.payments.get('stripe', named) === null;
    const merchantNo = isFree ? named : objectId;
    const isSession = command.kind === 'checkout.session';
    return this.payments.create({
      gateway: 'stripe',
      merchantNo,
      amount,
      description,
      notifyUrl: null,
      expiresAt: isSession ? new Date(command.expiresAt * 1000).toISOString() : null,
      wire: {
        mode: isSession ? 'checkout' : 'payment_intent',
        objectId,
        paymentIntent,
        charge: newId('ch'),
        clientSecret: `${paymentIntent}_secret_${token(25)}`,
        metadata: JSON.stringify(metadata),
        intentMetadata: JSON.stringify(intentMetadata),
        ...(command.key === null ? {} : { key: command.key }),
        ...(isSession ? sessionWire(command.body, command.origin, merchantNo) : {}),
      },
    });
  }
}

function sessionWire(body: SessionCreate, origin: string, merchantNo: string): Record<string, string> {
  return {
    url: `${origin}/pay/${encodeURIComponent(merchantNo)}`,
    successUrl: body.success_url,
    cancelUrl: body.cancel_url ?? '',
    clientReferenceId: body.client_reference_id ?? '',
  };
}

/** A session's metadata isn't its PaymentIntent's: that is `payment_intent_data[metadata]`. */
function contentOf(command: CreateCommand) {
  if (command.kind === 'payment_intent') {
    const { amount: minor, currency, metadata, description } = command.body;
    return { amount: { minor, currency: currency.toUpperCase() }, description, metadata, intentMetadata: metadata };
  }
  const { metadata, payment_intent_data: intent } = command.body;
  const { minor, currency, name } = totalOf(command.body);
  return { amount: { minor, currency }, description: name, metadata, intentMetadata: intent?.metadata ?? {} };
}

function hasIntent(payment: Payment): boolean {
  return payment.wire['mode'] === 'payment_intent' || payment.state === 'paid';
}

function within(at: number, range: ListQuery['created']): boolean {
  const { gt = -1, gte = 0, lt = Infinity, lte = Infinity } = { ...range } as Record<string, number | undefined>;
  return at > gt && at >= gte && at < lt && at <= lte;
}

/** 400 `payment_intent_unexpected_state` carries the intent; a session's refusal has no code. */
function unexpectedState(kind: Kind, payment: Payment, fault: Fault | null): Answer {
  const view: View = { fault, expand: [] };
  if (kind === 'payment_intent') {
    const intent = intentView(payment, view);
    const message = `You cannot do this to the PaymentIntent because it has a status of ${String(intent['status'])}.`;
    const extra = { code: 'payment_intent_unexpected_state', payment_intent: intent };
    return errorAnswer(400, 'invalid_request_error', message, extra);
  }
  const { status } = sessionView(payment, view);
  const message = `Only Checkout Sessions with a status in ["open"] can be expired. This one has a status of ${String(status)}.`;
  return errorAnswer(400, 'invalid_request_error', message);
}

function ok(object: StripeObject): Answer {
  return { status: 200, body: JSON.stringify(object) };
}
