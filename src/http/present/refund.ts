import { type Refund } from '../../domain/refund';
import { type RefundAnswer } from '../schemas/refunds';

/** A refund as clients see it. */
export function presentRefund({
  id,
  orderId,
  amount,
  status,
  reason,
  restock,
  createdAt,
  settledAt,
}: Refund): RefundAnswer {
  return { id, orderId: orderId ?? '', amount, status, reason, restock: restock.length > 0, createdAt, settledAt };
}
