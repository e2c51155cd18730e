import { type Money } from '../../../domain/money';
import { type PointsKind, type PointsRefund, type PointsStanding } from '../../../domain/points';
import { type PointsEntry } from '../../../ports/points-store';
import { type Sql } from './client';

/** The attempt behind a payment's number. */
export interface PointsAttempt {
  readonly orderId: string;
  readonly buyerId: string;
  readonly price: Money;
  readonly expiresAt: Date;
}

/** A row to be written, with what it does to the balance. */
export interface NewEntry {
  readonly buyerId: string;
  readonly kind: PointsKind;
  readonly reference: string;
  readonly delta: number;
  readonly merchantNo: string | null;
  readonly currency: string | null;
  readonly reason: string | null;
}

/** A row of points_ledger. */
export interface EntryRow {
  readonly id: bigint;
  readonly kind: PointsKind;
  readonly reference: string;
  readonly delta: bigint;
  readonly balance_after: bigint;
  readonly merchant_no: string | null;
  readonly reason: string | null;
  readonly created_at: Date;
}

export async function findAttempt(sql: Sql, merchantNo: string): Promise<PointsAttempt | null> {
  const [row] = await sql.$queryRaw<
    { order_id: string; buyer_id: string; amount: bigint; currency: string; expires_at: Date }[]
  >`
    SELECT p.order_id, o.buyer_id, p.amount, p.currency, p.expires_at FROM payments p JOIN orders o ON o.id = p.order_id
    WHERE p.gateway = 'points' AND p.merchant_no = ${merchantNo}`;
  if (!row) return null;
  const price = { minor: Number(row.amount), currency: row.currency };
  return { orderId: row.order_id, buyerId: row.buyer_id, price, expiresAt: row.expires_at };
}

/**
 * Locks the buyer's account, made if there was none, and answers its balance. Whatever concerns the buyer's points is
 * decided behind this lock, so what is read after it stays true until the transaction ends.
 */
export async function lockAccount(tx: Sql, buyerId: string): Promise<number> {
  await tx.$executeRaw`INSERT INTO points_accounts (buyer_id) VALUES (${buyerId}) ON CONFLICT DO NOTHING`;
  const [row] = await tx.$queryRaw<{ balance: bigint }[]>`
    SELECT balance FROM points_accounts WHERE buyer_id = ${buyerId} FOR UPDATE`;
  if (!row) throw new Error('the account was made and is not there');
  return Number(row.balance);
}

/** Points that placing set aside for the payment and that nothing has taken up yet. The account must be locked. */
export async function readHold(tx: Sql, merchantNo: string): Promise<number> {
  const [row] = await tx.$queryRaw<{ held: bigint }[]>`
    SELECT coalesce(-sum(delta), 0)::bigint AS held FROM points_ledger
    WHERE merchant_no = ${merchantNo} AND kind IN ('hold', 'release')`;
  return Number(row?.held ?? 0n);
}

/** The database's clock has passed that time: one clock for every process. */
export async function isPast(tx: Sql, time: Date): Promise<boolean> {
  const [row] = await tx.$queryRaw<{ past: boolean }[]>`SELECT clock_timestamp() > ${time}::timestamptz AS past`;
  return row?.past ?? true;
}

export async function readStanding(sql: Sql, merchantNo: string): Promise<PointsStanding> {
  const [row] = await sql.$queryRaw<
    { kind: 'spend' | 'close'; delta: bigint; currency: string; created_at: Date; refunded: bigint }[]
  >`
    SELECT l.kind, l.delta, l.currency, l.created_at,
           (SELECT coalesce(sum(r.delta), 0)::bigint FROM points_ledger r
            WHERE r.merchant_no = l.merchant_no AND r.kind = 'refund') AS refunded
    FROM points_ledger l WHERE l.merchant_no = ${merchantNo} AND l.kind IN ('spend', 'close')`;
  if (!row) return { t: 'open' };
  if (row.kind === 'close') return { t: 'closed' };
  const { delta, currency, refunded, created_at: at } = row;
  // 0 - x: -x of nothing would be a negative zero.
  const amount = { minor: 0 - Number(delta), currency };
  return { t: 'spent', amount, refunded: Number(refunded), spentAt: at.toISOString() };
}

export async function readRefund(sql: Sql, refundNo: string): Promise<PointsRefund | null> {
  const [row] = await sql.$queryRaw<{ merchant_no: string; delta: bigint; currency: string }[]>`
    SELECT merchant_no, delta, currency FROM points_ledger WHERE kind = 'refund' AND reference = ${refundNo}`;
  return (
    (row && {
      refundNo,
      merchantNo: row.merchant_no,
      amount: { minor: Number(row.delta), currency: row.currency },
    }) ??
    null
  );
}

/**
 * Moves the balance and writes why, in one statement. The account must be locked and the move decided: one that would
 * make the balance negative writes nothing and is an error.
 */
export async function enter(tx: Sql, { buyerId, kind, reference, delta, ...entry }: NewEntry): Promise<PointsEntry> {
  const { merchantNo, currency, reason } = entry;
  const [row] = await tx.$queryRaw<EntryRow[]>`
    WITH moved AS (
      UPDATE points_accounts
      SET balance = balance + ${delta}::bigint, held = held - ${kind === 'release' ? delta : 0}::bigint
      WHERE buyer_id = ${buyerId} AND balance + ${delta}::bigint >= 0 RETURNING balance)
    INSERT INTO points_ledger (buyer_id, kind, reference, delta, balance_after, merchant_no, currency, reason)
    SELECT ${buyerId}, ${kind}, ${reference}, ${delta}::bigint, moved.balance, ${merchantNo}, ${currency}, ${reason}
    FROM moved
    RETURNING id, kind, reference, delta, balance_after, merchant_no, reason, created_at`;
  if (!row) throw new Error(`the ${kind} ${reference} would make a balance negative`);
  return toEntry(row);
}

export function toEntry(row: EntryRow): PointsEntry {
  return {
    id: String(row.id),
    kind: row.kind,
    delta: Number(row.delta),
    balance: Number(row.balance_after),
    merchantNo: row.merchant_no,
    reference: row.reference,
    reason: row.reason,
    at: row.created_at.toISOString(),
  };
}
