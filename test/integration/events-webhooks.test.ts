import { createHmac, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import Stripe from 'stripe';
import { HttpWebhookSender } from '../../src/adapters/events/webhook/sender';
import { createNewId } from '../../src/adapters/ids/ulid';
import { PrismaWebhookEndpoints } from '../../src/adapters/store/prisma/webhook-endpoints';
import { createWebhookDeliverer } from '../../src/dispatch/webhook-deliverer';
import { type EventEnvelope } from '../../src/domain/events';
import { MOST_WEBHOOK_ENDPOINTS } from '../../src/domain/webhook-endpoint';
import { type FeedUnderTest, got, openFeed, QUIET, turnOf, turns } from '../support/events';
import { until } from '../support/until';

interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly event: EventEnvelope;
}

let db: FeedUnderTest;
let endpoints: PrismaWebhookEndpoints;
let deliverer: ReturnType<typeof createWebhookDeliverer>;
let alerts: unknown[][];
let now: number;
let receiver: Server;
let url: string;
let received: Received[];
/** What the receiver answers; a redirect leads to itself. */
let status: number;
/** What it answers first. */
let answers: number[];

beforeEach(async () => {
  [alerts, received, status, answers, now] = [[], [], 200, [], Date.parse('2026-01-01T00:00:00Z')];
  db = await openFeed('webhooks');
  endpoints = new PrismaWebhookEndpoints(db.prisma, { newId: createNewId(() => now), now: () => now });
  deliverer = createWebhookDeliverer({
    ...{ deliveries: endpoints, cursors: db.cursors, now: () => now, log: QUIET },
    sender: new HttpWebhookSender({ now: () => now, publicOnly: false, timeoutMs: 2_000 }),
    alert: (...alert) => alerts.push(alert),
  });
  receiver = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString();
      received.push({ headers: request.headers, body, event: JSON.parse(body) as EventEnvelope });
      response.writeHead(answers.shift() ?? status, { Location: url }).end('nothing of this may be kept');
    });
  }).listen(0, '127.0.0.1');
  await once(receiver, 'listening');
  url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/events`;
});
afterEach(async () => {
  await deliverer.stop();
  receiver.close();
  await once(receiver, 'close');
  await db.close();
});

async function create(types: ('OrderRefunded' | 'OrderPaid')[] | null = null): Promise<{ id: string; secret: string }> {
  const created = await endpoints.create({ url, types });
  return { id: created?.endpoint.id ?? '', secret: created?.secret ?? '' };
}

async function tell(count: number): Promise<void> {
  await db.tell('ord_1', count);
  await db.sequenceAll();
}

const told = () => received.map(({ event }) => turnOf(event));
const state = async (id: string) => (await endpoints.find(id))?.state;

test('sends what happens from the creation on, in order, signed so that independent code agrees', async () => {
  await tell(2);
  const { id, secret } = await create();
  await tell(3);
  deliverer.start();

  await until('all are sent', async () => (await endpoints.find(id))?.lag === 0);

  expect(told()).toEqual([3, 4, 5]);
  for (const { headers, body, event } of received) {
    const signature = String(headers['holdfast-signature']);
    const [, t = '', v1 = ''] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(signature) ?? [];
    const expected = createHmac('sha256', secret).update(`${t}.${body}`).digest();
    expect(timingSafeEqual(Buffer.from(v1, 'hex'), expected)).toBe(true);
    expect(Number(t)).toBe(now / 1000);
    const stripe = Stripe.webhooks.constructEvent(body, signature, secret, Number.MAX_SAFE_INTEGER);
    expect(stripe).toEqual(event);
    expect(() => Stripe.webhooks.constructEvent(`${body} `, signature, secret, Number.MAX_SAFE_INTEGER)).toThrow();
    expect(headers).toMatchObject({
      ...{ 'holdfast-event-id': event.id, 'holdfast-event-type': event.type, 'content-type': 'application/json' },
    });
  }
  const { events } = await db.feed.read({ after: '2', types: null, limit: 10 });
  expect(received.map(({ event }) => event)).toEqual(events);
});

test.each([
  ['an error', 500, 'answered 500'],
  ['a redirect', 302, 'answered 302'],
])('takes %s as a failure, waits ever longer, and loses nothing', async (_what, answer, error) => {
  status = answer;
  const { id } = await create();
  await tell(2);
  deliverer.start();
  await until('it has failed', async () => (await state(id)) === 'failing');

  expect(await endpoints.find(id)).toMatchObject({ lastError: error, nextTryAt: new Date(now + 5_000).toISOString() });
  now += 5_000;
  deliverer.wake();
  await until('it has failed again', () => received.length === 2);
  await until(
    'it waits longer',
    async () => (await endpoints.find(id))?.nextTryAt === new Date(now + 10_000).toISOString(),
  );
  status = 204;
  now += 10_000;
  deliverer.wake();
  await until('it has recovered', async () => (await state(id)) === 'active');

  await until('it is through', async () => (await endpoints.find(id))?.lag === 0);
  expect(told()).toEqual([1, 1, 1, 2]);
  expect(await endpoints.find(id)).toMatchObject({ lastError: null, nextTryAt: null });
  expect(alerts).toEqual([]);
});

test('gives up after three days, tells a person, and goes on from there when enabled', async () => {
  status = 503;
  const { id } = await create();
  await tell(1);
  deliverer.start();
  await until('it has failed', async () => (await state(id)) === 'failing');
  now += 72 * 60 * 60 * 1000;
  deliverer.wake();
  await until('a person is told', () => alerts.length > 0);
  expect(await state(id)).toBe('disabled');
  expect(alerts).toEqual([['webhook_disabled', { endpointId: id, error: 'answered 503', failures: 2 }]]);
  await tell(1);
  deliverer.wake();

  status = 200;
  const before = received.length;
  await endpoints.update(id, { url, types: null, enabled: true });
  deliverer.wake();

  await until('it is through', async () => (await endpoints.find(id))?.lag === 0);
  expect(told().slice(before)).toEqual([1, 2]);
  expect(await state(id)).toBe('active');
});

test('a receiver that takes some of a batch each time makes progress, and is not given up on', async () => {
  const { id } = await create();
  await tell(1);
  status = 500;
  deliverer.start();
  await until('it has failed', async () => (await state(id)) === 'failing');
  await tell(2);
  now += 72 * 60 * 60 * 1000;
  answers = [200, 500];
  deliverer.wake();

  await until('the second of the batch has failed', () => received.length === 3);
  const nextTryAt = new Date(now + 5_000).toISOString();
  await until('it is tried again soon', async () => (await endpoints.find(id))?.nextTryAt === nextTryAt);
  expect(told()).toEqual([1, 1, 2]);
  expect(await endpoints.find(id)).toMatchObject({ state: 'failing', position: '1' });
  expect(alerts).toEqual([]);
});

test('a turn whose lease ran out while it waited sends nothing that another is sending, and else goes on', async () => {
  const { id } = await create();
  await tell(2);
  const [endpoint] = await endpoints.due(1);
  if (!endpoint) throw new Error('nothing is due');
  const claim = async () =>
    got(await db.cursors.claim({ subscriber: id, types: null, lanes: 1, limit: 20, leaseMs: 60_000 }));
  const lapse = () => db.prisma.$executeRaw`UPDATE event_cursors SET leased_until = clock_timestamp() - interval '1 s'`;
  const late = await claim();
  await lapse();
  const mine = await claim();
  deliverer.offer({ endpoint, claim: late });
  await lapse();
  deliverer.offer({ endpoint: { ...endpoint, id: `${id} of another` }, claim: mine });
  await deliverer.stop();

  expect(told()).toEqual([1, 2]);
  expect(await endpoints.find(id)).toMatchObject({ position: '2', lag: 0 });
});

test('sends nothing while it is disabled', async () => {
  const { id } = await create();
  await endpoints.update(id, { url, types: null, enabled: false });
  await tell(2);
  expect(await endpoints.due(10)).toEqual([]);
  expect(await endpoints.find(id)).toMatchObject({ state: 'disabled', lag: 2 });
});

test('sends only the types that were asked for, and gets past the others', async () => {
  const [all, paid] = [await create(), await create(['OrderPaid'])];
  await tell(3);
  deliverer.start();

  await until('both are through', async () => (await endpoints.list()).every(({ lag }) => lag === 0));

  expect(told()).toEqual([1, 2, 3]);
  expect((await endpoints.list()).map(({ id, types }) => [id, types])).toEqual([
    [all.id, null],
    [paid.id, ['OrderPaid']],
  ]);
});

test('replays from a position on, also while it is delivering', async () => {
  const { id } = await create();
  await tell(5);
  const claim = await db.cursors.claim({ subscriber: id, types: null, lanes: 1, limit: 5, leaseMs: 60_000 });
  expect(claim?.events).toHaveLength(5);

  expect(await endpoints.replay(id, '2')).toMatchObject({ position: '2', lag: 3 });
  expect(claim && (await db.cursors.reached(claim, '5'))).toBe(false);
  deliverer.start();
  await until('it is through', async () => (await endpoints.find(id))?.lag === 0);
  expect(told()).toEqual([3, 4, 5]);

  expect(await endpoints.replay(id, '99')).toMatchObject({ position: '5' });
  expect(await endpoints.replay('whe_nobody', '1')).toBeNull();
});

test('is removed with its place, and never more than as many as there may be', async () => {
  const made = await Promise.all(turns(MOST_WEBHOOK_ENDPOINTS + 3).map(() => create()));
  const ids = made.map(({ id }) => id).filter(Boolean);
  expect(ids).toHaveLength(MOST_WEBHOOK_ENDPOINTS);
  expect(await endpoints.remove(ids[0] ?? '')).toBe(true);
  expect(await endpoints.remove(ids[0] ?? '')).toBe(false);
  expect(await db.prisma.eventCursor.count()).toBe(MOST_WEBHOOK_ENDPOINTS - 1);
});

test('a receiver that says nothing, or is not there, fails without keeping a word of it', async () => {
  const sender = new HttpWebhookSender({ now: () => now, publicOnly: false, timeoutMs: 300 });
  await tell(1);
  const [event] = (await db.feed.read({ after: '0', types: null, limit: 1 })).events;
  if (!event) throw new Error('no event');
  const silent = createServer(() => undefined).listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const { port } = silent.address() as AddressInfo;
  const to = { url: `http://127.0.0.1:${port}/`, secret: 'whsec_test' };

  expect(await sender.send(to, event)).toEqual({ t: 'failed', error: 'no answer within 300 ms' });
  silent.close();
  silent.closeAllConnections();
  await once(silent, 'close');
  expect(await sender.send(to, event)).toEqual({ t: 'failed', error: 'ECONNREFUSED' });
});
