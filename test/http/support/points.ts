import { type IdempotencyKey, type KeyRefusal } from '../../../src/ports/idempotency';
import {
  type AdjustedPoints,
  type PointsAccount,
  type PointsAccounts,
  type PointsAdjustment,
  type PointsEntry,
} from '../../../src/ports/points-store';

/** Accounts in memory. */
export class FakePoints implements PointsAccounts {
  private readonly ledgers = new Map<string, PointsEntry[]>();
  private readonly answers = new Map<string, { fingerprint: string; outcome: AdjustedPoints }>();

  account(buyerId: string, { cursor, limit }: { cursor: string | null; limit: number }): Promise<PointsAccount> {
    const ledger = this.ledgers.get(buyerId) ?? [];
    const newestFirst = [...ledger].reverse().filter(({ id }) => cursor === null || Number(id) < Number(cursor));
    const items = newestFirst.slice(0, limit);
    const nextCursor = newestFirst.length > limit ? (items.at(-1)?.id ?? null) : null;
    return Promise.resolve({ buyerId, balance: ledger.at(-1)?.balance ?? 0, held: 0, ledger: { items, nextCursor } });
  }

  adjust(request: PointsAdjustment, key: IdempotencyKey | null): Promise<AdjustedPoints | KeyRefusal> {
    const earlier = key && this.answers.get(`${key.client} ${key.key}`);
    if (earlier) return Promise.resolve(earlier.fingerprint === key.fingerprint ? earlier.outcome : { t: 'reused' });
    const outcome = this.adjustOnce(request);
    if (key) this.answers.set(`${key.client} ${key.key}`, { fingerprint: key.fingerprint, outcome });
    return Promise.resolve(outcome);
  }

  private adjustOnce({ buyerId, delta, reason, reference }: PointsAdjustment): AdjustedPoints {
    const ledger = this.ledgers.get(buyerId) ?? [];
    const balance = (ledger.at(-1)?.balance ?? 0) + delta;
    if (balance < 0) return { t: 'insufficient' };
    const id = String(ledger.length + 1);
    const at = '2026-01-01T00:00:00.000Z';
    const entry: PointsEntry = { id, kind: 'adjust', delta, balance, merchantNo: null, reference, reason, at };
    this.ledgers.set(buyerId, [...ledger, entry]);
    return { t: 'adjusted', buyerId, balance, entry };
  }
}
