import {
  canMove,
  INITIAL_STATUS,
  isSettled,
  isTerminal,
  ORDER_STATUSES,
  type OrderStatus,
  REVIVAL,
  statesBefore,
} from '../../../src/domain/order-status';

/** The arrows as the HTTP contract documents them. */
const ARROWS: readonly (readonly [OrderStatus, OrderStatus])[] = [
  ['placing', 'awaiting_payment'],
  ['placing', 'rejected'],
  ['awaiting_payment', 'paid'],
  ['awaiting_payment', 'closing'],
  ['closing', 'paid'],
  ['closing', 'cancelled'],
  ['paid', 'refunding'],
  ['refunding', 'paid'],
  ['refunding', 'refunded'],
];
const TERMINAL: readonly OrderStatus[] = ['refunded', 'cancelled', 'rejected'];
/** The wait for the money is over. */
const SETTLED: readonly OrderStatus[] = ['paid', 'refunding', 'refunded', 'cancelled', 'rejected'];
const pairs = ORDER_STATUSES.flatMap((from) => ORDER_STATUSES.map((to) => [from, to] as const));

/** States that some way of arrows leads to. */
function reachableFrom(start: OrderStatus): Set<OrderStatus> {
  const seen = new Set([start]);
  for (const from of seen) for (const to of ORDER_STATUSES) if (canMove(from, to)) seen.add(to);
  return seen;
}

describe('the order states', () => {
  test('are the documented ones', () => {
    expect([...ORDER_STATUSES].sort()).toEqual([...new Set(ARROWS.flat())].sort());
  });

  test.each(pairs)('%s → %s is possible exactly where it is documented', (from, to) => {
    expect(canMove(from, to)).toBe(ARROWS.some((arrow) => arrow[0] === from && arrow[1] === to));
  });

  test('begin as placing, and every one can be reached from there', () => {
    expect(INITIAL_STATUS).toBe('placing');
    expect([...reachableFrom(INITIAL_STATUS)].sort()).toEqual([...ORDER_STATUSES].sort());
  });

  test('end in a terminal one, wherever they are', () => {
    for (const status of ORDER_STATUSES) {
      expect([...reachableFrom(status)].some((end) => TERMINAL.includes(end))).toBe(true);
    }
  });

  test.each(ORDER_STATUSES)('%s is terminal exactly when nothing leaves it', (status) => {
    expect(isTerminal(status)).toBe(TERMINAL.includes(status));
    expect(isTerminal(status)).toBe(reachableFrom(status).size === 1);
  });

  test.each(ORDER_STATUSES)('statesBefore(%s) names the states with an arrow to it', (to) => {
    expect(statesBefore(to)).toEqual(ARROWS.filter((arrow) => arrow[1] === to).map((arrow) => arrow[0]));
  });

  test('stock can go back only after closing', () => {
    expect(statesBefore('cancelled')).toEqual(['closing']);
  });

  test.each(ORDER_STATUSES)('%s is settled exactly when no money is waited for any more', (status) => {
    expect(isSettled(status)).toBe(SETTLED.includes(status));
  });

  test('what is settled stays settled, and money comes back only from an order that was paid', () => {
    for (const status of SETTLED) expect([...reachableFrom(status)].filter((each) => !isSettled(each))).toEqual([]);
    expect(statesBefore('refunding')).toEqual(['paid']);
    expect([...reachableFrom('cancelled')]).toEqual(['cancelled']);
  });

  test('the revival is apart from the table: no guarded move can take it', () => {
    expect(REVIVAL).toEqual({ from: 'cancelled', to: 'paid' });
    expect(canMove(REVIVAL.from, REVIVAL.to)).toBe(false);
    expect(statesBefore(REVIVAL.to)).not.toContain(REVIVAL.from);
  });
});
