import { faultOfUrl } from '../../src/adapters/events/webhook/addresses';
import { EVENT_TYPES, type EventEnvelope, topicOf } from '../../src/domain/events';
import { asyncApiDocument } from '../../src/http/asyncapi';
import { EVENT_MEANINGS, envelopeOf } from '../../src/http/schemas/events';
import { envelope } from '../support/events';
import { tableRows, text, ticked } from '../unit/deploy/support/documents';
import { FakeDeadLetters, FakeFeed } from './support/events';
import { harness } from './support/harness';

describe('GET /v1/events', () => {
  it('answers events and where to go on, for keys that read', async () => {
    const feed = new FakeFeed();
    feed.events.push(envelope('ord_1', 1), envelope('ord_1', 2), envelope('ord_2', 3));
    const { as } = await harness({ events: feed });

    const page = await as('read').get('/v1/events?limit=2');
    const next = await as('read').get('/v1/events?after=2&types=OrderPaid,OrderRefunded');
    const nothing = await as('read').get('/v1/events?after=3&types=OrderPaid');

    expect(page.body).toEqual({ items: feed.events.slice(0, 2), nextAfter: '2' });
    expect(next.body).toMatchObject({ items: [{ position: '3' }], nextAfter: '3' });
    expect(nothing.body).toEqual({ items: [], nextAfter: '3' });
    expect(feed.asked).toEqual([
      { after: '0', types: null, limit: 2 },
      { after: '2', types: ['OrderPaid', 'OrderRefunded'], limit: 100 },
      { after: '3', types: ['OrderPaid'], limit: 100 },
    ]);
    expect((await as('orders').get('/v1/events')).status).toBe(403);
  });
});

describe('consumers', () => {
  it('are listed with what they gave up on, and get it again', async () => {
    const deadLetters = new FakeDeadLetters();
    const { as } = await harness({ deadLetters });

    expect((await as('read').get('/v1/event-consumers')).body).toEqual({
      items: [{ name: 'shipping-notice', deadLetters: 3 }],
    });
    const replayed = await as('operate').post('/v1/event-consumers/shipping-notice/replay');
    expect([replayed.status, replayed.body]).toEqual([200, { replayed: 3 }]);
    expect(deadLetters.replayed).toEqual(['shipping-notice']);
    expect((await as('operate').post('/v1/event-consumers/nobody/replay')).body).toMatchObject({
      ...{ status: 404, code: 'event_consumer_not_found' },
    });
    expect((await as('read').post('/v1/event-consumers/shipping-notice/replay')).status).toBe(403);
  });
});

describe('webhook endpoints', () => {
  const URL = 'https://shop.example/events';

  it('are created with a secret that is shown this once', async () => {
    const { as } = await harness();
    const created = await as('operate')
      .post('/v1/webhook-endpoints')
      .send({ url: URL, types: ['OrderPaid'] });

    expect(created.status).toBe(201);
    expect(created.headers['location']).toBe('/v1/webhook-endpoints/whe_1');
    expect(created.body).toMatchObject({ id: 'whe_1', url: URL, types: ['OrderPaid'], state: 'active' });
    expect(created.body.secret).toBe('whsec_of_the_fake');
    const { secret: _shownOnce, ...shown } = created.body as Record<string, unknown>;
    expect((await as('read').get('/v1/webhook-endpoints/whe_1')).body).toEqual(shown);
    expect((await as('operate').get('/v1/webhook-endpoints')).body).toEqual({ items: [shown] });
  });

  it('are changed, disabled, sent to again and removed', async () => {
    const { as } = await harness();
    await as('operate').post('/v1/webhook-endpoints').send({ url: URL });
    const one = '/v1/webhook-endpoints/whe_1';

    const changed = await as('operate')
      .put(one)
      .send({ url: `${URL}2`, types: null, enabled: false });
    expect(changed.body).toMatchObject({ url: `${URL}2`, types: null, state: 'disabled' });
    expect((await as('operate').post(`${one}/replay`).send({ after: '3' })).body).toMatchObject({ position: '3' });
    const removed = await as('operate').delete(one);
    expect([removed.status, removed.text]).toEqual([204, '']);
    for (const call of [
      as('operate').get(one),
      as('operate').delete(one),
      as('operate').put(one).send({ url: URL, enabled: true }),
      as('operate').post(`${one}/replay`).send({ after: '0' }),
    ])
      expect((await call).body).toMatchObject({ status: 404, code: 'webhook_endpoint_not_found' });
  });

  it('are refused where they lead inside, name no event, or are too many', async () => {
    const { as } = await harness({ webhookUrlFault: (url) => faultOfUrl(url, true) });
    const create = (body: object) => as('operate').post('/v1/webhook-endpoints').send(body);

    for (const url of [
      'http://shop.example/',
      'https://10.0.0.1/',
      'not a URL',
      `https://shop.example/${'a'.repeat(2000)}`,
    ])
      expect((await create({ url })).body).toMatchObject({ code: 'validation_failed', errors: [{ path: 'url' }] });
    expect((await create({ url: URL, types: [] })).body).toMatchObject({ errors: [{ path: 'types' }] });
    expect((await create({ url: URL, types: ['Nonsense'] })).body).toMatchObject({ errors: [{ path: 'types.0' }] });
    expect((await create({ url: URL, secret: 'mine' })).body).toMatchObject({ errors: [{ path: 'secret' }] });
    for (let made = 0; made < 100; made += 1) expect((await create({ url: URL })).status).toBe(201);
    expect((await create({ url: URL })).body).toMatchObject({ status: 409, code: 'too_many_webhook_endpoints' });
    const inside = await as('operate')
      .put('/v1/webhook-endpoints/whe_1')
      .send({ url: 'https://127.0.0.1/', enabled: true });
    expect(inside.body).toMatchObject({ code: 'validation_failed' });
    expect((await as('read').post('/v1/webhook-endpoints').send({ url: URL })).status).toBe(403);
  });
});

