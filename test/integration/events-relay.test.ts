import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { connectRabbit } from '../../src/adapters/events/rabbitmq/connect';
import { RabbitEventPublisher } from '../../src/adapters/events/rabbitmq/publisher';
import { createNewId } from '../../src/adapters/ids/ulid';
import { announce } from '../../src/adapters/store/prisma/events';
import { loadConfig } from '../../src/config';
import { CONSUMER_NAMES } from '../../src/consumers/names';
import { createRelay, RELAY } from '../../src/dispatch/event-relay';
import { type Poller } from '../../src/dispatch/poller';
import { type EventEnvelope } from '../../src/domain/events';
import { startRelay as startRelayRole } from '../../src/main/relay-service';
import { Teardown } from '../../src/main/teardown';
import { FEED_LANES } from '../../src/ports/event-feed';
import { type EventPublisher } from '../../src/ports/event-publisher';
import { type FeedUnderTest, firstDeliveries, openFeed, QUIET, turns } from '../support/events';
import { AMQP_URL, brokerProxy, describeWithRabbit, openRabbit, type RabbitUnderTest } from '../support/rabbit';
import { orderPaid } from '../support/some-events';
import { until } from '../support/until';

const ORDERS = 60;
const EACH = 5;

describeWithRabbit('the relay', () => {
  let db: FeedUnderTest;
  let rabbit: RabbitUnderTest;
  let arrived: EventEnvelope[];
  let undo: (() => Promise<unknown>)[];
  beforeEach(async () => {
    undo = [];
    db = await openFeed('relay');
    rabbit = openRabbit();
    arrived = await rabbit.listen('all', 'all');
    await db.cursors.subscribe(RELAY, { lanes: FEED_LANES, from: 'first' });
  });
  afterEach(async () => {
    for (const each of undo.reverse()) await each();
    await rabbit.close(...CONSUMER_NAMES);
    await db.close();
  });

  function startRelay(wrap: (publisher: EventPublisher) => EventPublisher = (same) => same): Poller {
    const connection = connectRabbit({ url: AMQP_URL, name: 'holdfast-test', log: QUIET });
    const { topology } = rabbit;
    const publisher = new RabbitEventPublisher({ connection, topology, consumers: [], returned: () => undefined });
    const relay = createRelay({ ...db, publisher: wrap(publisher), published: () => undefined, log: QUIET });
    undo.push(async () => {
      await relay.stop();
      await publisher.close();
      await connection.close();
    });
    relay.start();
    return relay;
  }

  async function tellAll(): Promise<void> {
    await Promise.all(turns(ORDERS).map((order) => db.tell(`ord_${order}`, EACH)));
    await db.sequenceAll();
  }

  const different = () => new Set(arrived.map(({ id }) => id)).size;
  const allInOrder = () => expect([...firstDeliveries(arrived).values()]).toEqual(turns(ORDERS).map(() => turns(EACH)));
  const nothingBehind = () =>
    until('the relay is through', async () => (await db.cursors.standings()).every(({ behind }) => behind === 0));

  it('shares the lanes with another one: while one waits for the broker, the other goes on with the rest', async () => {
    let letGo = (): void => undefined;
    const gate = new Promise<void>((open) => (letGo = open));
    const mine = new Set<string>();
    const others = new Set<string>();
    const noting = (ids: Set<string>, before: Promise<void>) => (publisher: EventPublisher) => ({
      publish: async (events: readonly EventEnvelope[]) => {
        events.forEach(({ id }) => ids.add(id));
        await before;
        await publisher.publish(events);
      },
    });
    await tellAll();
    startRelay(noting(mine, gate));
    await until('the first has its lanes', () => mine.size > 0);
    startRelay(noting(others, Promise.resolve()));

    await until('the second has told the rest', () => different() === ORDERS * EACH - mine.size);
    expect(arrived.filter(({ id }) => mine.has(id))).toEqual([]);
    expect(others.size).toBeGreaterThan(0);
    letGo();

    await until('everything has arrived', () => different() === ORDERS * EACH);
    await nothingBehind();
    expect(arrived).toHaveLength(ORDERS * EACH);
    allInOrder();
  });

  it('as a process of its own, before any worker was there: the consumers’ queues have what it tells', async () => {
    const teardown = new Teardown();
    undo.push(() => teardown.run());
    const { data } = orderPaid();
    await announce(db.prisma, createNewId(Date.now), 'OrderPaid', data.orderId, data);
    const amqp = { url: AMQP_URL, prefix: rabbit.prefix };

    await startRelayRole({ config: { ...loadConfig({}), databaseUrl: db.url, amqp }, log: QUIET, teardown });
    await until('it is told', () => arrived.length === 1);
    await nothingBehind();

    for (const name of ['shipping-notice', 'points-award', 'profit-share'])
      await until(`${name} has it`, async () => (await rabbit.waiting(rabbit.topology.queueOf(name))) === 1);
  });

  it('tells every event at least once, in order, also when its process is killed before the broker has confirmed', async () => {
    const proxy = await brokerProxy();
    undo.push(() => proxy.close());
    const child = spawn(
      process.execPath,
      ['--import', 'tsx', resolve(__dirname, '../support/relay-main.ts'), db.url, proxy.url, rabbit.prefix],
      { stdio: ['ignore', 'ignore', 'inherit'], env: { PATH: process.env['PATH'] } },
    );
    undo.push(() => Promise.resolve(child.kill('SIGKILL')));
    const exited = once(child, 'exit');
    await db.tell('ord_0');
    await until('it is at work', () => different() === 1);
    proxy.swallowAnswers();
    await tellAll();
    await until('some have arrived, none is confirmed', () => different() > 1);

    child.kill('SIGKILL');
    await exited;
    const before = different();
    expect(before).toBeLessThan(ORDERS * EACH);
    // As if the lease had run out.
    await db.prisma.$executeRaw`UPDATE event_cursors SET leased_until = clock_timestamp() WHERE lease IS NOT NULL`;
    startRelay();

    await until('everything has arrived', () => different() === ORDERS * EACH + 1);
    await nothingBehind();
    expect(arrived.length).toBeGreaterThan(ORDERS * EACH + 1);
    arrived.splice(0, arrived.length, ...arrived.filter(({ orderId }) => orderId !== 'ord_0'));
    allInOrder();
  });
});
