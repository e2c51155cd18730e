import { idFrom } from '../../../domain/ids';
import { type OrderStatus } from '../../../domain/order-status';
import { GATEWAYS, type GatewayName, type PaymentStatus } from '../../../domain/payment';
import { type StockLine } from '../../../domain/stock';
import { type Page } from '../../../ports/catalogue';
import { type AttemptInside, type FoundOrder, type OrderInside, type OrderSearch } from '../../../ports/console-reads';
import { decodeCursor, pageOf } from './cursor';
import { Prisma, type PrismaClient } from './generated/client';
import { toRefund } from './refund-mapping';
import { ledgerOf } from './stock-statements';

interface FoundRow {
  readonly id: string;
  readonly status: string;
  readonly buyer_id: string;
  readonly amount: bigint;
  readonly currency: string;
  readonly units: bigint | null;
  readonly pay_with: string | null;
  readonly created_at: Date;
  readonly pay_by: Date;
  readonly since: Date | null;
  readonly manual: boolean;
}

/** The last time that an order's state changed. */
const SINCE = Prisma.sql`
  (SELECT f.at FROM order_facts f WHERE f.order_id = o.id AND f.kind = 'state' ORDER BY f.id DESC LIMIT 1)`;

/** Orders by what is known of them, newest first. The page is cut before anything else is read of its orders. */
export async function searchOrders(prisma: PrismaClient, search: OrderSearch): Promise<Page<FoundOrder>> {
  const rows = await prisma.$queryRaw<FoundRow[]>`
    SELECT o.id, o.status, o.buyer_id, o.amount, o.currency, o.pay_with, o.created_at, o.pay_by,
           o.manual_since IS NOT NULL AS manual, ${SINCE} AS since,
           (SELECT sum(l.quantity) FROM order_lines l WHERE l.order_id = o.id) AS units
    FROM (SELECT * FROM orders o WHERE ${await conditions(prisma, search)} ORDER BY o.id DESC LIMIT ${search.limit + 1}) o
    ORDER BY o.id DESC`;
  return pageOf(rows.map(toFound), search.limit);
}

async function conditions(prisma: PrismaClient, search: OrderSearch): Promise<Prisma.Sql> {
  const { q, status, gateway, manual, placedBefore, cursor } = search;
  const all: Prisma.Sql[] = [Prisma.sql`true`];
  if (q !== null) {
    const named = await ordersNamed(prisma, q);
    all.push(named.length > 0 ? Prisma.sql`o.id = ANY(${named}::text[])` : Prisma.sql`o.buyer_id = ${q}`);
  }
  if (status !== null) all.push(Prisma.sql`o.status = ${status}`);
  if (gateway !== null) all.push(Prisma.sql`o.pay_with = ${gateway}`);
  if (manual !== null) all.push(manual ? Prisma.sql`o.manual_since IS NOT NULL` : Prisma.sql`o.manual_since IS NULL`);
  // Ids begin with the time: the page is cut by the index that orders it, however many orders are younger.
  if (placedBefore !== null) all.push(Prisma.sql`o.id < ${idFrom('order', placedBefore, () => 0)}`);
  if (cursor !== null) all.push(Prisma.sql`o.id < ${decodeCursor(cursor)}`);
  return Prisma.join(all, ' AND ');
}

/** Orders that are, or had, something of this name: each way of finding them is an index of its own. */
async function ordersNamed(prisma: PrismaClient, name: string): Promise<string[]> {
  const rows = await prisma.$queryRaw<{ order_id: string }[]>`
    SELECT id AS order_id FROM orders WHERE id = ${name}
    UNION SELECT order_id FROM payments WHERE id = ${name}
    UNION SELECT order_id FROM payments WHERE gateway = ANY(${[...GATEWAYS]}::text[]) AND merchant_no = ${name}
    UNION SELECT order_id FROM payments WHERE transaction_id = ${name}
    UNION SELECT order_id FROM refunds WHERE (id = ${name} OR number = ${name}) AND order_id IS NOT NULL
    UNION SELECT order_id FROM webhook_inbox
      WHERE gateway = ANY(${[...GATEWAYS]}::text[]) AND transaction_id = ${name} AND order_id IS NOT NULL`;
  return rows.map(({ order_id }) => order_id);
}

