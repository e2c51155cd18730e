import { type NewId } from '../../../domain/ids';
import { ORDER_STATUSES, isSettled } from '../../../domain/order-status';
import {
  type BuyerData,
  type Forgotten,
  type PersonalDataOfOrder,
  type PersonalDataState,
  type Sealer,
} from '../../../ports/buyer-data';
import { type Sql, TRANSACTION_LIMITS } from './client';
import { announce } from './events';
import { type PrismaClient } from './generated/client';
import { base64 } from './place-forms';

const OPEN_STATUSES = ORDER_STATUSES.filter((status) => !isSettled(status));

interface KeyRow {
  readonly buyer_id: string;
  readonly version: number;
  readonly wrapped_key: Uint8Array;
  readonly master_key_id: string;
}

const wrappedOf = ({ wrapped_key: wrapped, master_key_id: masterKeyId }: KeyRow) => ({ wrapped, masterKeyId });

/** Sealed documents and the keys of their buyers in PostgreSQL; see place-forms for how they come there. */
export class PrismaBuyerData implements BuyerData {
  constructor(
    private readonly prisma: PrismaClient,
    private readonly newId: NewId,
    private readonly sealer: Sealer,
  ) {}

  async read(orderId: string, show: boolean): Promise<PersonalDataOfOrder> {
    const row = await this.prisma.orderPersonalData.findUnique({ where: { orderId }, include: { key: true } });
    if (!row) return withheld('none');
    const { wrappedKey, masterKeyId } = row.key;
    if (!wrappedKey) return withheld('forgotten');
    if (!show) return withheld('hidden');
    const data = this.sealer.open(row, { wrapped: wrappedKey, masterKeyId }, row.sealed);
    return { state: 'shown', ...data };
  }

  /** Waits for placings that are sealing with the key: see `sealForms`. */
  forget(buyerId: string): Promise<Forgotten> {
    return this.prisma.$transaction(async (tx) => {
      const destroyed = await tx.$executeRaw`
        UPDATE buyer_keys SET wrapped_key = NULL, destroyed_at = clock_timestamp()
        WHERE buyer_id = ${buyerId} AND destroyed_at IS NULL`;
      // Payers whose create was never answered; those of open orders may be needed yet.
      await tx.$executeRaw`
        DELETE FROM payment_choices c USING orders o
        WHERE c.order_id = o.id AND o.buyer_id = ${buyerId} AND o.status <> ALL(${OPEN_STATUSES}::text[])`;
      if (destroyed > 0) await announce(tx, this.newId, 'BuyerForgotten', null, { buyerId });
      return forgottenSoFar(tx, buyerId);
    }, TRANSACTION_LIMITS);
  }

  rewrap(after: string, limit: number): Promise<readonly string[]> {
    return this.prisma.$transaction(async (tx) => {
      const rows = await tx.$queryRaw<KeyRow[]>`
        SELECT buyer_id, version, wrapped_key, master_key_id FROM buyer_keys
        WHERE destroyed_at IS NULL AND buyer_id > ${after} AND master_key_id <> ${this.sealer.masterKeyId}
        ORDER BY buyer_id LIMIT ${limit} FOR UPDATE`;
      const anew = rows.map((row) => {
        const { masterKeyId, wrapped } = this.sealer.rewrap(row.buyer_id, wrappedOf(row));
        return { ...row, master_key_id: masterKeyId, wrapped_key: base64(wrapped) };
      });
      await tx.$executeRaw`
        UPDATE buyer_keys k SET wrapped_key = decode(r.wrapped_key, 'base64'), master_key_id = r.master_key_id
        FROM jsonb_to_recordset(${JSON.stringify(anew)}::jsonb)
          AS r(buyer_id text, version int, master_key_id text, wrapped_key text)
        WHERE (k.buyer_id, k.version) = (r.buyer_id, r.version)`;
      return rows.map(({ buyer_id: buyerId }) => buyerId);
    }, TRANSACTION_LIMITS);
  }

  /** One key of each master key is tried, found by leaps through the index: at start there may be millions. */
  async missingMasterKeys(): Promise<readonly string[]> {
    const samples = await this.prisma.$queryRaw<KeyRow[]>`
      WITH RECURSIVE used AS (
        SELECT min(master_key_id) AS id FROM buyer_keys WHERE destroyed_at IS NULL
        UNION ALL
        SELECT (SELECT min(master_key_id) FROM buyer_keys WHERE destroyed_at IS NULL AND master_key_id > used.id)
        FROM used WHERE used.id IS NOT NULL)
      SELECT k.* FROM used CROSS JOIN LATERAL (
        SELECT buyer_id, version, wrapped_key, master_key_id FROM buyer_keys
        WHERE destroyed_at IS NULL AND master_key_id = used.id LIMIT 1) k`;
    return samples
      .filter((sample) => !this.sealer.unwraps(sample.buyer_id, wrappedOf(sample)))
      .map(({ master_key_id: id }) => id);
  }
}

function withheld(state: PersonalDataState): PersonalDataOfOrder {
  return { state, form: null, shippingAddress: null };
}

async function forgottenSoFar(tx: Sql, buyerId: string): Promise<Forgotten> {
  const [row] = await tx.$queryRaw<{ at: Date | null; orders: number; open: number }[]>`
    SELECT max(k.destroyed_at) AS at, count(o.id)::int AS orders,
           (count(o.id) FILTER (WHERE o.status = ANY(${OPEN_STATUSES}::text[])))::int AS open
    FROM buyer_keys k
    LEFT JOIN order_personal_data p ON (p.buyer_id, p.key_version) = (k.buyer_id, k.version)
    LEFT JOIN orders o ON o.id = p.order_id
    WHERE k.buyer_id = ${buyerId} AND k.destroyed_at IS NOT NULL`;
  return { at: row?.at?.toISOString() ?? null, orders: row?.orders ?? 0, openOrders: row?.open ?? 0 };
}
