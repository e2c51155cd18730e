import { type ApiClient, type Answer, type OrderJson } from '../support/api-client';
import { expectBooksBalance } from '../support/invariants';
import { holdLock } from '../support/lock';
import { describeWithRedis, openRedisKeys, REDIS_URL, type RedisKeys } from '../support/redis';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy';
import { until } from '../support/until';
import { killLeftProcesses, startApiProcess } from '../support/worker-process';
import { openWorld, type World } from '../support/world';

const BUYERS = 500;
const UNITS = 100;
/** No window may be over, nor any unit come back by itself, while a burst lasts. */
const WINDOW_SECONDS = 600;
/** A sale is in its middle when so many hold a unit. */
const MIDDLE = UNITS / 4;

/** One placing of a burst; the gateway is chosen later, so that nothing but stock is asked for. */
const buy = (api: ApiClient, skuId: string, key?: string): Promise<Answer<OrderJson>> =>
  api.place({ lines: [{ skuId, quantity: 1 }], payWith: null, paymentWindowSeconds: WINDOW_SECONDS }, key);

describeWithRedis('a flash sale at the gate', () => {
  let world: World;
  let keys: RedisKeys;
  let proxy: TcpProxy;
  beforeAll(async () => {
    keys = openRedisKeys();
    const { hostname, port } = new URL(REDIS_URL);
    proxy = await startTcpProxy({ host: hostname, port: Number(port || 6379) });
    const redis = { url: `redis://127.0.0.1:${proxy.port}`, prefix: keys.prefix };
    world = await openWorld('admission', { worker: false, config: { redis } });
  });
  afterAll(async () => {
    await killLeftProcesses();
    await world.close();
    await proxy.close();
    await keys.close();
  });

  /** 500 buyers at once; `middle` is done once a quarter of the units is held, while most buyers wait for their answer. */
  async function burst(skuId: string, middle: () => unknown = () => undefined): Promise<void> {
    let held = 0;
    const answers = await Promise.all(
      Array.from({ length: BUYERS }, async () => {
        const answer = await buy(world.api, skuId);
        if (answer.status === 201 && (held += 1) === MIDDLE) await middle();
        return answer;
      }),
    );
    const refused = answers.filter(({ status }) => status !== 201);
    expect(answers.length - refused.length).toBe(UNITS);
    for (const { status, body } of refused) {
      expect([status, body.code]).toEqual([409, expect.stringMatching(/^(out_of_stock|sold_out)$/)]);
    }
    expect(await stock(skuId)).toMatchObject({ available: 0, reserved: UNITS, sold: 0 });
    expect(await world.prisma.order.count({ where: { lines: { some: { skuId } } } })).toBe(UNITS);
  }

  it.each<[string, () => unknown]>([
    ['with Redis', () => undefined],
    ['with Redis flushed in the middle', () => keys.flush()],
    ['with Redis stopped in the middle', () => proxy.cut()],
    ['with a Redis that falls silent in the middle', () => proxy.swallowAnswers()],
  ])(
    `${BUYERS} buyers, ${UNITS} units: exactly ${UNITS} hold one, ${'%s'}`,
    async (_, middle) => {
      await burst(await world.api.addSku(UNITS), middle);
      proxy.mend();
      await expectBooksBalance(world);
    },
    120_000,
  );

  /** From PostgreSQL: nobody runs here who would keep the SKU cache fresh. */
  const stock = (skuId: string) => world.prisma.stock.findUniqueOrThrow({ where: { skuId } });

  const soldOut = (skuId: string, quantity = 1) =>
    until('it is refused at the door', async () => {
      const { body } = await world.api.place({ lines: [{ skuId, quantity }], payWith: null });
      return body.code === 'sold_out' && body;
    });

  it('what is refused at the door leaves no order and no record of its key; the same key succeeds later', async () => {
    const skuId = await world.api.addSku(0);
    expect(await soldOut(skuId)).toMatchObject({ status: 409, shortages: [{ skuId, requested: 1, available: 0 }] });
    const refused = await until('the key is refused at the door', async () => {
      const answer = await buy(world.api, skuId, 'later');
      return answer.body.code === 'sold_out' && answer;
    });
    expect(refused.status).toBe(409);
    expect(await world.prisma.idempotencyRecord.count({ where: { key: 'later' } })).toBe(0);
    expect(await world.prisma.order.count({ where: { lines: { some: { skuId } } } })).toBe(0);
    await world.api.call('POST', `/v1/skus/${skuId}/stock`, { delta: 1, reason: 'delivery' });
    const placed = await until('the same key succeeds', async () => {
      const answer = await buy(world.api, skuId, 'later');
      return answer.status === 201 && answer;
    });
    await soldOut(skuId);
    const repeated = await buy(world.api, skuId, 'later');
    expect([repeated.status, repeated.body.id]).toEqual([201, placed.body.id]);
    expect(repeated.headers.get('idempotent-replayed')).toBe('true');
  }, 120_000);

  it('an API killed between the gate and the placing takes no unit with it', async () => {
    const skuId = await world.api.addSku(UNITS);
    const doomed = await startApiProcess(world, { REDIS_URL });
    // Its counter is there before the window opens, so that the gate takes units of it.
    expect((await buy(doomed.api, skuId)).status).toBe(201);
    await until('it is counted', async () => {
      // Takes nothing, but has the counter read anew where the last reading was lost on a busy machine.
      await doomed.api.place({ lines: [{ skuId, quantity: UNITS + 1 }], payWith: null });
      return (await keys.redis.exists(`holdfast:gate:${skuId}`)) === 1;
    });
    const unlock = await holdLock(world.config.databaseUrl, skuId);
    const lost: Promise<unknown>[] = [];
    await until('the gate has let units be taken that nobody will get', async () => {
      for (let n = 0; n < MIDDLE; n += 1) lost.push(buy(doomed.api, skuId).catch(() => null));
      // What PostgreSQL has stays as it is while its row is locked: fewer are left only by what was taken at the door.
      const left = await keys.redis.hget(`holdfast:gate:${skuId}`, 'left');
      return left !== null && Number(left) < UNITS - 1;
    });
    await doomed.kill();
    await Promise.all(lost);
    await unlock();
    const survivor = await startApiProcess(world, { REDIS_URL });
    // Whoever asks again and again gets what there is: all of it.
    await until('every unit is held', async () => {
      await Promise.all(Array.from({ length: 20 }, () => buy(survivor.api, skuId)));
      return (await stock(skuId)).available === 0;
    });
    expect(await stock(skuId)).toMatchObject({ available: 0, reserved: UNITS });
    await expectBooksBalance(world);
    expect(await survivor.terminate()).toBe(0);
  }, 180_000);
});
