import { createPrisma } from '../../src/adapters/store/prisma/client';
import { createTestDatabase } from '../support/database';
import { orderPaid } from '../support/some-events';
import { storeSales } from '../examples/store-sales';

describe('the consumer that docs/consumers.md shows', () => {
  it('counts each order once, though its event comes twice, also at the same time', async () => {
    const database = await createTestDatabase('example consumer');
    const prisma = createPrisma(database.url);
    await prisma.$executeRaw`
      CREATE TABLE store_sales (store_id text, currency text, sold bigint NOT NULL, PRIMARY KEY (store_id, currency))`;
    const consumer = storeSales(prisma);
    const events = [orderPaid(), orderPaid({ storeId: 'store_1' }), orderPaid({ orderId: 'ord_2' })];
    await Promise.all([...events, ...events].map((event) => consumer.handle(event)));
    for (const event of events) await consumer.handle(event);
    const sales = await prisma.$queryRaw`SELECT store_id, sold FROM store_sales ORDER BY store_id`;
    expect(sales).toEqual([
      { store_id: 'online', sold: 12_000n },
      { store_id: 'store_1', sold: 6_000n },
    ]);
    await prisma.$disconnect();
    await database.drop();
  });
});
