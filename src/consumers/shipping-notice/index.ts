import { type EventLine } from '../../domain/events';
import { type ShippingChild, type ShippingNotices } from '../../ports/consumer-shipping';
import { type EventConsumer } from '../../ports/event-consumer';
import { type ConsumerName } from '../names';

export const SHIPPING_NOTICE = 'shipping-notice' satisfies ConsumerName;

/** Tells the warehouse of each paid order, once. */
export function shippingNotice(notices: ShippingNotices): EventConsumer<'OrderPaid'> {
  return {
    name: SHIPPING_NOTICE,
    types: ['OrderPaid'],
    handle: ({ id, data: { orderId, lines } }) => notices.file(id, { orderId, children: childrenOf(lines) }),
  };
}

/** The order's lines by child order, in the order of first mention. */
function childrenOf(lines: readonly EventLine[]): ShippingChild[] {
  const children = new Map(lines.map(({ childId, productId }) => [childId, productId]));
  return [...children].map(([childId, productId]) => ({
    childId,
    productId,
    lines: lines.filter((line) => line.childId === childId).map(({ skuId, quantity }) => ({ skuId, quantity })),
  }));
}
