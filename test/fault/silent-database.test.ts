import { openStores, type Stores } from '../../src/main/stores';
import { createTestDatabase } from '../support/database';
import { expectInvariants } from '../support/invariants';
import { expectEnd, PAID, placed } from '../support/races';
import { silentProxy, type SilentProxy } from '../support/silent-proxy';
import { until } from '../support/until';
import { openWorld } from '../support/world';

/** The limits are the product's own, some 12 s; each is waited for once. */
const PATIENT_MS = 120_000;

/** What a cable that is pulled, a frozen machine or a firewall that forgot looks like: nobody says that it is over. */
describe('a database that goes silent on open connections', () => {
  it(
    'a statement under way and a connection being made are given up; both work again when it speaks',
    async () => {
      const database = await createTestDatabase('silent');
      const proxy = await silentProxy(database.url);
      const [used, fresh] = [1, 2].map(() => openStores(proxy.url, { now: Date.now, dataKeys: [] })) as [
        Stores,
        Stores,
      ];
      try {
        await used.ping();
        proxy.silence();
        await Promise.all([expect(used.ping()).rejects.toThrow(), expect(fresh.ping()).rejects.toThrow()]);
        proxy.speak();
        await Promise.all([used.ping(), fresh.ping()]);
      } finally {
        proxy.speak();
        await Promise.all([used.close(), fresh.close()]);
        await proxy.close();
        await database.drop();
      }
    },
    PATIENT_MS,
  );

  it(
    'the service says that it is not ready, answers who waits, and loses and doubles nothing',
    async () => {
      const proxies: SilentProxy[] = [];
      const databaseVia = async (url: string): Promise<string> => {
        const proxy = await silentProxy(url);
        proxies.push(proxy);
        return proxy.url;
      };
      const world = await openWorld('silence', { databaseVia });
      try {
        const order = await placed(world, 'wechat');
        const skuId = await world.api.addSku(10);
        const ask = () => world.api.place({ lines: [{ skuId, quantity: 1 }], payWith: null }, 'placed-in-silence');
        proxies.forEach((proxy) => proxy.silence());
        const [placing, ready] = [ask(), world.api.call('GET', '/readyz')];
        expect(await world.sandbox.pay(order.merchantNo)).toMatchObject({ accepted: true });
        expect(await ready).toMatchObject({ status: 503, body: { detail: expect.stringContaining('postgresql') } });
        expect((await placing).status).toBeGreaterThanOrEqual(500);
        expect(await world.sandbox.story(order.merchantNo)).toEqual(['created', 'paid']);
        proxies.forEach((proxy) => proxy.speak());
        await until('the same request is answered', async () => (await ask()).status === 201);
        await expectEnd(world, order, PAID);
        expect(await world.api.stock(skuId)).toMatchObject({ available: 9, reserved: 1, sold: 0 });
        await expectInvariants(world);
      } finally {
        proxies.forEach((proxy) => proxy.speak());
        await world.close();
        await Promise.all(proxies.map((proxy) => proxy.close()));
      }
    },
    PATIENT_MS,
  );
});
