import { ORDER_STATUSES, type OrderStatus } from '../../../domain/order-status';
import { GATEWAYS, type GatewayName } from '../../../domain/payment';
import { type GatewayReading, type Standing } from '../../../ports/console-reads';
import { type PrismaClient } from './generated/client';

/** Orders of one state are counted this far: more makes no difference to a person, and would to the database. */
const MOST_COUNTED = 10_000;
/** The longest closing is looked for among the orders placed first. */
const OLDEST_LOOKED_AT = 500;
/** Rates are taken over this long, */
const WINDOW_MS = 15 * 60_000;
/** and over the last so many facts at most: a burst is told by fewer minutes. */
const MOST_FACTS = 20_000;
const MOST_CAUSES = 3;

/** What is going on at large. */
export async function readStanding(prisma: PrismaClient): Promise<Standing> {
  const [orders, closing, counts] = await Promise.all([countOrders(prisma), oldestClosing(prisma), countRest(prisma)]);
  return { orders, oldestClosing: closing, ...counts };
}

async function countOrders(prisma: PrismaClient): Promise<Standing['orders']> {
  const rows = await prisma.$queryRaw<{ status: OrderStatus; count: number }[]>`
    SELECT s.status, (SELECT count(*)::int FROM
      (SELECT 1 FROM orders o WHERE o.status = s.status LIMIT ${MOST_COUNTED + 1}) counted) AS count
    FROM unnest(${[...ORDER_STATUSES]}::text[]) AS s(status)`;
  return rows.map(({ status, count }) => ({
    status,
    count: Math.min(count, MOST_COUNTED),
    capped: count > MOST_COUNTED,
  }));
}

async function oldestClosing(prisma: PrismaClient): Promise<Standing['oldestClosing']> {
  const [row] = await prisma.$queryRaw<{ id: string; at: Date }[]>`
    SELECT o.id, f.at FROM (SELECT id FROM orders WHERE status = 'closing' ORDER BY id LIMIT ${OLDEST_LOOKED_AT}) o
    CROSS JOIN LATERAL (SELECT at FROM order_facts
      WHERE order_id = o.id AND kind = 'state' AND what = 'closing' ORDER BY id DESC LIMIT 1) f
    ORDER BY f.at LIMIT 1`;
  return row ? { orderId: row.id, since: row.at.toISOString() } : null;
}

async function countRest(prisma: PrismaClient): Promise<Omit<Standing, 'orders' | 'oldestClosing'>> {
  const [row] = await prisma.$queryRaw<Omit<Standing, 'orders' | 'oldestClosing'>[]>`
    SELECT (SELECT count(*)::int FROM refunds WHERE status IN ('pending', 'processing')) AS "refundsUnderWay",
           (SELECT count(*)::int FROM refunds WHERE status = 'manual') AS "refundsManual",
           (SELECT count(*)::int FROM webhook_inbox WHERE state = 'held_for_review') AS "heldForReview",
           (SELECT count(*)::int FROM orders WHERE manual_since IS NOT NULL) AS "manualOrders",
           (SELECT count(*)::int FROM operator_actions WHERE state = 'awaiting_approval') AS "approvalsWaiting"`;
  if (!row) throw new Error('a select without a table answered no row');
  return row;
}

interface AnswersRow {
  readonly gateway: string;
  readonly answers: number;
  readonly unknown: number;
  readonly rejected: number;
  readonly last: Date | null;
  readonly p50: number | null;
  readonly p95: number | null;
}

