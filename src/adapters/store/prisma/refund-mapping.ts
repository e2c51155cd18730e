import { type GatewayName } from '../../../domain/payment';
import { type Refund, type RefundCause, type RefundStatus } from '../../../domain/refund';
import { type StockLine } from '../../../domain/stock';
import { type Refund as RefundRow } from './generated/client';

/** The refund of the domain from its row. */
export function toRefund(row: RefundRow): Refund {
  const { currency } = row;
  return {
    id: row.id,
    orderId: row.orderId,
    cause: row.cause as RefundCause,
    gateway: row.gateway as GatewayName,
    merchantNo: row.merchantNo,
    gatewayRef: row.gatewayRef,
    transactionId: row.transactionId,
    number: row.number,
    tries: row.tries,
    paid: { minor: Number(row.paidAmount), currency },
    amount: { minor: Number(row.amount), currency },
    reason: row.reason,
    restock: row.restock as unknown as StockLine[],
    status: row.status as RefundStatus,
    createdAt: row.createdAt.toISOString(),
    settledAt: row.settledAt && row.settledAt.toISOString(),
  };
}
