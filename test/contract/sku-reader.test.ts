import { createNewId } from '../../src/adapters/ids/ulid';
import { PrismaCatalogue } from '../../src/adapters/store/prisma/catalogue';
import { createPrisma } from '../../src/adapters/store/prisma/client';
import { type PrismaClient } from '../../src/adapters/store/prisma/generated/client';
import { PrismaSkuReader } from '../../src/adapters/store/prisma/sku-reader';
import { type SkuQuery } from '../../src/ports/catalogue';
import { createTestDatabase, type TestDatabase } from '../support/database';
import { openTransaction } from '../support/open-transaction';
import { lockWaiters } from '../support/lock';
import { until } from '../support/until';

const IDS = ['sku_a', 'sku_b', 'sku_c', 'sku_d'];

describe('reading SKUs for the cache', () => {
  let [database, prisma, catalogue, reader]: [TestDatabase, PrismaClient, PrismaCatalogue, PrismaSkuReader] =
    [] as never;
  beforeAll(async () => {
    database = await createTestDatabase('sku reader');
    prisma = createPrisma(database.url);
    catalogue = new PrismaCatalogue(prisma, createNewId(Date.now));
    reader = new PrismaSkuReader(prisma);
    for (const id of IDS) {
      const price = { minor: 100, currency: 'CNY' };
      const product = { productId: id < 'sku_c' ? 'prod_1' : 'prod_2', onShelf: id !== 'sku_b' };
      await catalogue.create({ id, title: id, price, initialStock: 5, unlimited: false, ...product });
    }
  });
  afterAll(async () => {
    await prisma.$disconnect();
    await database.drop();
  });

  it('reads what the catalogue has, with tickets that rise; ids that nobody has are missing', async () => {
    const first = await reader.read(['sku_b', 'sku_nowhere', 'sku_a']);
    const second = await reader.read([]);
    expect(new Set(first.skus)).toEqual(new Set([await catalogue.find('sku_a'), await catalogue.find('sku_b')]));
    expect(second).toEqual({ ticket: first.ticket + 1, skus: [] });
  });

  it.each([[{}], [{ productId: 'prod_1' }], [{ onShelf: false }], [{ productId: 'prod_2', onShelf: true }]])(
    'pages are the catalogue’s own, by %j',
    async (filter) => {
      for (let cursor: string | null = null, more = true; more; more = cursor !== null) {
        const query: SkuQuery = { ...filter, cursor, limit: 1 };
        const [page, whole] = [await reader.page(query), await catalogue.list(query)];
        expect(page).toEqual({ items: whole.items.map(({ id }) => ({ id })), nextCursor: whole.nextCursor });
        cursor = page.nextCursor;
      }
      await expect(reader.page({ ...filter, cursor: '%', limit: 1 })).rejects.toMatchObject({
        code: 'validation_failed',
      });
    },
  );

  it('what commits while a reading waits for its rows is in it: the ticket is older than what it vouches for', async () => {
    const before = await reader.read(['sku_d']);
    const sql = "UPDATE skus SET title = 'changed' WHERE id = 'sku_d'; LOCK TABLE skus IN ACCESS EXCLUSIVE MODE";
    const change = await openTransaction(database.url, sql);
    const reading = reader.read(['sku_d']);
    await until('the reading waits for its rows', async () => (await lockWaiters(prisma)).length === 1);
    await change.commit();
    const { ticket, skus } = await reading;
    expect(skus.map(({ title }) => title)).toEqual(['changed']);
    expect(ticket).toBe(before.ticket + 1);
  });
});