/** What the gateways answered of late, by what all processes have told, and what waits for each. */
export async function readGatewayHealth(
  prisma: PrismaClient,
  now: number,
): Promise<{ since: string; gateways: GatewayReading[] }> {
  const from = new Date(now - WINDOW_MS);
  const [since, answers, causes, waiting] = await Promise.all([
    sampledSince(prisma, from),
    readAnswers(prisma, from),
    readCauses(prisma, from),
    readWaiting(prisma),
  ]);
  const gateways = GATEWAYS.map((gateway): GatewayReading => {
    const told = answers.find((row) => row.gateway === gateway);
    const { openAttempts = 0, closing = 0, refunds = 0 } = waiting.find((row) => row.gateway === gateway) ?? {};
    return {
      ...{ gateway, answers: told?.answers ?? 0, unknown: told?.unknown ?? 0, rejected: told?.rejected ?? 0 },
      causes: causes.filter((row) => row.gateway === gateway).slice(0, MOST_CAUSES),
      offerMs: told?.p50 == null || told.p95 == null ? null : { p50: Math.round(told.p50), p95: Math.round(told.p95) },
      lastAnswerAt: told?.last ? told.last.toISOString() : null,
      ...{ openAttempts, closing, refundsUnderWay: refunds },
    };
  });
  return { since: since.toISOString(), gateways };
}

/** Since when all facts are among the sample. */
async function sampledSince(prisma: PrismaClient, from: Date): Promise<Date> {
  const [row] = await prisma.$queryRaw<{ at: Date }[]>`
    SELECT at FROM order_facts ORDER BY id DESC OFFSET ${MOST_FACTS - 1} LIMIT 1`;
  return row && row.at > from ? row.at : from;
}

function readAnswers(prisma: PrismaClient, from: Date): Promise<AnswersRow[]> {
  return prisma.$queryRaw<AnswersRow[]>`
    WITH told AS (
      SELECT f.what, f.at, f.data->>'paymentId' AS payment_id FROM
        (SELECT * FROM order_facts ORDER BY id DESC LIMIT ${MOST_FACTS}) f WHERE f.kind = 'gateway' AND f.at >= ${from}),
    paced AS (
      SELECT p.gateway, t.*, CASE WHEN t.what = 'create: created'
        THEN extract(epoch FROM t.at - p.created_at) * 1000 END AS offer_ms
      FROM told t JOIN payments p ON p.id = t.payment_id)
    SELECT gateway, count(*)::int AS answers, count(*) FILTER (WHERE what LIKE '%: unknown')::int AS unknown,
           count(*) FILTER (WHERE what LIKE '%: rejected')::int AS rejected, max(at) AS last,
           (percentile_cont(0.5) WITHIN GROUP (ORDER BY offer_ms))::float8 AS p50,
           (percentile_cont(0.95) WITHIN GROUP (ORDER BY offer_ms))::float8 AS p95
    FROM paced GROUP BY gateway`;
}

function readCauses(prisma: PrismaClient, from: Date) {
  return prisma.$queryRaw<{ gateway: string; cause: string; count: number }[]>`
    SELECT p.gateway, f.data->>'cause' AS cause, count(*)::int AS count
    FROM (SELECT * FROM order_facts ORDER BY id DESC LIMIT ${MOST_FACTS}) f JOIN payments p ON p.id = f.data->>'paymentId'
    WHERE f.kind = 'gateway' AND f.at >= ${from} AND f.what LIKE '%: unknown' AND f.data->>'cause' IS NOT NULL
    GROUP BY 1, 2 ORDER BY count DESC, cause`;
}

function readWaiting(prisma: PrismaClient) {
  return prisma.$queryRaw<{ gateway: GatewayName; openAttempts: number; closing: number; refunds: number }[]>`
    SELECT g.gateway, coalesce(o.open, 0) AS "openAttempts", coalesce(o.closing, 0) AS closing,
           (SELECT count(*)::int FROM refunds r
            WHERE r.gateway = g.gateway AND r.status IN ('pending', 'processing')) AS refunds
    FROM unnest(${[...GATEWAYS]}::text[]) AS g(gateway)
    LEFT JOIN (
      SELECT pay_with, count(*)::int AS open, count(*) FILTER (WHERE status = 'closing')::int AS closing
      FROM (SELECT pay_with, status FROM orders WHERE status IN ('awaiting_payment', 'closing') LIMIT ${MOST_COUNTED}) waiting
      GROUP BY pay_with) o ON o.pay_with = g.gateway`;
}
