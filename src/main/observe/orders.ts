import { HoldfastError } from '../../domain/errors';
import { timeOfId } from '../../domain/ids';
import { type OrderStore, type PlaceResult } from '../../ports/order-store';
import { type RefundStore } from '../../ports/refund-store';
import { ANSWER_SECONDS, PAYING_SECONDS } from '../../telemetry/buckets';
import { type Metrics } from '../../telemetry/metrics';
import { overriding } from '../../telemetry/overriding';

type Counters = Pick<Metrics, 'counterPer' | 'histogramPer'>;

/**
 * The orders, with what becomes of them counted. A state change counts once, in the process that made it: a repeat that
 * changed nothing does not, so the sum over all processes is the number of changes.
 */
export function countOrders(orders: OrderStore, metrics: Counters): OrderStore {
  const changed = metrics.counterPer(['state', 'reason'], 'holdfast_orders_total', 'Orders that came into a state');
  const toPay = metrics.histogramPer([], 'holdfast_time_to_pay_seconds', 'From placing to paid', PAYING_SECONDS);
  return overriding<OrderStore>(orders, {
    place: async (placing) => {
      const result = await orders.place(placing);
      if (result.t === 'placed' && !result.replayed) changed({ state: 'awaiting_payment', reason: '' });
      return result;
    },
    confirm: async (command) => {
      const outcome = await orders.confirm(command);
      if (outcome.t === 'done') {
        changed({ state: 'paid', reason: '' });
        toPay({}, Math.max(0, Date.parse(command.paid.paidAt) - timeOfId(command.orderId)) / 1_000);
      }
      return outcome;
    },
    beginClosing: async (orderId, reason, note) => {
      const outcome = await orders.beginClosing(orderId, reason, note);
      if (outcome.t === 'done') changed({ state: 'closing', reason });
      return outcome;
    },
    release: async (command) => {
      const outcome = await orders.release(command);
      if (outcome.t === 'done') changed({ state: 'cancelled', reason: command.proof });
      return outcome;
    },
    reject: async (orderId, draft, why) => {
      await orders.reject(orderId, draft, why);
      changed({ state: 'rejected', reason: why.code });
    },
  });
}

/** The refunds, with those that are taken on counted. */
export function countRefunds(refunds: RefundStore, metrics: Counters): RefundStore {
  const requested = metrics.counterPer([], 'holdfast_refunds_requested_total', 'Refunds taken on');
  return overriding<RefundStore>(refunds, {
    request: async (command) => {
      const result = await refunds.request(command);
      if (result.t === 'requested' && !result.replayed) requested({});
      return result;
    },
  });
}

/** Placing as the API does it, door and database together, timed by what it came to: `placed` or why not. */
export function timePlacing(place: OrderStore['place'], metrics: Counters): OrderStore['place'] {
  const took = metrics.histogramPer(
    ['outcome'],
    'holdfast_placing_seconds',
    'Deciding a placing: at the door, in the queue, in the database',
    ANSWER_SECONDS,
  );
  return async (placing) => {
    const begun = performance.now();
    const tell = (outcome: string): void => took({ outcome }, (performance.now() - begun) / 1_000);
    try {
      const result = await place(placing);
      tell(outcomeOf(result));
      return result;
    } catch (error) {
      tell(error instanceof HoldfastError ? error.code : 'internal');
      throw error;
    }
  };
}

function outcomeOf(result: PlaceResult): string {
  switch (result.t) {
    case 'placed':
      return result.replayed ? 'replayed' : 'placed';
    case 'short':
      return 'out_of_stock';
    case 'reused':
      return 'idempotency_key_reused';
    case 'inProgress':
      return 'request_in_progress';
  }
}