describe('the contract of events', () => {
  interface Document {
    readonly channels: Record<string, { address: string; messages: Record<string, { $ref: string }> }>;
    readonly operations: Record<string, { channel: { $ref: string }; messages: { $ref: string }[] }>;
    readonly components: { messages: Record<string, { summary: string; payload: { required: string[] } }> };
  }
  const document = asyncApiDocument() as Document;

  const resolve = (ref: string): unknown =>
    ref
      .replace(/^#\//, '')
      .split('/')
      .reduce<unknown>((at, name) => (at as Record<string, unknown> | undefined)?.[name], document);

  it('is served as AsyncAPI 3 without a key', async () => {
    const { as } = await harness();
    const { status, body } = await as('read').get('/asyncapi.json').unset('Authorization');
    expect(status).toBe(200);
    expect(body).toMatchObject({ asyncapi: '3.0.0' });
    expect(body).toEqual(JSON.parse(JSON.stringify(document)));
  });

  it('has a channel, an operation and a message for every type, and every reference leads to something', () => {
    expect(Object.keys(document.channels)).toEqual(EVENT_TYPES);
    expect(Object.keys(document.components.messages)).toEqual(EVENT_TYPES);
    expect(Object.values(document.operations)).toHaveLength(EVENT_TYPES.length);
    expect(Object.values(document.channels).map(({ address }) => address)).toEqual(EVENT_TYPES.map(topicOf));
    const refs = [...JSON.stringify(document).matchAll(/"\$ref":"(#\/(?:channels|components)[^"]*)"/g)].map(
      ([, ref = '']) => ref,
    );
    expect(refs.length).toBeGreaterThanOrEqual(EVENT_TYPES.length * 3);
    expect(refs.filter((ref) => resolve(ref) === undefined)).toEqual([]);
  });

  it('lets fields be added, and none be left out', () => {
    expect(JSON.stringify(document)).not.toContain('additionalProperties');
    const fields: (keyof EventEnvelope)[] = ['id', 'type', 'schemaVersion', 'orderId', 'position', 'at', 'data'];
    for (const { payload } of Object.values(document.components.messages)) expect(payload.required).toEqual(fields);
    expect(envelopeOf('OrderRefunded').safeParse({ ...envelope('ord_1', 1), extra: 1 }).success).toBe(false);
    expect(envelopeOf('OrderRefunded').parse(envelope('ord_1', 1))).toEqual(envelope('ord_1', 1));
  });

  it('routes each type by a topic of its own, in words', () => {
    expect(topicOf('OrderPaid')).toBe('order.paid');
    expect(topicOf('LatePaymentRefunded')).toBe('late.payment.refunded');
    expect(new Set(EVENT_TYPES.map(topicOf)).size).toBe(EVENT_TYPES.length);
  });

  it('is in docs/events.md, type by type', () => {
    const rows = tableRows(text('docs/events.md'), 'type').map(([first = '']) => ticked(first)[0] ?? '');
    expect(rows).toEqual(EVENT_TYPES);
    expect(Object.keys(EVENT_MEANINGS).sort()).toEqual([...EVENT_TYPES].sort());
  });
});
