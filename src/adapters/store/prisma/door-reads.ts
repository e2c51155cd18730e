import { type IdempotencyKey } from '../../../ports/idempotency';
import { type KnownKeys, type StockReadings } from '../../../ports/admission-gate';
import { type PrismaClient } from './generated/client';
import { GroupCommit } from './group-commit';
import { keyOf } from './idempotency';

/** What the door reads beside the placings: the stock of SKUs, whole lists at a time. */
export class PrismaStockReadings implements StockReadings {
  constructor(private readonly prisma: PrismaClient) {}

  async read(skuIds: readonly string[]) {
    const rows = await this.prisma.$queryRaw<{ sku_id: string; available: number; unlimited: boolean }[]>`
      SELECT sku_id, available, unlimited FROM stock WHERE sku_id = ANY(${[...skuIds]}::text[])`;
    return new Map(rows.map(({ sku_id, ...counters }) => [sku_id, counters]));
  }
}

/** Keys of one query: a refused buyer's look-up then costs hundredths of a millisecond. */
const MAX_BATCH = 500;
const MAX_WAITING = 4_000;
/** By then the placing itself is asked. */
const LONGEST_WAIT_MS = 1_000;

/** Which idempotency keys have a record; those who ask at once share a query. */
export class PrismaKnownKeys implements KnownKeys {
  private readonly lookups: GroupCommit<IdempotencyKey, boolean>;

  constructor(prisma: PrismaClient) {
    this.lookups = new GroupCommit({
      run: async (keys) => {
        const rows = await prisma.$queryRaw<{ client: string; key: string }[]>`
          SELECT i.client, i.key FROM idempotency_records i
          JOIN jsonb_to_recordset(${JSON.stringify(keys)}::jsonb) AS r(client text, key text) USING (client, key)`;
        const known = new Set(rows.map((row) => keyOf({ ...row, fingerprint: '' })));
        return keys.map((key) => ({ ok: known.has(keyOf(key)) }));
      },
      maxBatch: MAX_BATCH,
      lanes: 1,
      maxWaiting: MAX_WAITING,
      longestWaitMs: LONGEST_WAIT_MS,
      causedByOne: () => false,
    });
  }

  has(key: IdempotencyKey): Promise<boolean> {
    return this.lookups.submit(key);
  }
}
