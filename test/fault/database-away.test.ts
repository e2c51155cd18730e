import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy';
import { until } from '../support/until';
import { openWorld } from '../support/world';

describe('a database that is away', () => {
  it('is answered with 503 not_ready and when to come back, and nothing doubles when it is there again', async () => {
    const proxies: TcpProxy[] = [];
    const databaseVia = async (url: string): Promise<string> => {
      const via = new URL(url);
      const proxy = await startTcpProxy({ host: via.hostname, port: Number(via.port) });
      proxies.push(proxy);
      via.port = String(proxy.port);
      return via.href;
    };
    const world = await openWorld('database-away', { databaseVia });
    try {
      const skuId = await world.api.addSku(10);
      const ask = () => world.api.place({ lines: [{ skuId, quantity: 1 }], payWith: null }, 'placed-while-away');
      const read = () => world.api.call('GET', `/v1/skus/${skuId}`);
      proxies.forEach((proxy) => proxy.cut());
      for (const each of [ask, read, ask, read]) {
        const answer = await each();
        expect(answer).toMatchObject({
          status: 503,
          body: { code: 'not_ready', detail: 'PostgreSQL cannot be reached, or does not answer in time' },
        });
        expect(answer.headers.get('retry-after')).toBe('1');
      }
      proxies.forEach((proxy) => proxy.mend());
      await until('the same request is answered', async () => (await ask()).status === 201);
      expect(await world.api.stock(skuId)).toMatchObject({ available: 9, reserved: 1 });
    } finally {
      proxies.forEach((proxy) => proxy.mend());
      await world.close();
      await Promise.all(proxies.map((proxy) => proxy.close()));
    }
  });
});
