import { Client } from 'pg';
import { SEQUENCER_LOCK } from '../../src/adapters/store/prisma/event-feed';
import { FEED_LANES } from '../../src/ports/event-feed';
import { type FeedUnderTest, firstDeliveries, got, openFeed, turnOf, turns } from '../support/events';

let db: FeedUnderTest;
beforeEach(async () => {
  db = await openFeed('feed');
});
afterEach(() => db.close());

const LEASE_MS = 60_000;
const ALL = { types: null, limit: 100, leaseMs: LEASE_MS } as const;

async function session(): Promise<Client> {
  const client = new Client({ connectionString: db.url });
  await client.connect();
  return client;
}

function insert(client: Client, id: string): Promise<unknown> {
  return client.query(
    `INSERT INTO outbox (id, type, order_id, payload) VALUES ($1, 'OrderRefunded', $1, '{"amount": {"minor": 1}}')`,
    [id],
  );
}

describe('the feed', () => {
  it('misses no event whose transaction took its number first and committed last', async () => {
    const [slow, quick] = [await session(), await session()];
    await slow.query('BEGIN');
    await insert(slow, 'slow');
    await insert(quick, 'quick');
    await db.sequenceAll();

    const first = await db.feed.read({ after: '0', types: null, limit: 10 });
    await slow.query('COMMIT');
    await db.sequenceAll();
    const second = await db.feed.read({ after: first.upTo, types: null, limit: 10 });

    expect(first.events.map(({ id, position }) => [id, position])).toEqual([['quick', '1']]);
    expect(second.events.map(({ id, position }) => [id, position])).toEqual([['slow', '2']]);
    await Promise.all([slow.end(), quick.end()]);
  });

  it('has no gaps and one event a position while writers and sequencers are busy at once', async () => {
    const writing = turns(20).map((order) => db.tell(`ord_${order}`, 10));
    let open = true;
    const sequencing = turns(4).map(async () => {
      while (open) await db.feed.sequence();
    });
    await Promise.all(writing);
    open = false;
    await Promise.all(sequencing);
    await db.sequenceAll();

    const { events, upTo } = await db.feed.read({ after: '0', types: null, limit: 500 });

    expect(events.map(({ position }) => Number(position))).toEqual(turns(200));
    expect(upTo).toBe('200');
    expect([...firstDeliveries(events).values()]).toEqual(turns(20).map(() => turns(10)));
    expect(await db.feed.unplaced()).toBe(0);
  });

  it('leaves the sequencing to whoever is at it', async () => {
    const other = await session();
    await other.query('BEGIN');
    await other.query('SELECT pg_advisory_xact_lock($1)', [SEQUENCER_LOCK]);
    await db.tell('ord_1');

    expect(await db.feed.sequence()).toBe(0);
    await other.query('COMMIT');
    expect(await db.feed.sequence()).toBe(1);
    await other.end();
  });

  it('is read in pages and by type, and says where to go on also when there is nothing', async () => {
    await db.tell('ord_1', 3);
    await db.sequenceAll();
    const read = (after: string, limit: number, types: ('OrderPaid' | 'OrderRefunded')[] | null = null) =>
      db.feed.read({ after, types, limit });

    const page = await read('0', 2);
    expect(page.events.map(turnOf)).toEqual([1, 2]);
    expect(page.upTo).toBe('2');
    expect(await read(page.upTo, 2)).toMatchObject({ events: [{ position: '3' }], upTo: '3' });
    expect(await read('3', 2)).toEqual({ events: [], upTo: '3' });
    expect(await read('0', 2, ['OrderPaid'])).toEqual({ events: [], upTo: '3' });
    expect(await read('99', 2)).toEqual({ events: [], upTo: '99' });
  });
});

describe('cursors', () => {
  const claim = (subscriber: string, lanes: number, leaseMs = LEASE_MS) =>
    db.cursors.claim({ ...ALL, subscriber, lanes, leaseMs });

  it('share lanes out: each to one claimer, the events of an order to the same', async () => {
    await db.cursors.subscribe('relay', { lanes: FEED_LANES, from: 'first' });
    for (const order of turns(40)) await db.tell(`ord_${order}`, 2);
    await db.sequenceAll();

    const [one, two] = [got(await claim('relay', 4)), got(await claim('relay', 8))];

    expect([...one.lanes, ...two.lanes].sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(await claim('relay', 8)).toBeNull();
    const ofOne = new Set(one.events.map(({ orderId }) => orderId));
    expect(two.events.filter(({ orderId }) => ofOne.has(orderId))).toEqual([]);
    expect(one.events.length + two.events.length).toBe(80);
    expect(one.events.length).toBeGreaterThan(0);
  });

  it('hand an event out again until a position behind it was reached', async () => {
    await db.cursors.subscribe('shop', { lanes: 1, from: 'first' });
    await db.tell('ord_1', 3);
    await db.sequenceAll();

    const first = got(await claim('shop', 1));
    expect(await db.cursors.reached(first, '1')).toBe(true);
    const second = got(await claim('shop', 1));
    await db.cursors.release(second);
    const third = got(await claim('shop', 1));
    expect(await db.cursors.reached(third, third.upTo)).toBe(true);

    expect([first, second, third].map(({ events }) => events.map(turnOf))).toEqual([
      [1, 2, 3],
      [2, 3],
      [2, 3],
    ]);
    expect(await claim('shop', 1)).toBeNull();
  });

  it('pass from one whose lease ran out to the next, and no further word of the first counts', async () => {
    await db.cursors.subscribe('shop', { lanes: 1, from: 'first' });
    await db.tell('ord_1', 2);
    await db.sequenceAll();
    const late = got(await claim('shop', 1));
    await db.prisma.$executeRaw`UPDATE event_cursors SET leased_until = clock_timestamp() - interval '1 second'`;

    const next = got(await claim('shop', 1));

    expect(next.events.map(turnOf)).toEqual([1, 2]);
    expect(await db.cursors.reached(late, '2')).toBe(false);
    await db.cursors.release(late);
    expect(await claim('shop', 1)).toBeNull();
    expect(await db.cursors.reached(next, '1', LEASE_MS)).toBe(true);
    expect(await claim('shop', 1)).toBeNull();
    expect(await db.cursors.standings()).toEqual([
      { subscriber: 'shop', behind: 1, oldestSeconds: expect.any(Number) },
    ]);
  });

  it('get past what they did not ask for', async () => {
    await db.cursors.subscribe('shop', { lanes: 1, from: 'first' });
    await db.tell('ord_1', 3);
    await db.sequenceAll();

    const nothing = got(await db.cursors.claim({ ...ALL, subscriber: 'shop', types: ['OrderPaid'], lanes: 1 }));
    await db.cursors.reached(nothing, nothing.upTo);

    expect(nothing).toMatchObject({ events: [], upTo: '3' });
    expect(await db.cursors.standings()).toEqual([{ subscriber: 'shop', behind: 0, oldestSeconds: 0 }]);
  });

  it('begin at the first event or behind the last, once', async () => {
    await db.tell('ord_1', 2);
    await db.sequenceAll();
    await db.cursors.subscribe('old', { lanes: 1, from: 'first' });
    await db.cursors.subscribe('new', { lanes: 1, from: 'now' });
    await db.tell('ord_1');
    await db.sequenceAll();
    await db.cursors.subscribe('new', { lanes: 1, from: 'first' });

    expect(got(await claim('old', 1)).events.map(turnOf)).toEqual([1, 2, 3]);
    expect(got(await claim('new', 1)).events.map(turnOf)).toEqual([3]);
  });
});
