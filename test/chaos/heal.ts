import { setTimeout as pause } from 'node:timers/promises';
import { type LedgerEntry } from '../support/sandbox-control';
import { type World } from '../support/world';
import { ledgerOf } from './ledger';
import { openBooks, type OrderBook } from './books';

/** A killed worker's activity is repeated after 45 s, a refund in processing asked for after 60 s: both, and room. */
const DEADLINE_MS = 150_000;
const LOOK_EVERY_MS = 500;
/** How often an order in `closing` is told to ask its gateway now instead of at the end of its back-off. */
const NUDGE_EVERY_MS = 2_000;

/** Why an order may stay as it is, at the end of a run, by a rule of payments.md. */
export type Held = 'wrong amount' | 'absent until it expires';

/** The buyers stop paying; unscanned codes are scanned, so that their trades can be closed. */
export async function scanTheRest(world: World): Promise<void> {
  const { orders } = await openBooks(world);
  const alipay = orders.flatMap(({ payments }) => payments).filter(({ gateway }) => gateway === 'alipay');
  await Promise.all(alipay.map(({ merchantNo }) => world.sandbox.scan(merchantNo)));
}

/**
 * Waits until nothing is under way any more, nudging the orders that wait for their gateway. Answers what is still moving
 * at the end of its patience, in words: each is a violation, for a healthy provider settles everything.
 */
export async function untilAtRest(world: World): Promise<string[]> {
  const end = Date.now() + DEADLINE_MS;
  let nudgedAt = 0;
  for (;;) {
    const moving = await stillMoving(world);
    if (moving.length === 0 || Date.now() > end) return moving.map(({ why }) => why);
    if (Date.now() - nudgedAt > NUDGE_EVERY_MS) {
      nudgedAt = Date.now();
      await Promise.all(moving.flatMap(({ closing }) => (closing === null ? [] : [world.api.cancel(closing)])));
    }
    await pause(LOOK_EVERY_MS);
  }
}

interface Moving {
  readonly why: string;
  /** The order to nudge. */
  readonly closing: string | null;
}

async function stillMoving(world: World): Promise<Moving[]> {
  const [{ orders, refunds, intents, inbox }, ledger] = await Promise.all([openBooks(world), ledgerOf(world)]);
  const other = (why: string): Moving => ({ why, closing: null });
  return [
    ...orders
      .filter((order) => !isAtRest(order, ledger))
      .map(({ id, status }) => ({
        why: `${id} is still ${status}`,
        closing: status === 'closing' ? id : null,
      })),
    ...refunds
      .filter(({ status }) => status !== 'succeeded')
      .map(({ id, status }) => other(`${id} is still ${status}`)),
    ...intents.map(({ kind, subjectId }) => other(`the intent to start ${kind} ${subjectId} is still there`)),
    ...inbox
      .filter(({ state }) => state === 'received' || state === 'late')
      .map(({ id, state }) => other(`the notification ${id} is still ${state}`)),
    ...unheard(orders, ledger).map(other),
  ];
}

function isAtRest(order: OrderBook, ledger: readonly LedgerEntry[]): boolean {
  if (['paid', 'cancelled', 'refunded', 'rejected'].includes(order.status)) return true;
  return order.status === 'closing' && heldBecause(order, ledger) !== null;
}

/** The rule by which an order in `closing` stays there though its gateway is well; null when there is none. */
export function heldBecause({ payments, amount }: OrderBook, ledger: readonly LedgerEntry[]): Held | null {
  const rowsOf = (merchantNo: string): LedgerEntry[] => ledger.filter((row) => row.merchantNo === merchantNo);
  const wrong = payments.some(({ merchantNo }) =>
    rowsOf(merchantNo).some((row) => row.kind === 'paid' && row.amount.minor !== Number(amount)),
  );
  if (wrong) return 'wrong amount';
  const open = payments.filter(({ status }) => status !== 'closed');
  const absent = open.length > 0 && open.every(({ merchantNo }) => rowsOf(merchantNo).length === 0);
  return absent ? 'absent until it expires' : null;
}

/** Money of orders that ended without it, as long as the gateway is still telling us. */
function unheard(orders: readonly OrderBook[], ledger: readonly LedgerEntry[]): string[] {
  return orders
    .filter(({ status }) => status === 'cancelled' || status === 'paid')
    .flatMap(({ id, payments, status }) => {
      const paid = ledger.filter((row) => row.kind === 'paid' && payments.some((p) => p.merchantNo === row.merchantNo));
      const back = ledger.filter((row) => row.kind === 'refunded' && paid.some((p) => p.merchantNo === row.merchantNo));
      const keepable = status === 'paid' ? 1 : 0;
      const stray = paid.length - keepable - new Set(back.map(({ merchantNo }) => merchantNo)).size;
      return stray > 0 ? [`money of ${id} is still unheard of`] : [];
    });
}
