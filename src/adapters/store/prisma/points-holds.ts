import { type PointsHold } from '../../../domain/holds';
import { type Sql } from './client';

/** Points that a placed order sets aside, under its payment's number, from a locked account. */
export interface PointsHoldEntry extends PointsHold {
  readonly merchantNo: string;
  readonly currency: string;
  /** What is left to spend right after. */
  readonly balanceAfter: number;
}

/**
 * Locks the buyers' accounts in the order of their ids and answers what each can spend; a buyer without an account is not
 * there. Counters of stock and of promotions are locked before, never after.
 */
export async function lockAccounts(tx: Sql, buyerIds: readonly string[]): Promise<Map<string, number>> {
  if (buyerIds.length === 0) return new Map();
  const rows = await tx.$queryRaw<{ buyer_id: string; balance: bigint }[]>`
    SELECT buyer_id, balance FROM points_accounts
    WHERE buyer_id = ANY(${[...new Set(buyerIds)]}::text[]) ORDER BY buyer_id FOR UPDATE`;
  return new Map(rows.map(({ buyer_id, balance }) => [buyer_id, Number(balance)]));
}

/** Moves points from what can be spent to what is held. The undo is in points-payments, with the payment's spend and close. */
export async function holdPoints(tx: Sql, entries: readonly PointsHoldEntry[]): Promise<void> {
  if (entries.length === 0) return;
  await tx.$executeRaw`
  WITH entered AS (
    INSERT INTO points_ledger (buyer_id, kind, reference, delta, balance_after, merchant_no, currency)
    SELECT r."buyerId", 'hold', r."merchantNo", -r.points, r."balanceAfter", r."merchantNo", r.currency
    FROM jsonb_to_recordset(${JSON.stringify(entries)}::jsonb)
      AS r("buyerId" text, "merchantNo" text, currency text, points bigint, "balanceAfter" bigint)
    RETURNING buyer_id, delta)
  UPDATE points_accounts a SET balance = a.balance + e.delta, held = a.held - e.delta
  FROM (SELECT buyer_id, sum(delta)::bigint AS delta FROM entered GROUP BY buyer_id) e
  WHERE a.buyer_id = e.buyer_id`;
}
