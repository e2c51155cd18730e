import { HoldfastError } from '../domain/errors';
import { type IdempotencyKey } from '../ports/idempotency';
import { type Logger } from '../ports/logger';
import { type AppDeps } from './deps';
import { type Placed, placedOf, placeOrder } from './place-order';
import { type CheckoutBody } from './schemas/carts';

/**
 * Places an order of what is in the buyer's cart now; placing takes exactly that out of it. The cart is read before the
 * key is looked up: a first request that empties it in between has then left its answer under the key. Throws
 * `cart_empty`, `cart_changed` (another order was quicker), and whatever placing refuses.
 */
export async function checkOut(
  deps: AppDeps,
  buyerId: string,
  body: CheckoutBody,
  idempotency: IdempotencyKey | null,
  log: Logger,
): Promise<Placed> {
  const lines = (await deps.carts.read(buyerId)).map(({ skuId, quantity }) => ({ skuId, quantity }));
  const earlier = idempotency && (await deps.orders.earlierAnswer(idempotency));
  if (earlier) return placedOf(earlier);
  if (lines.length === 0) throw new HoldfastError('cart_empty');
  return placeOrder(deps, { ...body, buyerId, lines }, idempotency, log, true);
}
