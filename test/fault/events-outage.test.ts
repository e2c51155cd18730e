import { CONSUMER_NAMES } from '../../src/consumers/names';
import { type EventEnvelope } from '../../src/domain/events';
import { brokerProxy, describeWithRabbit, openRabbit, type RabbitUnderTest } from '../support/rabbit';
import { until } from '../support/until';
import { openWorld, type World } from '../support/world';

const PLACINGS = 300;
const AT_ONCE = 10;

interface Page {
  readonly items: readonly EventEnvelope[];
  readonly nextAfter: string;
}

describeWithRabbit('the broker goes away', () => {
  let rabbit: RabbitUnderTest;
  let proxy: Awaited<ReturnType<typeof brokerProxy>>;
  let world: World;
  beforeAll(async () => {
    rabbit = openRabbit();
    proxy = await brokerProxy();
    world = await openWorld('outage', { config: { amqp: { url: proxy.url, prefix: rabbit.prefix } } });
  });
  afterAll(async () => {
    proxy.mend();
    await world.close();
    await proxy.close();
    await rabbit.close(...CONSUMER_NAMES);
  });

  async function feed(): Promise<EventEnvelope[]> {
    const all: EventEnvelope[] = [];
    for (let after = '0'; ;) {
      const { body } = await world.api.call<Page>('GET', `/v1/events?after=${after}&limit=500`);
      if (body.items.length === 0) return all;
      all.push(...body.items);
      after = body.nextAfter;
    }
  }

  it(`during ${PLACINGS} placings: none fails, and afterwards every event has been told, in the order of each order`, async () => {
    const arrived = await rabbit.listen('all', 'all');
    const skuId = await world.api.addSku(PLACINGS);
    await until('events arrive', () => arrived.length > 0);
    const statuses: number[] = [];
    let left = PLACINGS;
    const buyer = async (): Promise<void> => {
      while (left > 0) {
        left -= 1;
        if (left === (PLACINGS / 6) * 5) proxy.cut();
        const { status } = await world.api.place({ lines: [{ skuId, quantity: 1 }], payWith: null });
        statuses.push(status);
      }
    };

    await Promise.all(Array.from({ length: AT_ONCE }, buyer));
    await until('all is in the feed', async () => (await world.stores.events.unplaced()) === 0);
    const written = await feed();
    const toldMeanwhile = new Set(arrived.map(({ id }) => id)).size;
    proxy.mend();
    await until('everything has arrived', () => new Set(arrived.map(({ id }) => id)).size === written.length);

    expect(statuses).toEqual(Array.from({ length: PLACINGS }, () => 201));
    expect(toldMeanwhile).toBeLessThan(written.length);
    expect(written.filter(({ type }) => type === 'OrderPlaced')).toHaveLength(PLACINGS);
    const byId = (one: EventEnvelope, other: EventEnvelope) => (one.id < other.id ? -1 : 1);
    const first = new Map(arrived.toReversed().map((event) => [event.id, event]));
    expect([...first.values()].sort(byId)).toEqual([...written].sort(byId));
    const seen = new Map<string, bigint>();
    for (const event of arrived.filter((each, index) => arrived.findIndex(({ id }) => id === each.id) === index)) {
      const orderId = event.orderId ?? event.id;
      expect(BigInt(event.position)).toBeGreaterThan(seen.get(orderId) ?? 0n);
      seen.set(orderId, BigInt(event.position));
    }
  });

  it('before a service starts: it starts, takes orders, and tells of them once the broker is there', async () => {
    const arrived = await rabbit.listen('later', ['OrderPlaced']);
    const skuId = await world.api.addSku(1);
    await world.stopService();
    proxy.cut();
    await world.startService();

    const { status, body } = await world.api.place({ lines: [{ skuId, quantity: 1 }], payWith: null });
    const dead = await world.api.call('GET', '/v1/event-consumers');
    proxy.mend();
    await until('the event arrives', () => arrived.some(({ orderId }) => orderId === body.id));

    expect(status).toBe(201);
    expect([dead.status, dead.body.code]).toEqual([503, 'not_ready']);
    expect((await world.api.call('GET', '/v1/event-consumers')).status).toBe(200);
  });
});
