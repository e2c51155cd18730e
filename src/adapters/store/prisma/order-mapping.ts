import { type Order, type OrderLine, type PaymentAttempt } from '../../../domain/order';
import { type CloseReason, type OrderStatus } from '../../../domain/order-status';
import { type GatewayName, type PaymentStatus } from '../../../domain/payment';
import { type Prisma } from './generated/client';

/** What a whole order is read with: its lines as they were asked for, its attempts from the latest on, its settled refunds. */
export const WHOLE_ORDER = {
  lines: { orderBy: { position: 'asc' } },
  payments: { orderBy: { attempt: 'desc' } },
  refunds: { where: { status: 'succeeded' }, select: { amount: true, cause: true } },
} as const satisfies Prisma.OrderInclude;

type OrderRow = Prisma.OrderGetPayload<{ include: typeof WHOLE_ORDER }>;

const text = (at: Date | null): string | null => at && at.toISOString();

/** The order of the domain from its rows. */
export function toOrder(row: OrderRow): Order {
  const { currency } = row;
  const payment = keptPayment(row.payments);
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
      discountBasisPoints: line.discountBasisPoints,
      amount: { minor: Number(line.amount), currency },
      childId: line.childId,
    })),
    payBy: row.payBy.toISOString(),
    payment: payment ? toAttempt(payment) : null,
    refundedAmount: { minor: refundedMinor(row), currency },
    storeId: row.storeId,
    referrerId: row.referrerId,
    promotionId: row.promotionId,
    note: row.note,
    createdAt: row.createdAt.toISOString(),
    paidAt: text(row.paidAt),
    closedAt: text(row.closedAt),
    closeReason: row.closeReason as CloseReason | null,
  };
}

/** The attempt that counts: the one that was paid, or else the latest. */
export function keptPayment<T extends { readonly status: string }>(attempts: readonly T[]): T | undefined {
  return attempts.find(({ status }) => status === 'paid' || status === 'refunded') ?? attempts[0];
}

/** What went back of the money that the order kept; of an order that ended without money, what came late and went back. */
function refundedMinor(row: OrderRow): number {
  const cause = row.paidAt ? 'requested' : 'late_payment';
  return row.refunds.filter((refund) => refund.cause === cause).reduce((sum, { amount }) => sum + Number(amount), 0);
}

/** What an attempt is made of, as the client reads it. */
export type AttemptRow = Pick<
  OrderRow['payments'][number],
  | 'id'
  | 'gateway'
  | 'status'
  | 'merchantNo'
  | 'amount'
  | 'currency'
  | 'expiresAt'
  | 'payUrl'
  | 'codeUrl'
  | 'gatewayRef'
  | 'transactionId'
>;

export function toAttempt(row: AttemptRow): PaymentAttempt {
  return {
    id: row.id,
    gateway: row.gateway as GatewayName,
    status: row.status as PaymentStatus,
    merchantNo: row.merchantNo,
    amount: { minor: Number(row.amount), currency: row.currency },
    expiresAt: row.expiresAt.toISOString(),
    payUrl: row.payUrl,
    codeUrl: row.codeUrl,
    gatewayRef: row.gatewayRef,
    transactionId: row.transactionId,
  };
}
