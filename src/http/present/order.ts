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
    lines: order.lines.map(({ skuId, title, quantity, unitPrice, amount }) => ({
      skuId,
      title,
      quantity,
      unitPrice,
      amount,
    })),
    children: childrenOf(order.lines),
    payBy: order.payBy,
    payment: presentPayment(order.payment),
    refundedAmount: order.refundedAmount,
    storeId: order.storeId,
    referrerId: order.referrerId,
    note: order.note,
    createdAt: order.createdAt,
    paidAt: order.paidAt,
    closedAt: order.closedAt,
    closeReason: order.closeReason,
  };
}

function childrenOf(lines: readonly OrderLine[]): OrderAnswer['children'] {
  const children = new Map<string, OrderLine[]>();
  for (const line of lines) children.set(line.childId, [...(children.get(line.childId) ?? []), line]);
  return [...children].map(([id, own]) => ({
    id,
    productId: own[0]?.productId ?? '',
    lines: own.map((line) => line.skuId),
    amount: sumMoney(own.map((line) => line.amount)),
  }));
}

/** An attempt as clients see it. */
export function presentPayment(payment: Order['payment']): OrderAnswer['payment'] {
  if (!payment) return null;
  const { id, gateway, status, merchantNo, payUrl, codeUrl } = payment;
  return { id, gateway, status, merchantNo, payUrl, codeUrl };
}
