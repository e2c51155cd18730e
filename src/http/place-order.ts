import { HoldfastError } from '../domain/errors';
import { type Order, type OrderDraft } from '../domain/order';
import { type IdempotencyKey } from '../ports/idempotency';
import { type Logger } from '../ports/logger';
import { processDraft } from '../ports/process-draft';
import { type PlaceResult, type Placing } from '../ports/order-store';
import { demandTakes } from '../ports/payment-gateway';
import { type AppDeps, type NotifyingGateway } from './deps';
import { keyRefused } from './idempotency';
import { choiceOf } from './payment-choice';
import { type PlaceBody } from './schemas/orders';

type PlaceDeps = Pick<
  AppDeps,
  'orders' | 'gateways' | 'newId' | 'startSoon' | 'startLater' | 'paymentAnswered' | 'paymentWindow' | 'rush'
>;

/** `replayed`: the answer of an earlier request with the same Idempotency-Key. */
export interface Placed {
  readonly order: Order;
  readonly replayed: boolean;
}

/**
 * Places an order: held in one transaction, then started, then, where a gateway was chosen, waited for until the gateway
 * has answered or the bounded wait is over. In a rush it is neither started nor waited for: it is started after it, here or by a worker. Once held, nothing that fails afterwards may turn the answer into an error:
 * the start intent is in the database. Throws HoldfastError for what cannot be sold, is short, or whose key is refused.
 * `fromCart`: the lines leave the buyer's cart as the order comes into being.
 */
export async function placeOrder(
  deps: PlaceDeps,
  body: PlaceBody,
  idempotency: IdempotencyKey | null,
  log: Logger,
  fromCart = false,
): Promise<Placed> {
  const gateway = gatewayOf(body, deps);
  const choice = choiceOf(body.payment, gateway && gateway.name);
  const draft = draftOf(body, deps);
  const orderId = deps.newId('order');
  const inRush = deps.rush.enter();
  const placed = await placeCounted(deps, {
    ...{ orderId, draft, startIntent: true },
    ...(inRush && { inRush }),
    ...(gateway && { checkAmount: (amount) => demandTakes(gateway, amount) }),
    ...(choice && { choice }),
    ...(idempotency && { idempotency }),
    ...(fromCart && { fromCart }),
  });
  if (placed.replayed || inRush) return placed;
  deps.startSoon({ kind: 'order', id: orderId, draft: processDraft(placed.order) });
  const order = draft.payWith === null ? placed.order : await withCredential(deps, placed.order, idempotency, log);
  return { order, replayed: false };
}

/**
 * Places; the rush is told when it has its answer, whatever that is, and whether it was one of the gate's. Where the answer is
 * an error it may have been placed all the same.
 */
async function placeCounted(
  { orders, rush, startLater }: Pick<PlaceDeps, 'orders' | 'rush' | 'startLater'>,
  placing: Placing,
): Promise<Placed> {
  let refused = false;
  try {
    return placedOf(await orders.place(placing));
  } catch (error) {
    refused = error instanceof HoldfastError && error.code === 'sold_out';
    throw error;
  } finally {
    rush.leave(refused);
    if (placing.inRush) startLater();
  }
}

/** The order of a result; throws for what was refused. */
export function placedOf(result: PlaceResult): Placed {
  if (result.t === 'reused' || result.t === 'inProgress') throw keyRefused(result);
  if (result.t === 'short') throw new HoldfastError('out_of_stock', undefined, { shortages: result.shortages });
  return { order: result.order, replayed: result.replayed };
}

function gatewayOf({ payWith }: PlaceBody, { gateways }: PlaceDeps): NotifyingGateway | null {
  if (payWith == null) return null;
  const gateway = gateways.get(payWith);
  if (gateway) return gateway;
  const errors = [{ path: 'payWith', message: 'this gateway is not configured here' }];
  throw new HoldfastError('gateway_not_available', `the gateway ${payWith} is not configured here`, { errors });
}

function draftOf(body: PlaceBody, { paymentWindow }: PlaceDeps): OrderDraft {
  return {
    buyerId: body.buyerId,
    lines: body.lines,
    payWith: body.payWith ?? null,
    paymentWindowSeconds: body.paymentWindowSeconds ?? paymentWindow.defaultSeconds,
    storeId: body.storeId ?? null,
    referrerId: body.referrerId ?? null,
    promotionId: body.promotionId ?? null,
    note: body.note ?? null,
    form: body.form ?? null,
    shippingAddress: body.shippingAddress ?? null,
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
