import { type Order, type PlaceOutcome } from '../../../domain/order';
import { type Placing } from '../../../ports/order-store';
import { type Sql } from './client';
import { abandonKeys, claimKeys, type KeyState, keyOf } from './idempotency';
import { WHOLE_ORDER, toOrder } from './order-mapping';
import { type Answer, decideAll, openBooks } from './place-decide';
import { type PlaceContext } from './place-draft';
import { writePlaced } from './place-write';

/**
 * Places a batch in the caller's transaction, each order all or nothing: keys are claimed, counters locked and read,
 * who gets what is decided in the order of arrival, and everything is written in one statement.
 */
export async function placeBatch(tx: Sql, batch: readonly Placing[], context: PlaceContext): Promise<Answer[]> {
  const { first, repeats } = firstOfEachKey(batch);
  const states = await claimKeys<PlaceOutcome>(tx, first.flatMap(claimOf));
  const known = await answerKnown(tx, first, states);
  const fresh = first.filter((placing) => !known.has(placing));
  const decided = fresh.length > 0 ? await decideAndWrite(tx, fresh, context) : new Map<Placing, Answer>();
  return batch.map((placing): Answer => {
    if (repeats.has(placing)) return { ok: { t: 'inProgress' } };
    return known.get(placing) ?? decided.get(placing) ?? { error: new Error('a placing was left undecided') };
  });
}

/** Two requests with one key in one batch: the later is told that the first is in progress. */
function firstOfEachKey(batch: readonly Placing[]): { first: Placing[]; repeats: Set<Placing> } {
  const seen = new Set<string>();
  const repeats = new Set<Placing>();
  for (const placing of batch) {
    const name = placing.idempotency ? keyOf(placing.idempotency) : placing.orderId;
    if (seen.has(name)) repeats.add(placing);
    seen.add(name);
  }
  return { first: batch.filter((placing) => !repeats.has(placing)), repeats };
}

function claimOf({ idempotency, orderId }: Placing) {
  return idempotency ? [{ ...idempotency, resourceId: orderId }] : [];
}

/** Answers what is answered already: by the key's record, or because the order is there. */
async function answerKnown(
  tx: Sql,
  placings: readonly Placing[],
  states: ReadonlyMap<string, KeyState<PlaceOutcome>>,
): Promise<Map<Placing, Answer>> {
  const known = new Map<Placing, Answer>();
  const there = await ordersThere(tx, placings);
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
  const rows = await tx.order.findMany({
    where: { id: { in: placings.map(({ orderId }) => orderId) } },
    select: { id: true },
  });
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
): Promise<Map<Placing, Answer>> {
  const books = await openBooks(tx, placings);
  const { held, answers } = decideAll(placings, books, context);
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
