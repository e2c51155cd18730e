import { type Order, type PlaceOutcome } from '../../../domain/order';
import { type Placing } from '../../../ports/order-store';
import { DEADLOCK, IMPATIENT, type Sql, sqlState, TRANSACTION_LIMITS, UNIQUE_VIOLATION } from './client';
import { type PrismaClient } from './generated/client';
import { abandonKeys, claimKeys, firstOfEachKey, type KeyState, keyOf } from './idempotency';
import { WHOLE_ORDER, toOrder } from './order-mapping';
import { type Answer, decideAll, openBooks } from './place-decide';
import { type PlaceContext } from './place-draft';
import { writePlaced } from './place-write';

/**
 * Places a batch in a transaction, each order all or nothing: keys are claimed, counters locked and read, who gets what is decided
 * in the order of arrival, and everything is written in one statement. Orders that are there already (a commit whose answer was lost,
 * a placing that is repeated without a key) show when they are written once more, or are looked for when they are refused: only
 * then is the batch taken anew, with all that are there known.
 */
export async function placeBatch(
  prisma: PrismaClient,
  batch: readonly Placing[],
  context: PlaceContext,
): Promise<Answer[]> {
  try {
    return await prisma.$transaction((tx) => placeIn(tx, batch, context, false), TRANSACTION_LIMITS);
  } catch (error) {
    if (!(error instanceof OrderThere) && !TAKEN_ANEW.includes(sqlState(error) ?? '')) throw error;
    return prisma.$transaction((tx) => placeIn(tx, batch, context, true), TRANSACTION_LIMITS);
  }
}

/** An order or a key is there by now; or one that is placed at once (`placeAtOnce`) with the same key was in the way. */
const TAKEN_ANEW = [UNIQUE_VIOLATION, DEADLOCK];

/** One that was decided afresh is there already. */
class OrderThere extends Error {}

async function placeIn(
  tx: Sql,
  batch: readonly Placing[],
  context: PlaceContext,
  lookForOrders: boolean,
): Promise<Answer[]> {
  await tx.$executeRaw`SELECT ${IMPATIENT}`;
  const { first, repeats } = firstOfEachKey(batch);
  const states = await claimKeys<PlaceOutcome>(tx, first.flatMap(claimOf));
  const there = lookForOrders ? await ordersThere(tx, first) : new Set<string>();
  const known = await answerKnown(tx, first, states, there);
  const fresh = first.filter((placing) => !known.has(placing));
  const decided =
    fresh.length > 0 ? await decideAndWrite(tx, fresh, context, lookForOrders) : new Map<Placing, Answer>();
  return batch.map((placing): Answer => {
    if (repeats.has(placing)) return { ok: { t: 'inProgress' } };
    return known.get(placing) ?? decided.get(placing) ?? { error: new Error('a placing was left undecided') };
  });
}

function claimOf({ idempotency, orderId }: Placing) {
  return idempotency ? [{ ...idempotency, resourceId: orderId }] : [];
}

/** Answers what is answered already: by the key's record, or because the order is there. */
async function answerKnown(
  tx: Sql,
  placings: readonly Placing[],
  states: ReadonlyMap<string, KeyState<PlaceOutcome>>,
  there: ReadonlySet<string>,
): Promise<Map<Placing, Answer>> {
  const known = new Map<Placing, Answer>();
  for (const placing of placings) {
    const state = placing.idempotency && states.get(keyOf(placing.idempotency));
    if (!state || state.t === 'claimed') {
      if (there.has(placing.orderId)) known.set(placing, await reopened(tx, placing.orderId, !placing.startIntent));
    } else if (state.t === 'open') {
      known.set(placing, await reopened(tx, state.resourceId, state.resourceId !== placing.orderId));
    } else {
      known.set(placing, { ok: state.t === 'answered' ? { ...state.outcome, replayed: true } : state });
    }
  }
  return known;
}

/** Which of the orders are in the database: placed before, or by a commit whose answer was lost. */
async function ordersThere(tx: Sql, placings: readonly Placing[]): Promise<Set<string>> {
  const rows = await tx.$queryRaw<{ id: string }[]>`
    SELECT id FROM orders WHERE id = ANY(${placings.map(({ orderId }) => orderId)}::text[])`;
  return new Set(rows.map(({ id }) => id));
}

async function reopened(tx: Sql, orderId: string, replayed: boolean): Promise<Answer> {
  const order = await findOrder(tx, orderId);
  return order
    ? { ok: { t: 'placed', order, replayed } }
    : { error: new Error(`an idempotency record names the order ${orderId}, which is not there`) };
}

async function findOrder(tx: Sql, orderId: string): Promise<Order | null> {
  const row = await tx.order.findUnique({ where: { id: orderId }, include: WHOLE_ORDER });
  return row && toOrder(row);
}

async function decideAndWrite(
  tx: Sql,
  placings: readonly Placing[],
  context: PlaceContext,
  areNew: boolean,
): Promise<Map<Placing, Answer>> {
  const books = await openBooks(tx, placings);
  const { held, answers } = decideAll(placings, books, context);
  const written = new Set(held.map(({ placing }) => placing));
  const refused = placings.filter((placing) => !written.has(placing));
  if (!areNew && refused.length > 0 && (await ordersThere(tx, refused)).size > 0) throw new OrderThere();
  await abandonKeys(
    tx,
    [...answers].flatMap(([placing, answer]) => ('error' in answer ? claimOf(placing) : [])),
  );
  await writePlaced(tx, held, shortOf(answers), books, context);
  return answers;
}

/** Refusals are answers too: a repeat of their key gets the same one. */
function shortOf(answers: ReadonlyMap<Placing, Answer>) {
  return [...answers].flatMap(([placing, answer]) =>
    placing.idempotency && 'ok' in answer && answer.ok.t === 'short'
      ? [{ ...placing.idempotency, outcome: { t: 'short', shortages: answer.ok.shortages } }]
      : [],
  );
}
