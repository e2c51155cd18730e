import { once } from '../../src/adapters/store/prisma/consumers';
import { type PrismaClient } from '../../src/adapters/store/prisma/generated/client';
import { type EventConsumer } from '../../src/ports/event-consumer';

const NAME = 'store-sales';

/** What each store has sold, in minor units: exact, although every event may come more than once. */
export function storeSales(prisma: PrismaClient): EventConsumer<'OrderPaid'> {
  return {
    name: NAME,
    types: ['OrderPaid'],
    handle: ({ id, data: { storeId, amount } }) =>
      once(prisma, NAME, id, async (tx) => {
        await tx.$executeRaw`
          INSERT INTO store_sales (store_id, currency, sold)
          VALUES (${storeId ?? 'online'}, ${amount.currency}, ${amount.minor})
          ON CONFLICT (store_id, currency) DO UPDATE SET sold = store_sales.sold + excluded.sold`;
      }),
  };
}
