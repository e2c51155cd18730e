import { CartsLeft, type CartItem, viewCart } from '../../../src/domain/cart';
import { MAX_MINOR } from '../../../src/domain/money';

const cny = (minor: number) => ({ minor, currency: 'CNY' });

/** A line of `quantity` of a SKU of which `available` are there. */
function item(quantity: number, available: number, sku: Partial<NonNullable<CartItem['sku']>> = {}): CartItem {
  const stock = { available, reserved: 0, sold: 0, unlimited: false };
  return { skuId: 'sku', quantity, sku: { title: 'Tea', price: cny(100), onSale: true, stock, ...sku } };
}
const unlimited = { available: 0, reserved: 0, sold: 0, unlimited: true };

describe('viewCart', () => {
  it.each([
    ['as many as asked for', item(3, 3), 'available', 3],
    ['one fewer', item(3, 2), 'short', 2],
    ['none', item(3, 0), 'sold_out', 0],
    ['without limit', item(3, 0, { stock: unlimited }), 'available', null],
    ['not on sale', item(3, 9, { onSale: false }), 'off_shelf', 0],
    ['not on sale, without limit', item(3, 0, { onSale: false, stock: unlimited }), 'off_shelf', 0],
    ['no such SKU any more', { skuId: 'sku', quantity: 3, sku: null }, 'gone', 0],
  ] as const)('%s: availability %3$s', (_name, line, availability, available) => {
    const [seen] = viewCart('b', [line]).lines;
    expect(seen).toMatchObject({ availability, available, quantity: 3 });
    const onSale = availability !== 'off_shelf' && availability !== 'gone';
    expect(seen?.amount).toEqual(onSale ? cny(300) : null);
    expect(seen?.unitPrice).toEqual(availability === 'gone' ? null : cny(100));
  });

  it('adds up what is on sale', () => {
    const { total, currency } = viewCart('b', [item(2, 9), item(1, 0), item(5, 9, { onSale: false })]);
    expect({ total, currency }).toEqual({ total: cny(300), currency: 'CNY' });
  });

  it('has no total of nothing, of mixed currencies, or beyond what can be charged', () => {
    const dear = { price: cny(MAX_MINOR) };
    const none = { total: null, currency: null };
    expect(viewCart('b', [])).toMatchObject({ ...none, lines: [] });
    expect(viewCart('b', [item(1, 1), item(1, 1, { price: { minor: 1, currency: 'USD' } })])).toMatchObject(none);
    expect(viewCart('b', [item(1, 1, dear), item(1, 1, dear)])).toMatchObject(none);
    expect(viewCart('b', [item(2, 2, dear)])).toMatchObject({ ...none, lines: [{ amount: null }] });
    expect(viewCart('b', [item(1, 1, dear)])).toMatchObject({ total: cny(MAX_MINOR) });
  });
});

describe('CartsLeft', () => {
  const two = [{ skuId: 'a', quantity: 2 }];

  it('gives each line away as often as it is there, to the first who asks', () => {
    const left = new CartsLeft(new Map([['b', [{ skuId: 'a', quantity: 3 }]]]));
    expect(left.covers('b', two)).toBe(true);
    left.take('b', two);
    expect(left.covers('b', two)).toBe(false);
    expect(left.covers('b', [{ skuId: 'a', quantity: 1 }])).toBe(true);
  });

  it('takes one buyer’s lines for nobody else’s, and covers nothing of a cart that is not there', () => {
    const left = new CartsLeft(new Map([['b', two]]));
    left.take('b', two);
    expect(left.covers('c', two)).toBe(false);
    expect(
      new CartsLeft(
        new Map([
          ['b', two],
          ['c', two],
        ]),
      ).covers('c', two),
    ).toBe(true);
    expect(new CartsLeft(new Map()).covers('b', two)).toBe(false);
    expect(new CartsLeft(new Map([['b', two]])).covers('b', [...two, { skuId: 'z', quantity: 1 }])).toBe(false);
  });
});
