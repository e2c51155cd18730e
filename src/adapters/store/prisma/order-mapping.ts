import { type Order, type OrderLine, type PaymentAttempt } from '../../../domain/order';
import { type CloseReason, type OrderStatus } from '../../../domain/order-status';
import { type GatewayName, type PaymentStatus } from '../../../domain/payment';
import { type Prisma } from './generated/client';

/** What a whole order is read with: its lines as they were asked for, its latest attempt. */
export const WHOLE_ORDER = {
  lines: { orderBy: { position: 'asc' } },
  payments: { orderBy: { attempt: 'desc' }, take: 1 },
} as const satisfies Prisma.OrderInclude;

type OrderRow = Prisma.OrderGetPayload<{ include: typeof WHOLE_ORDER }>;

const text = (at: Date | null): string | null => at && at.toISOString();

/** The order of the domain from its rows. */
export function toOrder(row: OrderRow): Order {
  const { currency } = row;
  const payment = row.payments[0];
  return {
    id: row.id,
    status: row.status as OrderStatus,
    buyerId: row.buyerId,
    amount: { minor: Number(row.amount), currency },
    lines: row.lines.map((line): OrderLine => ({
      skuId: line.skuId,
      productId: line.productId,
      title: line.title,
      quantity: line.quantity,
      unitPrice: { minor: Number(line.unitPrice), currency },
      amount: { minor: Number(line.amount), currency },
      childId: line.childId,
    })),
    payBy: row.payBy.toISOString(),
    payment: payment ? toAttempt(payment) : null,
    storeId: row.storeId,
    referrerId: row.referrerId,
    note: row.note,
    createdAt: row.createdAt.toISOString(),
    paidAt: text(row.paidAt),
    closedAt: text(row.closedAt),
    closeReason: row.closeReason as CloseReason | null,
  };
}

function toAttempt(row: OrderRow['payments'][number]): PaymentAttempt {
  return {
    id: row.id,
    gateway: row.gateway as GatewayName,
    status: row.status as PaymentStatus,
    merchantNo: row.merchantNo,
    amount: { minor: Number(row.amount), currency: row.currency },
    expiresAt: row.expiresAt.toISOString(),
    payUrl: row.payUrl,
    codeUrl: row.codeUrl,
    transactionId: row.transactionId,
  };
}
