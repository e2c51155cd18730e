import { connectRabbit } from '../../src/adapters/events/rabbitmq/connect';
import { RabbitDeadLetters } from '../../src/adapters/events/rabbitmq/dead-letters';
import { RabbitEventPublisher } from '../../src/adapters/events/rabbitmq/publisher';
import { RabbitEventSource } from '../../src/adapters/events/rabbitmq/source';
import { PrismaDeadEvents } from '../../src/adapters/store/prisma/dead-events';
import { FeedDeadLetters, FeedSource } from '../../src/dispatch/feed-source';
import { withRetries } from '../../src/dispatch/retrying-consumer';
import { type EventEnvelope } from '../../src/domain/events';
import { type DeadLetters, type EventConsumer, type EventSource } from '../../src/ports/event-consumer';
import { openFeed, QUIET, turnOf, turns } from '../support/events';
import { AMQP_URL, describeWithRabbit, openRabbit } from '../support/rabbit';
import { until } from '../support/until';

const NAME = 'shipping-notice';
/** No pause: what is proved is how often it is tried. */
const RETRIES = [0, 0];

interface SourceUnderTest {
  readonly source: EventSource;
  readonly deadLetters: DeadLetters;
  /** Another one, as in another process. */
  another(): EventSource;
  /** Makes `count` further events of the order reach the consumers. */
  tell(orderId: string, count?: number): Promise<void>;
  close(): Promise<void>;
}

/** What EventSource and DeadLetters promise, whichever brings the events. */
function eventSourceSuite(open: () => Promise<SourceUnderTest>): void {
  let it: SourceUnderTest;
  let bad: Set<number>;
  let alerts: unknown[];
  beforeEach(async () => {
    it = await open();
    bad = new Set();
    alerts = [];
  });
  afterEach(() => it.close());

  /** Fails at the events of `bad`; notes every event each time it is handed one. */
  function consumer(): { consumer: EventConsumer; handled: EventEnvelope[]; tried: number[] } {
    const handled: EventEnvelope[] = [];
    const tried: number[] = [];
    const plain: EventConsumer = {
      name: NAME,
      types: ['OrderRefunded'],
      handle: (event) => {
        tried.push(turnOf(event));
        if (bad.has(turnOf(event))) return Promise.reject(new Error('this event is poison'));
        handled.push(event);
        return Promise.resolve();
      },
    };
    const alert = (...told: unknown[]) => alerts.push(told);
    return { consumer: withRetries(plain, { alert, log: QUIET, retries: RETRIES }), handled, tried };
  }

  test('hands each event out, in order, as it was written', async () => {
    const one = consumer();
    await it.source.run(one.consumer);
    await it.tell('ord_1', 20);

    await until('all are handled', () => one.handled.length === 20);

    expect(one.handled.map(turnOf)).toEqual(turns(20));
    expect(one.handled[0]).toMatchObject({ type: 'OrderRefunded', orderId: 'ord_1', schemaVersion: 1 });
  });

  test('sets an event that keeps failing aside, goes on, and tries it again when asked', async () => {
    const one = consumer();
    bad.add(2);
    await it.source.run(one.consumer);
    await it.tell('ord_1', 3);
    await until('the others are handled', () => one.handled.length === 2);
    await until('the bad one is set aside', async () => (await it.deadLetters.counts()).get(NAME) === 1);
    expect(one.tried).toEqual([1, 2, 2, 2, 3]);
    expect(alerts).toEqual([['event_dead', expect.objectContaining({ consumer: NAME, type: 'OrderRefunded' })]]);

    expect(await it.deadLetters.replay(NAME)).toBe(1);
    await until('it is tried and set aside again', () => alerts.length === 2);
    await until('it is counted again', async () => (await it.deadLetters.counts()).get(NAME) === 1);
    bad.clear();
    expect(await it.deadLetters.replay(NAME)).toBe(1);

    await until('it is handled after all', () => one.handled.length === 3);
    await until('nothing is set aside any more', async () => (await it.deadLetters.counts()).get(NAME) === 0);
    expect(one.handled.map(turnOf)).toEqual([1, 3, 2]);
  });

  test('one process at a time gets them; the next goes on where it stopped', async () => {
    const [one, two] = [consumer(), consumer()];
    const second = it.another();
    await it.source.run(one.consumer);
    await it.tell('ord_1', 10);
    await until('the first has handled them', () => one.handled.length === 10);
    await it.source.stop();

    await second.run(two.consumer);
    await it.tell('ord_1', 10);
    await until('the second has handled the others', () => two.handled.length === 10);

    expect(one.handled.map(turnOf)).toEqual(turns(10));
    expect(two.handled.map(turnOf)).toEqual(turns(20).slice(10));
    await second.stop();
  });

  test('a stop waits for what is being handled, and what was not is handed out again', async () => {
    let entered = (): void => undefined;
    const inside = new Promise<void>((resolve) => (entered = resolve));
    let letGo = (): void => undefined;
    const gate = new Promise<void>((resolve) => (letGo = resolve));
    const handled: number[] = [];
    await it.source.run({
      name: NAME,
      types: ['OrderRefunded'],
      handle: async (event) => {
        entered();
        await gate;
        handled.push(turnOf(event));
      },
    });
    await it.tell('ord_1', 3);
    await inside;

    const stopped = it.source.stop();
    letGo();
    await stopped;

    expect(handled).toEqual([1]);
    const rest = consumer();
    const next = it.another();
    await next.run(rest.consumer);
    await until('the rest is handled', () => rest.handled.length >= 2);
    expect(rest.handled.map(turnOf)).toEqual([2, 3]);
    await next.stop();
  });

  test('nobody has dead letters who is no consumer', async () => {
    expect(await it.deadLetters.replay('nobody')).toBeNull();
    expect(await it.deadLetters.counts()).toEqual(new Map([[NAME, 0]]));
  });
}

