import { ABSENT_SKEW_MARGIN_MS } from '../../src/domain/payment';
import { type LedgerEntry } from '../support/sandbox-control';
import { type Books, type OrderBook } from './books';
import { heldBecause } from './heal';

/** Both sides of the truth at the end of a run. */
export interface Evidence {
  readonly books: Books;
  readonly ledger: readonly LedgerEntry[];
  /** Units on sale at first, by SKU id. */
  readonly stock: ReadonlyMap<string, number>;
  /** Points that each buyer was given, by buyer id. */
  readonly given: ReadonlyMap<string, number>;
  /** Numbers whose provider broke its word: it acknowledged a close without effect. */
  readonly brokenWord: ReadonlySet<string>;
}

export interface Violation {
  readonly invariant: string;
  /** The order to show with it. */
  readonly orderId: string | null;
  readonly what: string;
}

type Finding = Omit<Violation, 'invariant'>;

/** The invariants of a run: each finds what contradicts it. */
export const INVARIANTS: Readonly<Record<string, (evidence: Evidence) => Finding[]>> = {
  'money kept ⇔ order paid': moneyKept,
  'refunds ≤ paid, each number once, and the books know of each': refundsBounded,
  'the gateway knows no payment that we do not': nothingUnknown,
  'available + reserved + sold is constant, counters = Σ ledger': countersBalance,
  'a hold is settled at most once, as the order ended': holdsSettledOnce,
  'no stock returned while somebody could still pay': nothingReturnedEarly,
  'never two attempts payable at once': oneAttemptPayable,
  'every change of state has its event, once': eventsComplete,
  'no start intent is left': intentsGone,
  'points: balance = given + Σ ledger, never negative': accountsBalance,
};

export function violationsOf(evidence: Evidence): Violation[] {
  return Object.entries(INVARIANTS).flatMap(([invariant, find]) =>
    find(evidence).map((finding) => ({ invariant, ...finding })),
  );
}

function moneyKept({ books, ledger }: Evidence): Finding[] {
  return books.orders.flatMap((order) => {
    const rows = rowsOfOrder(order, ledger);
    const kept = sum(rows, 'paid') - sum(rows, 'refunded');
    if (order.status === 'closing')
      return heldBecause(order, ledger) === null ? [finding(order, 'is still closing at a healthy gateway')] : [];
    const asked = order.refunds.filter(({ cause }) => cause === 'requested');
    const due =
      order.status === 'paid' ? Number(order.amount) - asked.reduce((all, { amount }) => all + Number(amount), 0) : 0;
    return kept === due ? [] : [finding(order, `is ${order.status}; the gateways keep ${kept}, it should be ${due}`)];
  });
}

function refundsBounded({ books, ledger }: Evidence): Finding[] {
  const refunded = ledger.filter(({ kind }) => kind === 'refunded');
  const numbers = refunded.map(({ refundNo }) => refundNo);
  const twice = numbers.filter((number, index) => numbers.indexOf(number) !== index);
  const known = new Set(books.refunds.map(({ number }) => number));
  const perNumber = new Map<string, number>();
  for (const row of refunded) perNumber.set(row.merchantNo, (perNumber.get(row.merchantNo) ?? 0) + row.amount.minor);
  const tooMuch = [...perNumber].filter(
    ([merchantNo, minor]) =>
      minor >
      sum(
        ledger.filter((row) => row.merchantNo === merchantNo),
        'paid',
      ),
  );
  return [
    ...twice.map((number) => ({ orderId: null, what: `${number} was refunded twice` })),
    ...tooMuch.map(([merchantNo, minor]) => ({
      orderId: null,
      what: `${merchantNo}: ${minor} refunded, more than paid`,
    })),
    ...refunded
      .filter(({ refundNo }) => !known.has(refundNo ?? ''))
      .map(({ refundNo }) => ({ orderId: null, what: `nobody here knows of refund ${refundNo}` })),
  ];
}

