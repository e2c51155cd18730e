import { personalDataOf } from '../../../domain/buyer-fields';
import { type Placing, type PlaceResult } from '../../../ports/order-store';
import { DEADLOCK, sqlState, UNIQUE_VIOLATION } from './client';
import { Prisma, type PrismaClient } from './generated/client';
import { firstOfEachKey, insertKeys, noneUsed } from './idempotency';
import { type Settled } from './group-commit';
import { type Books, decideAll, type Held } from './place-decide';
import { type PlaceContext } from './place-draft';
import { completeAnswer, holdRows, writeOrders, type Written } from './place-write';
import { type Shelf, type ShelvedSku } from './shelf';
import { FITS, takeIfAllFit, type Wanted } from './stock-statements';

/** What touches nothing but counters: no cart, promotion or points to lock, nothing to seal or to keep beside the order. */
export function isPlain({ draft, fromCart, choice }: Placing): boolean {
  return !fromCart && !choice && !draft.promotionId && draft.payWith !== 'points' && personalDataOf(draft) === null;
}

/** Null: not placed so, and nothing was done; to be decided with everything locked. */
export type AtOnce = Settled<PlaceResult | null>;

const LEFT: AtOnce = { ok: null };

/**
 * Places plain orders in one statement, by what is remembered of the catalogue: the counters are locked for as long as the statement
 * takes, not for round trips of ours. Left are those that would be refused by what is remembered, and the second of two with one
 * key; and all of them where they don't fit together: a SKU that is sold otherwise by now, or that is short; a key or an order that
 * is there already.
 *
 * Keys are written after the counters are locked, the other way round than in `placeBatch`: where two requests with one key go
 * either way at the same time they can deadlock. PostgreSQL ends one of them, which then goes the other way, or once more.
 */
export async function placeAtOnce(
  prisma: PrismaClient,
  batch: readonly Placing[],
  context: PlaceContext,
  shelf: Shelf,
): Promise<AtOnce[]> {
  const { first } = firstOfEachKey(batch);
  const catalogue = await shelf.read(prisma, skusOf(first));
  const { held, answers } = decideAll(first, booksOf(catalogue), context);
  const placed = new Set(held.map(({ placing }) => placing));
  // What is refused by what is remembered may be sold by now.
  shelf.forget(skusOf(first.filter((placing) => !placed.has(placing))));
  if (held.length === 0) return batch.map(() => LEFT);
  const { fits, asRemembered } = await write(prisma, held, catalogue, context);
  if (!asRemembered) shelf.forget(skusOf([...placed]));
  return batch.map((placing) => (fits && placed.has(placing) ? answers.get(placing) : undefined) ?? LEFT);
}

/** Something stood in the way that has nothing to do with the catalogue. */
const IN_THE_WAY: Written = { fits: false, asRemembered: true };

function skusOf(placings: readonly Placing[]): string[] {
  return [...new Set(placings.flatMap(({ draft }) => draft.lines.map(({ skuId }) => skuId)))];
}

/** Stock without end: whether there is enough is for the statement to judge. */
function booksOf(catalogue: ReadonlyMap<string, ShelvedSku>): Books {
  const plenty = { available: Number.MAX_SAFE_INTEGER, reserved: 0, sold: 0 };
  const stock = new Map([...catalogue].map(([skuId, { unlimited }]) => [skuId, { ...plenty, unlimited }]));
  return { catalogue, stock, carts: new Map(), promotions: new Map(), points: new Map() };
}

async function write(
  prisma: PrismaClient,
  held: readonly Held[],
  catalogue: ReadonlyMap<string, ShelvedSku>,
  context: PlaceContext,
): Promise<Written> {
  const take = takeIfAllFit(wantedOf(held, catalogue), holdRows(held, catalogue), areNew(held));
  try {
    return await writeOrders(prisma, Prisma.sql`${take}, ${keyed(held)}`, held, context);
  } catch (error) {
    if (![UNIQUE_VIOLATION, DEADLOCK].includes(sqlState(error) ?? '')) throw error;
    return IN_THE_WAY;
  }
}

function wantedOf(held: readonly Held[], catalogue: ReadonlyMap<string, ShelvedSku>): Wanted[] {
  const units = new Map<string, number>();
  for (const { wish } of held) {
    for (const { skuId, quantity } of wish.lines) units.set(skuId, (units.get(skuId) ?? 0) + quantity);
  }
  return [...units].flatMap(([skuId, sum]) => {
    const sku = catalogue.get(skuId);
    return sku ? [{ sku_id: skuId, units: sum, version: sku.version, unlimited: sku.unlimited }] : [];
  });
}

/**
 * Neither the orders nor their keys are there: found by their indexes before anything is written in vain. Those that come
 * meanwhile are found by the write itself.
 */
function areNew(held: readonly Held[]): Prisma.Sql {
  const ids = held.map(({ order }) => order.id);
  const keys = held.flatMap(({ placing: { idempotency } }) => (idempotency ? [idempotency] : []));
  return Prisma.sql`NOT EXISTS (SELECT FROM orders WHERE id = ANY(${ids}::text[])) AND ${noneUsed(keys)}`;
}

/** CTE `keyed`: the records of the keys, with their answers where these are complete; in the order of the keys, as elsewhere. */
function keyed(held: readonly Held[]): Prisma.Sql {
  const records = held.flatMap((each) => {
    const { idempotency, orderId } = each.placing;
    const [complete] = completeAnswer(each);
    return idempotency ? [{ ...idempotency, resourceId: orderId, outcome: complete?.outcome ?? null }] : [];
  });
  return insertKeys(records, FITS);
}
