import { MAX_UNITS } from '../../../src/domain/stock';
import { type ImportLine, judgeImport } from '../../../src/domain/stock-import';

const line = (number: number, skuId: string, delta: number): ImportLine => ({
  line: number,
  skuId,
  delta,
  reason: 'count',
});
const stock = new Map([
  ['a', { available: 5 }],
  ['full', { available: MAX_UNITS }],
]);

describe('judgeImport', () => {
  it('judges each line against what those before it have left', () => {
    const judged = judgeImport([line(2, 'a', -4), line(3, 'a', -2), line(4, 'a', 1), line(5, 'a', -2)], stock);
    expect(judged.map(({ line, status, available }) => [line, status, available])).toEqual([
      [2, 'applied', 1],
      [3, 'refused', 1],
      [4, 'applied', 2],
      [5, 'applied', 0],
    ]);
  });

  it.each([
    ['a SKU that is not there', line(2, 'b', 1), 'sku_not_found', null],
    ['more taken than there is', line(2, 'a', -6), 'insufficient_stock', 5],
    ['more than can be counted', line(2, 'full', 1), 'stock_limit_exceeded', MAX_UNITS],
  ] as const)('refuses %s', (_name, given, code, available) => {
    expect(judgeImport([given], stock)).toEqual([
      { ...given, reason: undefined, status: 'refused', code, available, message: expect.stringMatching(/\.$/) },
    ]);
  });

  it('leaves the counters that it was given alone', () => {
    judgeImport([line(2, 'a', -5)], stock);
    expect(stock.get('a')).toEqual({ available: 5 });
  });
});