describe('consumers of the feed itself', () => {
  eventSourceSuite(async () => {
    const db = await openFeed('feed-source');
    const dead = new PrismaDeadEvents(db.prisma);
    const sources: FeedSource[] = [];
    const another = (): FeedSource => {
      const source = new FeedSource({ cursors: db.cursors, dead, log: QUIET });
      sources.push(source);
      return source;
    };
    return {
      source: another(),
      another,
      deadLetters: new FeedDeadLetters(dead, [NAME]),
      tell: async (orderId, count) => {
        await db.tell(orderId, count);
        await db.sequenceAll();
      },
      close: async () => {
        await Promise.all(sources.map((source) => source.stop()));
        await db.close();
      },
    };
  });
});

describeWithRabbit('consumers behind RabbitMQ', () => {
  async function openSource() {
    const rabbit = openRabbit();
    const db = await openFeed('rabbit-source');
    const { topology } = rabbit;
    const connection = connectRabbit({ url: AMQP_URL, name: 'holdfast-test', log: QUIET });
    const publisher = new RabbitEventPublisher({ connection, topology, consumers: [], returned: () => undefined });
    const sources: RabbitEventSource[] = [];
    const another = (): RabbitEventSource => {
      const source = new RabbitEventSource({ connection, topology, log: QUIET });
      sources.push(source);
      return source;
    };
    let told = '0';
    const under: SourceUnderTest = {
      source: another(),
      another,
      deadLetters: new RabbitDeadLetters({ connection, topology, consumers: [NAME] }),
      tell: async (orderId, count) => {
        await db.tell(orderId, count);
        await db.sequenceAll();
        const { events, upTo } = await db.feed.read({ after: told, types: null, limit: 500 });
        told = upTo;
        await publisher.publish(events);
      },
      close: async () => {
        await Promise.all(sources.map((source) => source.stop()));
        await publisher.close();
        await connection.close();
        await rabbit.close(NAME);
        await db.close();
      },
    };
    return { under, rabbit };
  }

  eventSourceSuite(async () => (await openSource()).under);

  test('a message that is no event is a dead letter, and holds up nothing', async () => {
    const { under, rabbit } = await openSource();
    const handled: number[] = [];
    await under.source.run({
      name: NAME,
      types: ['OrderRefunded'],
      handle: (event) => Promise.resolve(void handled.push(turnOf(event))),
    });

    await rabbit.send('order.refunded', '{broken');
    await rabbit.send('order.refunded', { id: 'evt_1', type: 'Nonsense', data: {} });
    await rabbit.send('order.refunded', { id: 7, type: 'OrderRefunded' });
    await under.tell('ord_1', 1);

    await until('the event is handled', () => handled.length === 1);
    await until('the others are set aside', async () => (await rabbit.dead(NAME)) === 3);
    await under.close();
  });
});
