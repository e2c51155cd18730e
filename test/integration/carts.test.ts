import { Carts } from '../support/carts';
import { expectBooksBalance } from '../support/invariants';
import { openWorld, type World } from '../support/world';

describe('carts on the real catalogue', () => {
  let world: World;
  let carts: Carts;
  beforeAll(async () => {
    world = await openWorld('carts');
    carts = new Carts(world);
  });
  afterAll(() => world.close());
  afterEach(() => expectBooksBalance(world));

  it('shows what became of each SKU since it was put in, and checks out once that is mended', async () => {
    const { buyerId, skuId: short } = await carts.filled(5, 5);
    const [off, shelved, gone] = [await world.api.addSku(9), await world.api.addSku(9), await world.api.addSku(9)];
    for (const skuId of [off, shelved, gone]) await carts.put(buyerId, skuId, 1);
    await world.api.place({ payWith: null, lines: [{ skuId: short, quantity: 3 }] });
    const change = { title: 'Tea', productId: 'prod_off', price: { minor: 5, currency: 'CNY' }, onShelf: false };
    await world.api.call('PUT', `/v1/skus/${off}`, change);
    const shelve = (onShelf: boolean) =>
      world.api.call('PUT', `/v1/products/prod_${shelved.replace('sku_', '')}`, { title: 'Tea', onShelf });
    expect((await shelve(false)).status).toBe(200);
    await world.prisma.$transaction([
      world.prisma.stockLedger.deleteMany({ where: { skuId: gone } }),
      world.prisma.stock.delete({ where: { skuId: gone } }),
      world.prisma.sku.delete({ where: { id: gone } }),
    ]);
    const seen = await carts.read(buyerId);
    expect(seen.lines.map(({ skuId, availability, available }) => [skuId, availability, available])).toEqual([
      [short, 'short', 2],
      [off, 'off_shelf', 0],
      [shelved, 'off_shelf', 0],
      [gone, 'gone', 0],
    ]);
    expect(seen.total).toEqual({ minor: 5 * 1999, currency: 'CNY' });
    expect((await carts.checkout(buyerId)).body.code).toBe('sku_off_shelf');
    for (const skuId of [off, gone]) await carts.put(buyerId, skuId, 0);
    expect((await carts.checkout(buyerId)).body.code).toBe('sku_off_shelf');
    await shelve(true);
    expect((await carts.checkout(buyerId)).body.code).toBe('out_of_stock');
    await carts.put(buyerId, short, 2);
    expect((await carts.checkout(buyerId)).status).toBe(201);
    expect(await carts.contents(buyerId)).toEqual({});
  });

  it('of ten that would add the fiftieth line at once, one does', async () => {
    const buyerId = carts.newBuyer();
    const skuIds = await Promise.all(Array.from({ length: 59 }, () => world.api.addSku(1)));
    for (const skuId of skuIds.slice(0, 49)) await carts.put(buyerId, skuId, 1);
    const last = await Promise.all(skuIds.slice(49).map((skuId) => carts.put(buyerId, skuId, 1)));
    expect(last.map(({ status }) => status).toSorted()).toEqual([200, ...Array.from({ length: 9 }, () => 409)]);
    expect((await carts.read(buyerId)).lines).toHaveLength(50);
    expect((await carts.checkout(buyerId)).status).toBe(201);
  });

  it('twenty that add the same line at once all succeed', async () => {
    const { buyerId, skuId } = await carts.filled(1);
    await carts.put(buyerId, skuId, 0);
    const answers = await Promise.all(Array.from({ length: 20 }, () => carts.put(buyerId, skuId, 3)));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    expect(await carts.contents(buyerId)).toEqual({ [skuId]: 3 });
  });

  it('tells of every SKU that is made, changed, or goes on or off sale with its product, once', async () => {
    const productId = `prod_${carts.newBuyer()}`;
    const sku = { title: 'Tea', productId, price: { minor: 1, currency: 'CNY' } };
    const ids = ['a', 'b'].map((end) => `sku_${productId}_${end}`);
    for (const id of ids) await world.api.call('POST', '/v1/skus', { ...sku, id });
    const told = async () =>
      (
        await world.prisma.$queryRaw<{ what: string }[]>`
          SELECT concat_ws(' ', type, payload->>'skuId', payload->>'onSale') AS what FROM outbox
          WHERE payload->>'productId' = ${productId} ORDER BY seq`
      ).map((row) => row.what);
    const change = (title: string, onShelf: boolean) =>
      world.api.call('PUT', `/v1/products/${productId}`, { title, onShelf });
    await change('Teas', true);
    const created = ids.map((id) => `SkuCreated ${id} true`);
    expect(await told()).toEqual(created);
    await change('Teas', false);
    await change('Teas', false);
    const off = ids.map((id) => `SkuChanged ${id} false`);
    expect(await told()).toEqual([...created, ...off]);
    await world.api.call('PUT', `/v1/skus/${ids[0]}`, { ...sku, onShelf: true });
    expect((await told()).slice(4)).toEqual(off.slice(0, 1));
  });
});
