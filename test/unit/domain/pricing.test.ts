import { type HoldfastError } from '../../../src/domain/errors';
import { MAX_MINOR, money } from '../../../src/domain/money';
import { type PricedSku, priceLines } from '../../../src/domain/pricing';

function sku(skuId: string, change: Partial<PricedSku> = {}): [string, PricedSku] {
  const plain = { skuId, productId: 'prod_a', title: `title of ${skuId}`, price: money(100, 'CNY'), onShelf: true };
  return [skuId, { ...plain, requiredForm: [], ...change }];
}

/** Prices lines given as `sku: quantity` pairs; children are chd_1, chd_2, … in the order in which they were made. */
function price(asked: readonly (readonly [string, number])[], skus: readonly [string, PricedSku][]) {
  let made = 0;
  const lines = asked.map(([skuId, quantity]) => ({ skuId, quantity }));
  return priceLines({ lines }, new Map(skus), () => `chd_${++made}`);
}

function refusal(asked: readonly (readonly [string, number])[], skus: readonly [string, PricedSku][]): HoldfastError {
  try {
    price(asked, skus);
  } catch (error) {
    return error as HoldfastError;
  }
  throw new Error('the lines were priced');
}

describe('priceLines', () => {
  test('freezes what the catalogue says into the lines and sums them', () => {
    const { lines, amount } = price(
      [
        ['tea', 2],
        ['cup', 3],
      ],
      [sku('tea', { price: money(1999, 'CNY') }), sku('cup', { productId: 'prod_b', price: money(0, 'CNY') })],
    );
    expect(lines).toEqual([
      {
        skuId: 'tea',
        productId: 'prod_a',
        title: 'title of tea',
        quantity: 2,
        unitPrice: { minor: 1999, currency: 'CNY' },
        discountBasisPoints: 0,
        amount: { minor: 3998, currency: 'CNY' },
        childId: 'chd_1',
      },
      expect.objectContaining({ skuId: 'cup', quantity: 3, amount: { minor: 0, currency: 'CNY' }, childId: 'chd_2' }),
    ]);
    expect(amount).toEqual({ minor: 3998, currency: 'CNY' });
  });

  test('gives each product one child, in the order of first mention, and keeps the lines as they were asked', () => {
    const skus = [
      sku('z1', { productId: 'prod_z' }),
      sku('a1', { productId: 'prod_a' }),
      sku('z2', { productId: 'prod_z' }),
    ];
    const asked = [
      ['z1', 1],
      ['a1', 2],
      ['z2', 3],
      ['z1', 4],
    ] as const;
    const { lines } = price(asked, skus);
    expect(lines.map(({ skuId, quantity, childId }) => [skuId, quantity, childId])).toEqual([
      ['z1', 1, 'chd_1'],
      ['a1', 2, 'chd_2'],
      ['z2', 3, 'chd_1'],
      ['z1', 4, 'chd_1'],
    ]);
  });

  test('refuses a SKU that is not there, naming the line', () => {
    const error = refusal(
      [
        ['tea', 1],
        ['gone', 1],
      ],
      [sku('tea')],
    );
    expect(error.code).toBe('sku_not_found');
    expect(error.detail).toContain('gone');
    expect(error.context.errors?.map(({ path }) => path)).toEqual(['lines.1.skuId']);
  });

  test('refuses a SKU that is off the shelf, naming the line', () => {
    const error = refusal(
      [
        ['tea', 1],
        ['old', 1],
      ],
      [sku('tea'), sku('old', { onShelf: false })],
    );
    expect(error.code).toBe('sku_off_shelf');
    expect(error.context.errors?.map(({ path }) => path)).toEqual(['lines.1.skuId']);
  });

  test('refuses lines of several currencies, also where a price is nothing', () => {
    const skus = [sku('tea'), sku('cup', { price: money(0, 'USD') })];
    const asked = [
      ['tea', 1],
      ['cup', 1],
    ] as const;
    expect(refusal(asked, skus).code).toBe('mixed_currencies');
  });

  test('takes an amount at the bound and refuses one past it, in one line or in the sum', () => {
    const skus = [sku('car', { price: money(MAX_MINOR / 2, 'CNY') }), sku('pin', { price: money(1, 'CNY') })];
    expect(price([['car', 2]], skus).amount.minor).toBe(MAX_MINOR);
    expect(refusal([['car', 3]], skus).code).toBe('amount_out_of_range');
    expect(
      refusal(
        [
          ['car', 2],
          ['pin', 1],
        ],
        skus,
      ).code,
    ).toBe('amount_out_of_range');
  });
});