function nothingUnknown({ books, ledger }: Evidence): Finding[] {
  const known = new Set(books.orders.flatMap(({ payments }) => payments.map(({ merchantNo }) => merchantNo)));
  const unknown = new Set(ledger.map(({ merchantNo }) => merchantNo).filter((merchantNo) => !known.has(merchantNo)));
  return [...unknown].map((merchantNo) => ({
    orderId: null,
    what: `the gateway knows ${merchantNo}, the books don't`,
  }));
}

function countersBalance({ books, stock }: Evidence): Finding[] {
  return books.stock.flatMap(({ skuId, available, reserved, sold }) => {
    const moves = books.moves.filter((move) => move.skuId === skuId);
    const total = (of: (move: (typeof moves)[number]) => number): number =>
      moves.reduce((all, move) => all + of(move), 0);
    const counters = { available, reserved, sold };
    const summed = {
      available: total((move) => move.availableDelta),
      reserved: total((move) => move.reservedDelta),
      sold: total((move) => move.soldDelta),
    };
    const wrong: string[] = [];
    if (JSON.stringify(counters) !== JSON.stringify(summed))
      wrong.push(`${skuId}: counters ${JSON.stringify(counters)}, ledger ${JSON.stringify(summed)}`);
    if (available + reserved + sold !== stock.get(skuId))
      wrong.push(`${skuId}: ${available} + ${reserved} + ${sold} is not the ${stock.get(skuId)} there were`);
    const expected = standingBehind(books, skuId);
    if (reserved !== expected.reserved || sold !== expected.sold)
      wrong.push(`${skuId}: ${JSON.stringify(counters)}, the orders stand for ${JSON.stringify(expected)}`);
    return wrong.map((what) => ({ orderId: null, what }));
  });
}

/** What the orders' states say that the counters should be. */
function standingBehind({ orders }: Books, skuId: string): { reserved: number; sold: number } {
  const units = ({ lines }: OrderBook): number =>
    lines.filter((line) => line.skuId === skuId).reduce((all, { quantity }) => all + quantity, 0);
  const restocked = ({ refunds }: OrderBook): number =>
    refunds
      .flatMap(({ restock }) => restock as { skuId: string; quantity: number }[])
      .filter((line) => line.skuId === skuId)
      .reduce((all, { quantity }) => all + quantity, 0);
  const held = orders.filter(({ status }) => status === 'awaiting_payment' || status === 'closing');
  const sold = orders.filter(({ status }) => ['paid', 'refunding', 'refunded'].includes(status));
  return {
    reserved: held.reduce((all, order) => all + units(order), 0),
    sold: sold.reduce((all, order) => all + units(order) - restocked(order), 0),
  };
}

function holdsSettledOnce({ books }: Evidence): Finding[] {
  return books.orders.flatMap((order) => {
    const settling = order.status === 'cancelled' ? ['release'] : order.status === 'closing' ? [] : ['confirm'];
    const due = ['hold', ...settling].flatMap((kind) => skusOf(order).map((skuId) => `${kind} ${skuId}`)).sort();
    const moves = books.moves.filter(({ orderId, kind }) => orderId === order.id && kind !== 'restock');
    const done = moves.map(({ kind, skuId }) => `${kind} ${skuId}`).sort();
    const same = JSON.stringify(due) === JSON.stringify(done);
    return same ? [] : [finding(order, `is ${order.status}, its stock moved: ${done.join(', ')}`)];
  });
}

function nothingReturnedEarly({ books, ledger, brokenWord }: Evidence): Finding[] {
  return books.orders.flatMap((order) => {
    const released = books.moves.find(({ orderId, kind }) => orderId === order.id && kind === 'release');
    if (!released) return [];
    return order.payments
      .filter(({ merchantNo }) => !brokenWord.has(merchantNo))
      .filter((payment) => !unpayableAt(payment, released.createdAt.getTime(), ledger))
      .map(({ merchantNo }) => finding(order, `returned its stock while ${merchantNo} could still be paid`));
  });
}

