import { personalDataOf, type PersonalData, type RequiredForm } from '../../../domain/buyer-fields';
import { validationFailed } from '../../../domain/errors';
import { type OrderDraft } from '../../../domain/order';
import { type Sealer, type WrappedKey } from '../../../ports/buyer-data';
import { type FormCheck } from '../../../ports/form-check';
import { type Sql } from './client';

/** Throws `validation_failed` with everything that the order's SKUs ask for and the buyer did not fill in as asked. */
export function requireForms(
  check: FormCheck,
  draft: OrderDraft,
  catalogue: ReadonlyMap<string, { readonly requiredForm: RequiredForm }>,
): void {
  const faults = check.faults(draft, catalogue);
  if (faults.length > 0) throw validationFailed(faults);
}

/** An order that is written in this transaction, with what is personal of it. */
export interface ToSeal {
  readonly orderId: string;
  readonly buyerId: string;
  readonly data: PersonalData;
}

/** What has to be sealed of an order that was held: one entry or none. */
export function toSeal(orderId: string, draft: OrderDraft): ToSeal[] {
  const data = personalDataOf(draft);
  return data ? [{ orderId, buyerId: draft.buyerId, data }] : [];
}

/** One order's data could not be sealed, for want of a key: the others of its batch are not to suffer for it. */
export class SealingFailed extends Error {
  override readonly name = 'SealingFailed';
}

function ofOne<T>(sealing: () => T): T {
  try {
    return sealing();
  } catch (cause) {
    throw new SealingFailed('the personal data of an order could not be sealed', { cause });
  }
}

/**
 * Seals the personal data of a batch in the placing's transaction, after the orders are written. Each buyer's living key is
 * locked against being destroyed until the commit: a buyer is forgotten with these orders, or before them, never half.
 */
export async function sealForms(tx: Sql, sealer: Sealer, placings: readonly ToSeal[]): Promise<void> {
  if (placings.length === 0) return;
  const keys = await livingKeys(tx, sealer, [...new Set(placings.map(({ buyerId }) => buyerId))]);
  const rows = placings.map(({ orderId, buyerId, data }) => {
    const key = keys.get(buyerId);
    if (!key) throw new Error(`the order ${orderId} has no key to be sealed with`);
    const sealed = base64(ofOne(() => sealer.seal({ orderId, buyerId }, key, data)));
    return { order_id: orderId, buyer_id: buyerId, key_version: key.version, sealed };
  });
  await tx.$executeRaw`
    INSERT INTO order_personal_data (order_id, buyer_id, key_version, sealed)
    SELECT r.order_id, r.buyer_id, r.key_version, decode(r.sealed, 'base64')
    FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
      AS r(order_id text, buyer_id text, key_version int, sealed text)`;
}

interface VersionedKey extends WrappedKey {
  readonly version: number;
}

/**
 * The living key of each buyer, made where there is none. Two first orders of a buyer agree on one: the later insert waits
 * for the earlier one and then finds its key. Another round is needed only where a buyer is forgotten in between.
 */
async function livingKeys(
  tx: Sql,
  sealer: Sealer,
  buyerIds: readonly string[],
): Promise<ReadonlyMap<string, VersionedKey>> {
  for (;;) {
    const keys = await lockKeys(tx, buyerIds);
    const missing = buyerIds.filter((buyerId) => !keys.has(buyerId));
    if (missing.length === 0) return keys;
    await makeKeys(tx, sealer, missing);
  }
}

/** Locked in the order of the ids, so that nothing deadlocks: shared among placings, against a forgetting. */
async function lockKeys(tx: Sql, buyerIds: readonly string[]): Promise<Map<string, VersionedKey>> {
  const rows = await tx.$queryRaw<
    { buyer_id: string; version: number; wrapped_key: Uint8Array; master_key_id: string }[]
  >`
    SELECT buyer_id, version, wrapped_key, master_key_id FROM buyer_keys
    WHERE buyer_id = ANY(${buyerIds}::text[]) AND destroyed_at IS NULL
    ORDER BY buyer_id FOR SHARE`;
  return new Map(
    rows.map(({ buyer_id, version, wrapped_key, master_key_id }) => [
      buyer_id,
      { version, wrapped: wrapped_key, masterKeyId: master_key_id },
    ]),
  );
}

async function makeKeys(tx: Sql, sealer: Sealer, buyerIds: readonly string[]): Promise<void> {
  const rows = buyerIds.map((buyerId) => {
    const { masterKeyId, wrapped } = ofOne(() => sealer.newKey(buyerId));
    return { buyer_id: buyerId, master_key_id: masterKeyId, wrapped: base64(wrapped) };
  });
  await tx.$executeRaw`
    INSERT INTO buyer_keys (buyer_id, version, master_key_id, wrapped_key)
    SELECT r.buyer_id, 1 + COALESCE((SELECT max(version) FROM buyer_keys k WHERE k.buyer_id = r.buyer_id), 0),
           r.master_key_id, decode(r.wrapped, 'base64')
    FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS r(buyer_id text, master_key_id text, wrapped text)
    ORDER BY r.buyer_id
    ON CONFLICT DO NOTHING`;
}

/** Bytes as they travel within JSON to a statement. */
export const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
