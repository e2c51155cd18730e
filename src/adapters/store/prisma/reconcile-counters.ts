import { type Finding, type FindingCode, type FoundDetails, type SubjectKind } from '../../../domain/reconcile';
import { Prisma, type PrismaClient } from './generated/client';
import { type Compared, inOrder, num, type Slice, type Stage, within } from './reconcile-pages';

/**
 * Counters against the sums of their ledgers. A ledger's row and what it does to the counters are written by one
 * transaction, and each page is one statement: a snapshot in which they agree or do not, whatever is being sold meanwhile.
 */
export function counterStages(prisma: PrismaClient): Stage[] {
  return [
    { kind: 'sku', page: 50, read: (slice) => stock(prisma, slice) },
    { kind: 'promotion', page: 20, read: (slice) => promotions(prisma, slice) },
    { kind: 'buyer', page: 100, read: (slice) => points(prisma, slice) },
  ];
}

interface StockRow {
  readonly id: string;
  readonly available: number;
  readonly reserved: number;
  readonly sold: number;
  readonly a: bigint;
  readonly r: bigint;
  readonly s: bigint;
}

async function stock(prisma: PrismaClient, slice: Slice): Promise<Compared[]> {
  const key = Prisma.sql`c.sku_id`;
  const rows = await prisma.$queryRaw<StockRow[]>`
    SELECT c.sku_id AS id, c.available, c.reserved, c.sold, l.a, l.r, l.s
    FROM (SELECT * FROM stock c WHERE ${within(key, slice)} ${inOrder(key, slice)}) c
    CROSS JOIN LATERAL (
      SELECT coalesce(sum(available_delta), 0)::bigint AS a, coalesce(sum(reserved_delta), 0)::bigint AS r,
             coalesce(sum(sold_delta), 0)::bigint AS s
      FROM stock_ledger WHERE sku_id = c.sku_id) l
    ORDER BY c.sku_id`;
  return rows.map(({ id, available, reserved, sold, a, r, s }) =>
    compared(
      'stock_differs',
      'sku',
      id,
      { available, reserved, sold },
      { available: num(a), reserved: num(r), sold: num(s) },
    ),
  );
}

interface PromotionRow {
  readonly id: string;
  readonly held: number;
  readonly used: number;
  readonly ledger_held: bigint;
  readonly ledger_used: bigint;
  readonly buyers: number;
}

/** In all, and how many buyers' parts differ. */
async function promotions(prisma: PrismaClient, slice: Slice): Promise<Compared[]> {
  const key = Prisma.sql`u.promotion_id`;
  const rows = await prisma.$queryRaw<PromotionRow[]>`
    SELECT u.promotion_id AS id, u.held, u.used, l.held AS ledger_held, l.used AS ledger_used, b.wrong::int AS buyers
    FROM (SELECT * FROM promotion_use u WHERE ${within(key, slice)} ${inOrder(key, slice)}) u
    CROSS JOIN LATERAL (
      SELECT coalesce(sum(held_delta), 0)::bigint AS held, coalesce(sum(used_delta), 0)::bigint AS used
      FROM promotion_ledger WHERE promotion_id = u.promotion_id) l
    CROSS JOIN LATERAL (
      SELECT count(*) AS wrong
      FROM (SELECT * FROM promotion_buyers WHERE promotion_id = u.promotion_id) p
      FULL JOIN (
        SELECT buyer_id, sum(held_delta) AS held, sum(used_delta) AS used
        FROM promotion_ledger WHERE promotion_id = u.promotion_id GROUP BY buyer_id) e USING (buyer_id)
      WHERE (coalesce(p.held, 0), coalesce(p.used, 0)) IS DISTINCT FROM (coalesce(e.held, 0), coalesce(e.used, 0))) b
    ORDER BY u.promotion_id`;
  return rows.map(({ id, held, used, ledger_held, ledger_used, buyers }) =>
    compared(
      ...(['promotion_differs', 'promotion', id] as const),
      { held, used, buyersThatDiffer: buyers },
      { held: num(ledger_held), used: num(ledger_used), buyersThatDiffer: 0 },
    ),
  );
}

async function points(prisma: PrismaClient, slice: Slice): Promise<Compared[]> {
  const key = Prisma.sql`a.buyer_id`;
  const rows = await prisma.$queryRaw<
    { id: string; balance: bigint; held: bigint; ledger_balance: bigint; ledger_held: bigint }[]
  >`
    SELECT a.buyer_id AS id, a.balance, a.held, l.balance AS ledger_balance, l.held AS ledger_held
    FROM (SELECT * FROM points_accounts a WHERE ${within(key, slice)} ${inOrder(key, slice)}) a
    CROSS JOIN LATERAL (
      SELECT coalesce(sum(delta), 0)::bigint AS balance,
             coalesce(-sum(delta) FILTER (WHERE kind IN ('hold', 'release')), 0)::bigint AS held
      FROM points_ledger WHERE buyer_id = a.buyer_id) l
    ORDER BY a.buyer_id`;
  return rows.map(({ id, balance, held, ledger_balance, ledger_held }) =>
    compared(
      ...(['points_differ', 'buyer', id] as const),
      { balance: num(balance), held: num(held) },
      { balance: num(ledger_balance), held: num(ledger_held) },
    ),
  );
}

/** Agrees when every counter is its ledger's sum and none is negative. */
function compared(
  code: FindingCode,
  kind: SubjectKind,
  id: string,
  counters: Readonly<Record<string, number>>,
  ledger: Readonly<Record<string, number>>,
): Compared {
  const agrees = Object.entries(counters).every(([name, value]) => value === ledger[name] && value >= 0);
  const found: FoundDetails = { counters, ledger };
  const finding: Finding = { code, subject: { kind, id }, found };
  return { key: id, findings: agrees ? [] : [finding] };
}