function toFound(row: FoundRow): FoundOrder {
  return {
    id: row.id,
    status: row.status as OrderStatus,
    buyerId: row.buyer_id,
    amount: { minor: Number(row.amount), currency: row.currency },
    units: Number(row.units ?? 0),
    gateway: row.pay_with as GatewayName | null,
    createdAt: row.created_at.toISOString(),
    payBy: row.pay_by.toISOString(),
    since: (row.since ?? row.created_at).toISOString(),
    manual: row.manual,
  };
}

interface HeadRow {
  readonly since: Date;
  readonly manual_since: Date | null;
  readonly sealed: boolean;
  readonly promotion: { readonly promotionId: string; readonly quantity: number } | null;
  readonly points: bigint | null;
}

/** Everything of one order that its own read leaves out. */
export async function lookInside(prisma: PrismaClient, orderId: string): Promise<OrderInside | null> {
  const [heads, attempts, refunds, stock] = await Promise.all([
    head(prisma, orderId),
    prisma.payment.findMany({ where: { orderId }, orderBy: { attempt: 'desc' } }),
    prisma.refund.findMany({ where: { orderId }, orderBy: { id: 'desc' } }),
    moved(prisma, orderId),
  ]);
  const [found] = heads;
  if (!found) return null;
  const goingBack = refunds.filter(({ status }) => status !== 'succeeded').map(({ restock }) => restock);
  return {
    since: found.since.toISOString(),
    manualSince: found.manual_since && found.manual_since.toISOString(),
    hasPersonalData: found.sealed,
    attempts: attempts.map(toInside),
    refunds: refunds.map(toRefund),
    reserved: some(stock, ({ reserved }) => reserved),
    restockable: some(stock, ({ skuId, sold }) => sold - unitsOf(skuId, goingBack as unknown as StockLine[][])),
    promotion: found.promotion,
    points: found.points === null ? null : Number(found.points),
  };
}

function head(prisma: PrismaClient, orderId: string): Promise<HeadRow[]> {
  return prisma.$queryRaw<HeadRow[]>`
    SELECT coalesce(${SINCE}, o.created_at) AS since, o.manual_since,
           EXISTS (SELECT 1 FROM order_personal_data d WHERE d.order_id = o.id) AS sealed,
           (SELECT jsonb_build_object('promotionId', promotion_id, 'quantity', sum(held_delta)) FROM promotion_ledger
            WHERE order_id = o.id GROUP BY promotion_id HAVING sum(held_delta) > 0 LIMIT 1) AS promotion,
           (SELECT -sum(l.delta) FROM points_ledger l JOIN payments p ON p.merchant_no = l.merchant_no AND p.gateway = 'points'
            WHERE p.order_id = o.id AND l.kind IN ('hold', 'release') HAVING sum(l.delta) < 0)::bigint AS points
    FROM orders o WHERE o.id = ${orderId}`;
}

interface Moved {
  readonly skuId: string;
  readonly reserved: number;
  readonly sold: number;
}

/** What the ledger holds and has sold for the order. */
function moved(prisma: PrismaClient, orderId: string): Promise<Moved[]> {
  return prisma.$queryRaw<Moved[]>`
    SELECT sku_id AS "skuId", sum(reserved_delta)::int AS reserved, sum(sold_delta)::int AS sold
    FROM stock_ledger WHERE ${ledgerOf(orderId)} GROUP BY sku_id ORDER BY sku_id`;
}

function some(stock: readonly Moved[], units: (of: Moved) => number): StockLine[] {
  return stock.map((of) => ({ skuId: of.skuId, quantity: units(of) })).filter(({ quantity }) => quantity > 0);
}

function unitsOf(skuId: string, lists: readonly (readonly StockLine[])[]): number {
  return lists
    .flat()
    .filter((line) => line.skuId === skuId)
    .reduce((sum, { quantity }) => sum + quantity, 0);
}

type AttemptRow = Prisma.PaymentGetPayload<object>;

function toInside(row: AttemptRow): AttemptInside {
  return {
    id: row.id,
    attempt: row.attempt,
    gateway: row.gateway as GatewayName,
    status: row.status as PaymentStatus,
    merchantNo: row.merchantNo,
    amount: { minor: Number(row.amount), currency: row.currency },
    createdAt: row.createdAt.toISOString(),
    expiresAt: row.expiresAt.toISOString(),
    paidAt: row.paidAt && row.paidAt.toISOString(),
    transactionId: row.transactionId,
    gatewayRef: row.gatewayRef,
  };
}
