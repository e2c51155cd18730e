import { type Order } from '../../src/domain/order';
import { type World } from './world';

/** What an API leaves that is killed right after its commit: the order, its hold, its start intent; nobody told Temporal. */
export async function placeUnstarted(world: World, skuId: string): Promise<Order> {
  const orderId = world.stores.newId('order');
  const draft = {
    buyerId: 'buyer_1',
    lines: [{ skuId, quantity: 1 }],
    payWith: 'wechat' as const,
    paymentWindowSeconds: 600,
  };
  const result = await world.stores.orders.place({ orderId, draft, startIntent: true });
  if (result.t !== 'placed') throw new Error(`not placed: ${result.t}`);
  return result.order;
}
