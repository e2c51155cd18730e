import { type Order, type OrderLine } from '../../domain/order';
import { sumMoney } from '../../domain/money';
import { type OrderAnswer } from '../schemas/orders';

/** The order as clients see it: lines, and the child orders that they belong to. */
export function presentOrder(order: Order): OrderAnswer {
  return {
    id: order.id,
    status: order.status,
    buyerId: order.buyerId,
    amount: order.amount,
    lines: order.lines.map(({ skuId, title, quantity, unitPrice, discountBasisPoints, amount }) => ({
      skuId,
      title,
      quantity,
      unitPrice,
      discountBasisPoints,
      amount,
    })),
    children: childrenOf(order),
    payBy: order.payBy,
    payment: presentPayment(order.payment),
    refundedAmount: order.refundedAmount,
    storeId: order.storeId,
    referrerId: order.referrerId,
    promotionId: order.promotionId,
    note: order.note,
    createdAt: order.createdAt,
    paidAt: order.paidAt,
    closedAt: order.closedAt,
    closeReason: order.closeReason,
  };
}

function childrenOf({ lines, status }: Order): OrderAnswer['children'] {
  const children = new Map<string, OrderLine[]>();
  for (const line of lines) children.set(line.childId, [...(children.get(line.childId) ?? []), line]);
  return [...children].map(([id, own]) => ({
    id,
    productId: own[0]?.productId ?? '',
    status,
    lines: own.map((line) => line.skuId),
    items: own.map(({ skuId, quantity }) => ({ skuId, quantity })),
    amount: sumMoney(own.map((line) => line.amount)),
  }));
}

/** An attempt as clients see it. */
export function presentPayment(payment: Order['payment']): OrderAnswer['payment'] {
  if (!payment) return null;
  const { id, gateway, status, merchantNo, payUrl, codeUrl } = payment;
  return { id, gateway, status, merchantNo, payUrl, codeUrl };
}
