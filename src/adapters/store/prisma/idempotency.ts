import { type IdempotencyKey, type KeyRefusal } from '../../../ports/idempotency';
import { type Sql } from './client';
import { Prisma } from './generated/client';

/** The first answer, as it is kept: the outcome in the product's own terms, or null while it is being completed. */
export type KeyState<O> =
  { readonly t: 'claimed' } | { readonly t: 'answered'; readonly outcome: O } | OpenKey | KeyRefusal;

/** Recorded, but its first answer was never completed in time (the process died): the resource itself is the answer. */
interface OpenKey {
  readonly t: 'open';
  readonly resourceId: string;
}

export interface KeyClaim extends IdempotencyKey {
  /** What the request makes, for whoever finds the record later. */
  readonly resourceId: string;
}

/** How long a first answer may take before a repeat is answered from the resource instead of `request_in_progress`. */
const ANSWER_DUE_SECONDS = 10;

export const keyOf = (claim: IdempotencyKey): string => `${claim.client}\n${claim.key}`;

/**
 * Claims keys within the caller's transaction, in the order of the keys, so that two batches cannot deadlock. Waits for
 * a concurrent transaction with the same key to end. `claims` names no key twice.
 */
export async function claimKeys<O>(tx: Sql, claims: readonly KeyClaim[]): Promise<Map<string, KeyState<O>>> {
  if (claims.length === 0) return new Map();
  const fresh = await tx.$queryRaw<{ client: string; key: string }[]>`
    INSERT INTO idempotency_records (client, key, fingerprint, resource_id, answer_due)
    SELECT r.client, r.key, r.fingerprint, r."resourceId", clock_timestamp() + make_interval(secs => ${ANSWER_DUE_SECONDS})
    FROM jsonb_to_recordset(${JSON.stringify(claims)}::jsonb)
      AS r(client text, key text, fingerprint text, "resourceId" text)
    ORDER BY r.client, r.key
    ON CONFLICT DO NOTHING RETURNING client, key`;
  const claimed = new Set(fresh.map((row) => keyOf({ ...row, fingerprint: '' })));
  const states = new Map<string, KeyState<O>>(claims.map((claim) => [keyOf(claim), { t: 'claimed' }]));
  for (const claim of claims.filter((each) => !claimed.has(keyOf(each)))) {
    states.set(keyOf(claim), await stateOf<O>(tx, claim));
  }
  return states;
}

interface Asked {
  readonly orderId: string;
  readonly idempotency?: IdempotencyKey;
}

/** Of requests that come together, the first with each key (an order without one is its own), and those that repeat it. */
export function firstOfEachKey<P extends Asked>(batch: readonly P[]): { first: P[]; repeats: Set<P> } {
  const seen = new Set<string>();
  const repeats = new Set<P>();
  for (const each of batch) {
    const name = each.idempotency ? keyOf(each.idempotency) : each.orderId;
    if (seen.has(name)) repeats.add(each);
    seen.add(name);
  }
  return { first: batch.filter((each) => !repeats.has(each)), repeats };
}

/** The condition that nobody has used any of the keys. */
export function noneUsed(keys: readonly IdempotencyKey[]): Prisma.Sql {
  const [clients, names] = [keys.map(({ client }) => client), keys.map(({ key }) => key)];
  return Prisma.sql`NOT EXISTS (
      SELECT FROM idempotency_records i
      JOIN unnest(${clients}::text[], ${names}::text[]) AS k(client, key) ON (i.client, i.key) = (k.client, k.key))`;
}

/**
 * CTE `keyed`: records of keys that nobody has used, with the first answer of each or null while it is being completed, if
 * `condition` holds. A key that has been used is an error (UNIQUE_VIOLATION).
 */
export function insertKeys(
  records: readonly (KeyClaim & { readonly outcome: unknown })[],
  condition: Prisma.Sql,
): Prisma.Sql {
  return Prisma.sql`
  keyed AS (
    INSERT INTO idempotency_records (client, key, fingerprint, resource_id, answer_due, outcome)
    SELECT r.client, r.key, r.fingerprint, r."resourceId",
           clock_timestamp() + make_interval(secs => ${ANSWER_DUE_SECONDS}), r.outcome
    FROM jsonb_to_recordset(${JSON.stringify(records)}::jsonb)
      AS r(client text, key text, fingerprint text, "resourceId" text, outcome jsonb)
    WHERE ${condition} ORDER BY r.client, r.key)`;
}

async function stateOf<O>(tx: Sql, claim: KeyClaim): Promise<KeyState<O>> {
  return (await readKey<O>(tx, claim, claim.resourceId)) ?? { t: 'inProgress' };
}

/**
 * What a key stands for already; null where nobody has used it, or whoever did has not committed. `resourceId`: what the
 * caller would make under it, where it would make something.
 */
export async function readKey<O>(
  sql: Sql,
  claim: IdempotencyKey,
  resourceId?: string,
): Promise<Exclude<KeyState<O>, { t: 'claimed' }> | null> {
  const [row] = await sql.$queryRaw<{ fingerprint: string; resource_id: string; outcome: O | null; due: boolean }[]>`
    SELECT fingerprint, resource_id, outcome, answer_due < clock_timestamp() AS due
    FROM idempotency_records WHERE client = ${claim.client} AND key = ${claim.key}`;
  if (!row) return null;
  const same = [claim.fingerprint, ...(claim.earlierFingerprints ?? [])];
  if (!same.includes(row.fingerprint)) return { t: 'reused' };
  // Our own record: the commit had succeeded, its answer was lost, and this is the repeat.
  if (row.resource_id === resourceId && row.outcome === null) return { t: 'open', resourceId: row.resource_id };
  if (row.outcome !== null) return { t: 'answered', outcome: row.outcome };
  return row.due ? { t: 'open', resourceId: row.resource_id } : { t: 'inProgress' };
}

/** Fixes the answer of claimed keys. */
export async function answerKeys(tx: Sql, answers: readonly (IdempotencyKey & { outcome: unknown })[]): Promise<void> {
  if (answers.length === 0) return;
  await tx.$executeRaw`
    UPDATE idempotency_records i SET outcome = r.outcome
    FROM jsonb_to_recordset(${JSON.stringify(answers)}::jsonb) AS r(client text, key text, outcome jsonb)
    WHERE i.client = r.client AND i.key = r.key`;
}

/**
 * Does `work` once per key, in the caller's transaction: a repeat gets the first answer, whatever it was. Without a key
 * it is done each time. `resourceId`: see KeyClaim.
 */
export async function answerOnce<O>(
  tx: Sql,
  key: IdempotencyKey | null,
  resourceId: string,
  work: () => Promise<O>,
): Promise<O | KeyRefusal> {
  if (!key) return work();
  const state = (await claimKeys<O>(tx, [{ ...key, resourceId }])).get(keyOf(key));
  if (state?.t === 'answered') return state.outcome;
  if (state?.t === 'reused' || state?.t === 'inProgress') return state;
  const outcome = await work();
  await answerKeys(tx, [{ ...key, outcome }]);
  return outcome;
}

/** Gives claims up: their requests changed nothing, so a repeat is tried afresh. */
export async function abandonKeys(tx: Sql, keys: readonly IdempotencyKey[]): Promise<void> {
  if (keys.length === 0) return;
  await tx.$executeRaw`
    DELETE FROM idempotency_records i USING jsonb_to_recordset(${JSON.stringify(keys)}::jsonb) AS r(client text, key text)
    WHERE i.client = r.client AND i.key = r.key`;
}
