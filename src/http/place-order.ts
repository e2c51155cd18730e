import { type Logger } from 'pino';
import { HoldfastError } from '../domain/errors';
import { type Order, type OrderDraft } from '../domain/order';
import { type IdempotencyKey } from '../ports/idempotency';
import { processDraft } from '../ports/order-process';
import { type AppDeps } from './deps';
import { keyRefused } from './idempotency';
import { type PlaceBody } from './schemas/orders';

type PlaceDeps = Pick<AppDeps, 'orders' | 'gateways' | 'newId' | 'startSoon' | 'paymentAnswered' | 'paymentWindow'>;

/** `replayed`: the answer of an earlier request with the same Idempotency-Key. */
export interface Placed {
  readonly order: Order;
  readonly replayed: boolean;
}

/**
 * Places an order: held in one transaction, then started, then, where a gateway was chosen, waited for until the gateway
 * has answered or the bounded wait is over. Once held, nothing that fails afterwards may turn the answer into an error:
 * the start intent is in the database. Throws HoldfastError for what cannot be sold, is short, or whose key is refused.
 */
export async function placeOrder(
  deps: PlaceDeps,
  body: PlaceBody,
  idempotency: IdempotencyKey | null,
  log: Logger,
): Promise<Placed> {
  const draft = draftOf(body, deps);
  const orderId = deps.newId('order');
  const result = await deps.orders.place({ orderId, draft, startIntent: true, ...(idempotency && { idempotency }) });
  if (result.t === 'reused' || result.t === 'inProgress') throw keyRefused(result);
  if (result.t === 'short') throw new HoldfastError('out_of_stock', undefined, { shortages: result.shortages });
  if (result.replayed) return { order: result.order, replayed: true };
  deps.startSoon({ kind: 'order', id: orderId, draft: processDraft(result.order) });
  const order = draft.payWith === null ? result.order : await withCredential(deps, result.order, idempotency, log);
  return { order, replayed: false };
}

function draftOf(body: PlaceBody, { gateways, paymentWindow }: PlaceDeps): OrderDraft {
  const payWith = body.payWith ?? null;
  if (payWith !== null && !gateways.has(payWith)) {
    const errors = [{ path: 'payWith', message: 'this gateway is not configured here' }];
    throw new HoldfastError('gateway_not_available', `the gateway ${payWith} is not configured here`, { errors });
  }
  return {
    buyerId: body.buyerId,
    lines: body.lines,
    payWith,
    paymentWindowSeconds: body.paymentWindowSeconds ?? paymentWindow.defaultSeconds,
    storeId: body.storeId ?? null,
    referrerId: body.referrerId ?? null,
    note: body.note ?? null,
  };
}

async function withCredential(
  { orders, paymentAnswered }: PlaceDeps,
  placed: Order,
  idempotency: IdempotencyKey | null,
  log: Logger,
): Promise<Order> {
  const order = await latest(placed, log, async () => {
    await paymentAnswered(placed.id);
    return orders.find(placed.id);
  });
  if (idempotency) {
    await orders.rememberAnswer(idempotency, order).catch((err: unknown) => {
      // A repeat is then answered from the order itself.
      log.error({ err, orderId: placed.id }, 'the answer of a placing could not be remembered');
    });
  }
  return order;
}

async function latest(placed: Order, log: Logger, read: () => Promise<Order | null>): Promise<Order> {
  try {
    return (await read()) ?? placed;
  } catch (err) {
    log.error({ err, orderId: placed.id }, 'the gateway answer of a placed order could not be read');
    return placed;
  }
}
