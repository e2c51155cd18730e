import { until } from './until';
import { type World } from './world';

/** Orders under way end first; then money, orders, stock and ledger must agree, with the sandbox's ledger as the oracle. */
export async function expectInvariants(world: World): Promise<void> {
  const { prisma, sandbox } = world;
  const orders = await prisma.order.findMany({ include: { payments: true, lines: true } });
  const money = await sandbox.ledger();
  const kinds = (merchantNo: string): string[] =>
    money.filter((row) => row.merchantNo === merchantNo).map((row) => row.kind);
  const violations: string[] = [];
  for (const order of orders) {
    // The sandbox knows nothing of points; their ledger has checks of its own.
    if (order.payments.some(({ gateway }) => gateway === 'points')) continue;
    const paidAtGateway = order.payments.some((payment) => kinds(payment.merchantNo).includes('paid'));
    if ((order.status === 'paid') !== paidAtGateway)
      violations.push(`${order.id} is ${order.status}, paid at the gateway: ${paidAtGateway}`);
    if (order.status === 'cancelled') {
      const payable = order.payments.filter(
        ({ merchantNo }) => kinds(merchantNo).includes('created') && !kinds(merchantNo).includes('closed'),
      );
      if (payable.length > 0)
        violations.push(`${order.id} is cancelled, but ${payable[0]?.merchantNo} was never closed`);
    }
  }
  expect(violations).toEqual([]);
  await expectBooksBalance(world);
}

/** Counters equal the sum of the ledger and of the orders that stand behind them; no order's ledger contradicts its state. */
export async function expectBooksBalance({ prisma }: Pick<World, 'prisma'>): Promise<void> {
  const wrong = await prisma.$queryRaw`
    SELECT s.sku_id FROM stock s
    JOIN (SELECT sku_id, sum(available_delta) a, sum(reserved_delta) r, sum(sold_delta) d FROM stock_ledger GROUP BY sku_id) l
      ON l.sku_id = s.sku_id
    WHERE (s.available, s.reserved, s.sold) IS DISTINCT FROM (l.a, l.r, l.d)`;
  expect(wrong).toEqual([]);
  const contradicting = await prisma.$queryRaw`
    SELECT o.id, o.status, array_agg(l.kind ORDER BY l.id) AS kinds FROM orders o
    LEFT JOIN stock_ledger l ON l.reference IN (o.id, o.id || '#revival')
    GROUP BY o.id, o.status
    HAVING array_remove(array_agg(DISTINCT l.kind ORDER BY l.kind), NULL) IS DISTINCT FROM CASE o.status
      WHEN 'paid' THEN CASE WHEN bool_or(l.reference LIKE '%#revival') THEN ARRAY['confirm', 'hold', 'release'] ELSE ARRAY['confirm', 'hold'] END
      WHEN 'refunding' THEN ARRAY['confirm', 'hold'] WHEN 'refunded' THEN ARRAY['confirm', 'hold'] WHEN 'cancelled' THEN ARRAY['hold', 'release']
      WHEN 'rejected' THEN ARRAY[]::text[] ELSE ARRAY['hold'] END`;
  expect(contradicting).toEqual([]);
}

/** Waits until the order has one of the states. */
export function untilStatus(world: World, orderId: string, ...statuses: string[]) {
  return until(`${orderId} becomes ${statuses.join(' or ')}`, async () => {
    const order = await world.api.order(orderId);
    return statuses.includes(order.status) ? order : null;
  });
}
