import fc from 'fast-check';
import { allocate, normaliseLines, type StockCounters, type StockLine } from '../../../src/domain/stock';

const skuId = fc.constantFrom('a', 'B', 'c', 'ä', 'c1');
const line = fc.record({ skuId, quantity: fc.integer({ min: 1, max: 6 }) });
const request = fc.array(line, { maxLength: 6 }).map(normaliseLines);
const requests = fc.array(request, { maxLength: 12 });
const stock = fc
  .dictionary(skuId, fc.record({ available: fc.nat(12), unlimited: fc.boolean() }))
  .map(
    (given): ReadonlyMap<string, StockCounters> =>
      new Map(Object.entries(given).map(([id, counters]) => [id, { ...counters, reserved: 0, sold: 0 }])),
  );
const limited = (available: number): StockCounters => ({ available, reserved: 0, sold: 0, unlimited: false });

const quantityOf = (lines: readonly StockLine[], id: string) =>
  lines.filter((l) => l.skuId === id).reduce((sum, l) => sum + l.quantity, 0);

describe('normaliseLines', () => {
  test('sums lines of a SKU and sorts by the code units of its id', () => {
    const lines = [
      { skuId: 'b', quantity: 1 },
      { skuId: 'B', quantity: 2 },
      { skuId: 'b', quantity: 3 },
      { skuId: 'a', quantity: 4 },
    ];
    expect(normaliseLines(lines)).toEqual([
      { skuId: 'B', quantity: 2 },
      { skuId: 'a', quantity: 4 },
      { skuId: 'b', quantity: 4 },
    ]);
  });

  test('names each SKU once, in one order for all, with all that was asked of it', () => {
    fc.assert(
      fc.property(fc.array(line), (lines) => {
        const normal = normaliseLines(lines);
        const ids = normal.map((l) => l.skuId);
        expect(ids).toEqual([...new Set(lines.map((l) => l.skuId))].sort());
        for (const id of ids) expect(quantityOf(normal, id)).toBe(quantityOf(lines, id));
        expect(normaliseLines(normal)).toEqual(normal);
        expect(normaliseLines([...lines].reverse())).toEqual(normal);
      }),
    );
  });
});

describe('allocate', () => {
  test('never holds more of a SKU than is available', () => {
    fc.assert(
      fc.property(stock, requests, (counters, asked) => {
        const held = asked.filter((_, index) => allocate(counters, asked)[index]?.t === 'held').flat();
        for (const [id, { available, unlimited }] of counters) {
          if (!unlimited) expect(quantityOf(held, id)).toBeLessThanOrEqual(available);
        }
        expect(held.every(({ skuId: id }) => counters.has(id))).toBe(true);
      }),
    );
  });

  test('serves in the order of arrival: who comes later changes nothing for those before', () => {
    fc.assert(
      fc.property(stock, requests, fc.nat(12), (counters, asked, first) => {
        expect(allocate(counters, asked.slice(0, first))).toEqual(allocate(counters, asked).slice(0, first));
      }),
    );
  });

  test('refuses only what does not fit beside what is held, and says by how much', () => {
    fc.assert(
      fc.property(stock, requests, (counters, asked) => {
        const held: StockLine[] = [];
        allocate(counters, asked).forEach((answer, index) => {
          const lines = asked[index] ?? [];
          const left = (id: string): number => {
            const there = counters.get(id);
            return there?.unlimited ? Infinity : (there?.available ?? 0) - quantityOf(held, id);
          };
          const short = lines.filter((l) => l.quantity > left(l.skuId));
          const shortages = short.map((l) => ({
            skuId: l.skuId,
            requested: l.quantity,
            available: left(l.skuId),
          }));
          expect(answer).toEqual(short.length > 0 ? { t: 'short', shortages } : { t: 'held' });
          if (answer.t === 'held') held.push(...lines);
        });
      }),
    );
  });

  test('takes nothing for a refused request, so that a smaller one behind it fits', () => {
    const counters = new Map([
      ['a', limited(5)],
      ['b', limited(1)],
    ]);
    const answers = allocate(counters, [
      [
        { skuId: 'a', quantity: 5 },
        { skuId: 'b', quantity: 2 },
      ],
      [{ skuId: 'a', quantity: 5 }],
      [{ skuId: 'a', quantity: 1 }],
    ]);
    expect(answers).toEqual([
      { t: 'short', shortages: [{ skuId: 'b', requested: 2, available: 1 }] },
      { t: 'held' },
      { t: 'short', shortages: [{ skuId: 'a', requested: 1, available: 0 }] },
    ]);
  });

  test('names every SKU that is short, one that nobody knows included', () => {
    const lines = [
      { skuId: 'a', quantity: 2 },
      { skuId: 'unknown', quantity: 1 },
    ];
    expect(allocate(new Map([['a', limited(1)]]), [lines])).toEqual([
      {
        t: 'short',
        shortages: [
          { skuId: 'a', requested: 2, available: 1 },
          { skuId: 'unknown', requested: 1, available: 0 },
        ],
      },
    ]);
  });

  test('holds any quantity of what is unlimited, whatever its counter says', () => {
    const counters = new Map([['a', { ...limited(0), unlimited: true }]]);
    const asked = Array.from({ length: 3 }, () => [{ skuId: 'a', quantity: 1_000_000 }]);
    expect(allocate(counters, asked).map((answer) => answer.t)).toEqual(['held', 'held', 'held']);
  });

  test('leaves the counters it was given as they were', () => {
    const counters = new Map([['a', limited(3)]]);
    allocate(counters, [[{ skuId: 'a', quantity: 2 }]]);
    expect(counters.get('a')).toEqual(limited(3));
  });
});
