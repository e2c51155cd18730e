import {
  ACTION_KINDS,
  amountMoved,
  faultOfDeadline,
  faultsOfAction,
  idMadeBy,
  LONGEST_EXTENSION_MS,
  movesOut,
  type OperatorAction,
} from '../../../src/domain/operator-action';

const NOW = Date.parse('2026-01-01T00:00:00Z');
const at = (ms: number): string => new Date(NOW + ms).toISOString();
const cny = (minor: number) => ({ minor, currency: 'CNY' });

describe('operator actions', () => {
  const order = {
    amount: cny(1_000),
    lines: [
      { skuId: 'sku_a', quantity: 2, amount: cny(500) },
      { skuId: 'sku_a', quantity: 1, amount: cny(200) },
      { skuId: 'sku_b', quantity: 1, amount: cny(300) },
    ],
  };
  const restock = (...lines: { skuId: string; quantity: number }[]): OperatorAction => ({ kind: 'restock', lines });

  it.each<[string, OperatorAction, number | null]>([
    ['a refund counts with its amount', { kind: 'refund', amount: cny(70), restock: false }, 70],
    ['a refund of all that is left counts with the order', { kind: 'refund', amount: null, restock: false }, 1_000],
    ['units of a SKU on two lines count with their average, rounded up', restock({ skuId: 'sku_a', quantity: 1 }), 234],
    ['all units count with all that was charged', restock({ skuId: 'sku_a', quantity: 3 }), 700],
    ['units of several SKUs add up', restock({ skuId: 'sku_a', quantity: 3 }, { skuId: 'sku_b', quantity: 1 }), 1_000],
    ['units that the order does not have count nothing', restock({ skuId: 'sku_c', quantity: 9 }), 0],
    ['a cancellation moves nothing out', { kind: 'cancel' }, null],
  ])('%s', (_what, action, amount) => {
    expect(amountMoved(action, order)).toBe(amount);
    expect(movesOut(action)).toBe(amount !== null);
  });

  it.each([
    ['a second later', at(61_000), null],
    ['the latest that may be', at(LONGEST_EXTENSION_MS), null],
    ['a millisecond beyond', at(LONGEST_EXTENSION_MS + 1), 'must be within the next 24 hours'],
    ['the present deadline', at(60_000), 'must be later than now and than the present deadline'],
    ['no time', 'tomorrow', 'must be a time as RFC 3339 has it'],
    ['a day that is none', '2026-13-01T00:00:00Z', 'must be a time as RFC 3339 has it'],
  ])('a deadline: %s', (_what, next, fault) => {
    expect(faultOfDeadline(next, at(60_000), NOW)).toBe(fault);
  });

  it('a deadline that lies behind us is none, even later than the present one', () => {
    expect(faultOfDeadline(at(-1_000), at(-2_000), NOW)).not.toBeNull();
  });

  it.each<[OperatorAction, string]>([
    [{ kind: 'extend', payBy: 'soon' }, 'action.payBy'],
    [{ kind: 'switch_gateway', gateway: 'cash' as 'points' }, 'action.gateway'],
    [{ kind: 'refund', amount: cny(0), restock: false }, 'action.amount.minor'],
    [{ kind: 'refund', amount: cny(1.5), restock: false }, 'action.amount.minor'],
    [{ kind: 'restock', lines: [] }, 'action.lines'],
    [restock({ skuId: 'sku_a', quantity: 0 }), 'action.lines.0.quantity'],
  ])('%j is wrong at %s', (action, path) => {
    expect(faultsOfAction(action).map((fault) => fault.path)).toEqual([path]);
  });

  it('names what it makes after itself; every kind is known', () => {
    expect(idMadeBy('act_01J00000000000000000000000', 'ref')).toBe('ref_01J00000000000000000000000');
    expect(() => idMadeBy('ord_01J00000000000000000000000', 'pay')).toThrow(TypeError);
    expect(new Set(ACTION_KINDS).size).toBe(8);
  });
});
