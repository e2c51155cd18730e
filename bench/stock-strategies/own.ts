import { createPrisma } from '../../src/adapters/store/prisma/client';
import { applyMigrations } from '../../src/adapters/store/prisma/migrate';
import { PrismaStockStore } from '../../src/adapters/store/prisma/stock-store';
import { openStores } from '../../src/main/stores';
import { openPool } from '../lib/pool';
import { type Stage } from '../lib/stage';
import { booksOf, putOnShelf } from '../shops/holdfast';
import { type Hold } from '../skeletons/books';
import { always, countersAre, type Ground, type Strategy } from './strategy';

/** The longest pay window; nothing expires while the benchmark runs. */
const WINDOW_SECONDS = 1_800;

export const holdfastHold: Strategy = {
  name: 'Holdfast, hold',
  note: '`StockStore.hold`: counters and ledger, as a workflow takes them that was started without the API.',
  missing: always,
  open: async (stage) => {
    const { url, ground } = await openOwn(stage, 'holdfast_hold');
    const prisma = createPrisma(url);
    stage.add(() => prisma.$disconnect());
    const store = new PrismaStockStore(prisma);
    return {
      ...ground,
      hold: async ({ id, skuId, quantity }) =>
        (await store.hold({ orderId: id, lines: [{ skuId, quantity }] })).t === 'held',
    };
  },
};

export const holdfastPlace: Strategy = {
  name: 'Holdfast, place',
  note: '`OrderStore.place`, the door’s own group commit: counters and ledger, and beyond the others the order’s lines, its facts, two events and its start intent.',
  missing: always,
  open: async (stage) => {
    const { url, ground } = await openOwn(stage, 'holdfast_place');
    const stores = openStores(url, { now: Date.now, dataKeys: [] });
    stage.add(() => stores.close());
    const draftOf = ({ buyerId, skuId, quantity }: Hold) => ({
      ...{ buyerId, payWith: null, paymentWindowSeconds: WINDOW_SECONDS },
      lines: [{ skuId, quantity }],
    });
    return {
      ...ground,
      hold: async (hold) =>
        (await stores.orders.place({ orderId: hold.id, draft: draftOf(hold), startIntent: true })).t === 'placed',
    };
  },
};

async function openOwn(stage: Stage, name: string): Promise<{ url: string; ground: Omit<Ground, 'hold'> }> {
  const url = await stage.postgres.url(name);
  await applyMigrations({ databaseUrl: url });
  const pool = openPool({ connectionString: url, max: 1 });
  stage.add(() => pool.end());
  return {
    url,
    ground: {
      stock: async (units) => (await putOnShelf(pool, 1, units))[0] ?? '',
      checks: async (skuId, units, held) => [await countersAre(pool, skuId, units, held), ...(await booksOf(pool))],
    },
  };
}