/** Closed at the provider by then, or past its expiry and the margin, which also settles what never reached the provider. */
function unpayableAt(
  { merchantNo, expiresAt }: OrderBook['payments'][number],
  at: number,
  ledger: readonly LedgerEntry[],
): boolean {
  const rows = ledger.filter((row) => row.merchantNo === merchantNo);
  if (rows.some(({ kind, at: closedAt }) => kind === 'closed' && Date.parse(closedAt) <= at)) return true;
  return expiresAt.getTime() + ABSENT_SKEW_MARGIN_MS < at;
}

function oneAttemptPayable({ books, ledger, brokenWord }: Evidence): Finding[] {
  return books.orders.flatMap((order) => {
    const attempts = [...order.payments].sort((a, b) => a.attempt - b.attempt);
    const created = (merchantNo: string) =>
      ledger.find((row) => row.merchantNo === merchantNo && row.kind === 'created');
    return attempts.slice(1).flatMap((next, index) => {
      const earlier = attempts[index];
      const opened = created(next.merchantNo);
      if (!earlier || !opened || brokenWord.has(earlier.merchantNo)) return [];
      const unpayable = unpayableAt(earlier, Date.parse(opened.at), ledger);
      return unpayable ? [] : [finding(order, `${next.merchantNo} was payable beside ${earlier.merchantNo}`)];
    });
  });
}

function eventsComplete({ books }: Evidence): Finding[] {
  return books.orders.flatMap((order) => {
    const events = books.outbox.filter(({ orderId }) => orderId === order.id);
    const facts = books.facts.filter(({ orderId }) => orderId === order.id);
    const count = (type: string): number => events.filter((event) => event.type === type).length;
    const entered = (state: string): number => facts.filter(({ what }) => what === state).length;
    const succeeded = order.refunds.filter(({ status }) => status === 'succeeded');
    const isPaid = ['paid', 'refunding', 'refunded'].includes(order.status) ? 1 : 0;
    const due: Record<string, number> = {
      OrderPlaced: 1,
      OrderClosing: Math.min(entered('closing'), 1),
      OrderPaid: isPaid,
      StockSold: isPaid,
      OrderCancelled: order.status === 'cancelled' ? 1 : 0,
      StockReturned:
        (order.status === 'cancelled' ? 1 : 0) +
        succeeded.filter(({ restock }) => (restock as unknown[]).length > 0).length,
      RefundSucceeded: succeeded.length,
      OrderRefunded: order.status === 'refunded' ? 1 : 0,
    };
    const wrong = Object.entries(due).filter(([type, times]) => count(type) !== times);
    return wrong.map(([type, times]) => finding(order, `${type} was announced ${count(type)} ×, not ${times} ×`));
  });
}

function intentsGone({ books }: Evidence): Finding[] {
  return books.intents.map(({ kind, subjectId }) => ({ orderId: null, what: `${kind} ${subjectId}` }));
}

function accountsBalance({ books, given }: Evidence): Finding[] {
  return books.accounts.flatMap(({ buyerId, balance }) => {
    const moved = books.points.filter((row) => row.buyerId === buyerId && row.kind !== 'adjust');
    const due = moved.reduce((all, { delta }) => all + Number(delta), given.get(buyerId) ?? 0);
    const right = Number(balance) === due && due >= 0;
    return right ? [] : [{ orderId: null, what: `${buyerId} has ${balance} points, it should be ${due}` }];
  });
}

function finding({ id }: OrderBook, what: string): Finding {
  return { orderId: id, what };
}

function skusOf({ lines }: OrderBook): string[] {
  return [...new Set(lines.map(({ skuId }) => skuId))];
}

function rowsOfOrder({ payments }: OrderBook, ledger: readonly LedgerEntry[]): LedgerEntry[] {
  return ledger.filter((row) => payments.some(({ merchantNo }) => merchantNo === row.merchantNo));
}

function sum(rows: readonly LedgerEntry[], kind: LedgerEntry['kind']): number {
  return rows.filter((row) => row.kind === kind).reduce((all, { amount }) => all + amount.minor, 0);
}
