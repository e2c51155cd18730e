import { HoldfastError } from '../src/domain/errors';
import { type PaymentAttempt } from '../src/domain/order';
import { type CreateOutcome, type GatewayName, type PaymentChoice } from '../src/domain/payment';
import { type OrderProgress } from '../src/ports/order-store';
import { type PaymentGateway } from '../src/ports/payment-gateway';
import { type AttemptCommand, type PaidAttempt } from './attempt';
import { paymentRef } from './payment-ref';
import { type ActivityPorts } from './ports';

/** Most providers answer a create in 50 to 300 ms; who takes longer is waited for beside the workflow, not within its task. */
const AT_ONCE_MS = 1_000;
/**
 * Workflow tasks of one worker that may wait for the same gateway at once. All gateways' together stay below the worker's
 * number of workflow tasks, so that none of them, however slow, holds up orders that have nothing to do with it.
 */
const AT_ONCE_PER_GATEWAY = 40;

/** Refusals that are the buyer's own affair: shown on the order, no reason to wake anybody. */
const BUYERS_OWN: readonly string[] = ['INSUFFICIENT_POINTS'];

/** That the first attempt is answered already, and the payment where asking was paying (a balance). */
export interface OfferedAtOnce {
  readonly offered: true;
  readonly paid?: PaidAttempt;
}

/** Creates of payments. The attempt's number is the idempotency key. */
export interface Offers {
  /** Asks the gateway, or joins whoever is asking it for the same attempt in this process. */
  create(command: AttemptCommand): Promise<PaidAttempt | null>;
  /**
   * Offers the order's payment within the workflow task that holds the stock, which saves the server an activity and
   * another task. Null where that did not come off, for whatever reason: the activity then does it, and shows why it can't.
   */
  atOnce(orderId: string, order: OrderProgress): Promise<OfferedAtOnce | null>;
}

export function createOffers(ports: ActivityPorts): Offers {
  const underWay = new Map<string, Promise<PaidAttempt | null>>();
  const waiting = new Map<GatewayName, number>();

  const join = (command: AttemptCommand, known?: OrderProgress): Promise<PaidAttempt | null> => {
    const asking = underWay.get(command.paymentId);
    if (asking) return asking;
    const asked = create(ports, command, known).finally(() => underWay.delete(command.paymentId));
    underWay.set(command.paymentId, asked);
    return asked;
  };

  return {
    create: (command) => join(command),
    async atOnce(orderId, order) {
      const { payment } = order;
      if (order.status !== 'awaiting_payment' || !payment) return null;
      if (payment.status !== 'creating') return { offered: true };
      const others = waiting.get(payment.gateway) ?? 0;
      if (others >= AT_ONCE_PER_GATEWAY) return null;
      waiting.set(payment.gateway, others + 1);
      const answered = join({ orderId, paymentId: payment.id }, order).then(
        (paid): OfferedAtOnce => ({ offered: true, ...(paid && { paid }) }),
        () => null,
      );
      return within(AT_ONCE_MS, answered).finally(() => {
        waiting.set(payment.gateway, (waiting.get(payment.gateway) ?? 1) - 1);
      });
    },
  };
}

/** The answer, or null once the time is over. */
async function within<T>(ms: number, answer: Promise<T>): Promise<T | null> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), ms);
  });
  return Promise.race([answer, over]).finally(() => clearTimeout(timer));
}

async function create(
  ports: ActivityPorts,
  { orderId, paymentId }: AttemptCommand,
  known?: OrderProgress,
): Promise<PaidAttempt | null> {
  const order = known ?? (await ports.orders.progress(orderId, paymentId));
  if (!order) throw new HoldfastError('order_not_found', `no order has the id ${orderId}`);
  const { payment: attempt } = order;
  if (attempt?.status !== 'creating') return null;
  const outcome = await ask(ports.gateways.get(attempt.gateway), orderId, attempt, order);
  const answer = { orderId, paymentId, op: 'create', outcome } as const;
  switch (outcome.t) {
    case 'created': {
      const { payUrl, codeUrl, gatewayRef } = outcome;
      await ports.orders.paymentCreated(answer, { status: 'pending', payUrl, codeUrl, gatewayRef });
      return null;
    }
    case 'paid':
      // Stays `creating` until the order is confirmed: should this answer get lost, the repeat asks again and hears it again.
      await ports.orders.recordAnswer(answer);
      return { paymentId, paid: outcome.paid };
    case 'unknown':
      await ports.orders.recordAnswer(answer);
      // Not a verdict: Temporal repeats it, under the same number, until the window is over.
      throw new Error(`the gateway did not answer the create (${outcome.cause})`);
    case 'spent':
    case 'rejected':
      if (!BUYERS_OWN.includes(outcome.code))
        ports.alert('payment_not_created', { orderId, paymentId, code: outcome.code });
      await ports.orders.paymentCreated(answer, { status: 'failed' });
      return null;
  }
}

async function ask(
  gateway: PaymentGateway | undefined,
  orderId: string,
  attempt: PaymentAttempt,
  { titles, choice }: OrderProgress,
): Promise<CreateOutcome> {
  if (!gateway) return { t: 'rejected', code: 'GATEWAY_NOT_CONFIGURED' };
  return gateway.createPayment({ ...paymentRef(attempt, orderId, titles), ...wayOf(choice) });
}

function wayOf(choice: PaymentChoice | null) {
  if (!choice) return {};
  const { method, payerId } = choice;
  return { method, ...(payerId !== null && { payer: { openid: payerId } }) };
}
