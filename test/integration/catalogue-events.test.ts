import { untilLockWaits } from '../support/lock';
import { openTransaction } from '../support/open-transaction';
import { openWorld, type World } from '../support/world';

describe('events of the catalogue', () => {
  let world: World;
  beforeAll(async () => {
    world = await openWorld('catalogue_events');
  });
  afterAll(() => world.close());

  it('of a product’s and a SKU’s change at once, the later event tells the later fact', async () => {
    const skuId = await world.api.addSku(5);
    const { productId } = await world.prisma.sku.findUniqueOrThrow({ where: { id: skuId } });
    // The product is on its way off the shelf: its row is changed and not committed yet.
    const leaving = await openTransaction(
      world.config.databaseUrl,
      'UPDATE products SET on_shelf = false WHERE id = $1',
      [productId],
    );
    const body = { title: 'renamed', productId, price: { minor: 500, currency: 'CNY' }, onShelf: true };
    const renaming = world.api.call('PUT', `/v1/skus/${skuId}`, body);
    await untilLockWaits(world.prisma, 1, 'products');
    await leaving.commit();

    expect((await renaming).status).toBe(200);
    const told = await world.prisma.outbox.findMany({ where: { type: 'SkuChanged' }, orderBy: { createdAt: 'asc' } });
    expect(told.map(({ payload }) => payload).filter((each) => (each as { skuId: string }).skuId === skuId)).toEqual([
      expect.objectContaining({ skuId, title: 'renamed', onShelf: true, onSale: false }),
    ]);
  });
});
