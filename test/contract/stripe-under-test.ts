import type Stripe from 'stripe';
import { type StripeConfig } from '../../src/adapters/gateway/stripe/config';
import { createStripeGateway } from '../../src/adapters/gateway/stripe/gateway';
import { type Money } from '../../src/domain/money';
import { type PaymentRef, type RawNotification } from '../../src/ports/payment-gateway';
import { until } from '../sandbox/support/poll';
import { newNo, TestSandbox } from '../sandbox/support/sandbox';
import { stripeClient, type StripeCredentials, stripeCredentials, StripeReceiver } from '../sandbox/support/stripe';
import { type GatewayTraits, type GatewayUnderTest, STRICT_TRAITS, type SuiteFault } from './gateway-under-test';
import { referred, refundOf } from './payment-gateway.suite';
import { KeptLog } from './wechat-under-test';

/** How long the hasty gateway waits: the faults that it meets last until the client gives up, so any figure will do. */
const HASTY_MS = 500;

/** An hour: within what Stripe grants a session, and longer than any test. */
const LIFE_MS = 3_600_000;

/** What Stripe lacks of what a provider can promise. */
export const STRIPE_TRAITS: GatewayTraits = {
  ...STRICT_TRAITS,
  // TLS vouches for answers.
  answerForgeries: [],
  answersAreDated: false,
  // Stored under the Idempotency-Key, and found behind it.
  errorsAreReplayed: true,
  acknowledges: ({ status }) => status >= 200 && status < 300,
};

/** The Stripe adapter, the sandbox it talks to, plain stripe-node beside it, and a merchant's webhook. */
export interface StripeUnderTest extends GatewayUnderTest {
  readonly sandbox: TestSandbox;
  readonly credentials: StripeCredentials;
  readonly stripe: Stripe.Stripe;
  readonly log: KeptLog;
  /** A configuration that fits the sandbox, with the given fields instead of the usual ones. */
  config(overrides?: Partial<StripeConfig>): StripeConfig;
}

/** Starts all of them. */
export async function startStripeUnderTest(overrides: Partial<StripeConfig> = {}): Promise<StripeUnderTest> {
  const [sandbox, webhook] = await Promise.all([TestSandbox.start(), StripeReceiver.start()]);
  const credentials = await stripeCredentials(sandbox.url);
  const stripe = stripeClient(credentials);
  const log = new KeptLog();
  const config = (more: Partial<StripeConfig> = {}): StripeConfig => ({
    ...credentials,
    returnUrl: 'https://shop.example/thanks',
    mode: 'checkout',
    // Longer than any answer takes on a busy machine, shorter than the test's own limit.
    timeoutMs: 30_000,
    ...overrides,
    ...more,
  });
  const build = (more?: Partial<StripeConfig>) => createStripeGateway(config(more), { now: Date.now, log });
  const fault = async (op: string, { name, ...more }: SuiteFault, no: string) => {
    const id = await sandbox.fault(op, name, no, { ...more });
    return () => sandbox.release(id);
  };
  const ledger = async (no: string) => (await sandbox.kinds(no)).filter((kind) => kind !== 'notified');
  const pay = async (no: string, amount?: Money) => (await sandbox.pay(no, amount)).body.transactionId ?? null;
  const paid = async (no: string) => {
    const transactionId = await pay(no);
    if (transactionId === null) throw new Error('the sandbox refused the payment');
    return transactionId;
  };
  /** From here on events of these types arrive, and are told apart from earlier ones by their place. */
  const listen = async (events: Stripe.WebhookEndpointCreateParams.EnabledEvent[]) => {
    await stripe.webhookEndpoints.create({ url: webhook.url, enabled_events: events });
    const start = webhook.deliveries.length;
    return (nth: number) => until(`delivery ${nth}`, () => rawOf(webhook, start + nth));
  };
  const gateway = build();
  return {
    sandbox,
    credentials,
    stripe,
    log,
    config,
    gateway,
    hasty: build({ timeoutMs: HASTY_MS }),
    newRequest,
    pay,
    fault,
    ledger,
    ledgerBecomes: async (no, kinds) => {
      await until(`the ledger of ${no} says ${kinds.join()}`, async () => (await ledger(no)).join() === kinds.join());
    },
    refunds: async (no) =>
      (await sandbox.ledger(no))
        .filter(({ kind }) => kind === 'refunded')
        .map(({ refundNo = '', amount }) => ({ refundNo, minor: amount.minor })),
    notified: async (wanted) => {
      const request = newRequest();
      const ref = referred(request, await gateway.createPayment(request));
      const delivery = await listen(['payment_intent.succeeded']);
      if (wanted) await fault('notify', wanted, ref.merchantNo);
      return { ref, transactionId: await paid(ref.merchantNo), delivery };
    },
    notifiedRefund: async (wanted) => {
      const created = newRequest();
      const ref = referred(created, await gateway.createPayment(created));
      await listen(['refund.updated', 'refund.failed']);
      const request = refundOf(ref, await paid(ref.merchantNo));
      const delivery = await listen(['refund.updated', 'refund.failed']);
      if (wanted) await fault('refund', wanted, ref.merchantNo);
      await gateway.refund(request);
      return { request, delivery };
    },
    close: async () => {
      await sandbox.close();
      await webhook.close();
    },
  };
}

function newRequest(): PaymentRef {
  return {
    merchantNo: newNo(),
    gatewayRef: null,
    amount: { minor: 1999, currency: 'CNY' },
    expiresAt: new Date(Math.ceil(Date.now() / 1000) * 1000 + LIFE_MS).toISOString(),
    description: 'A pot of tea',
  };
}

function rawOf(webhook: StripeReceiver, nth: number): RawNotification | undefined {
  const delivery = webhook.deliveries[nth - 1];
  if (!delivery) return undefined;
  const headers = Object.fromEntries(Object.entries(delivery.headers).map(([key, value]) => [key, String(value)]));
  return { headers, body: delivery.body };
}
