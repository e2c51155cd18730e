import { type World } from '../support/world';

/** Everything our side has written down. */
export async function openBooks({ prisma }: World) {
  const [orders, refunds, intents, inbox, stock, moves, facts, outbox, accounts, points] = await Promise.all([
    prisma.order.findMany({ include: { payments: true, lines: true, refunds: true }, orderBy: { id: 'asc' } }),
    prisma.refund.findMany(),
    prisma.startIntent.findMany(),
    prisma.webhookInbox.findMany(),
    prisma.stock.findMany(),
    prisma.stockLedger.findMany({ orderBy: { id: 'asc' } }),
    prisma.orderFact.findMany({ where: { kind: 'state' } }),
    prisma.outbox.findMany(),
    prisma.pointsAccount.findMany(),
    prisma.pointsEntry.findMany(),
  ]);
  return { orders, refunds, intents, inbox, stock, moves, facts, outbox, accounts, points };
}

export type Books = Awaited<ReturnType<typeof openBooks>>;
export type OrderBook = Books['orders'][number];
