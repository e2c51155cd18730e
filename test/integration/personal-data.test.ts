import { orderWorkflowId } from '../../workflows/order/contract';
import { digestOf } from '../../src/config';
import { createPrisma } from '../../src/adapters/store/prisma/client';
import { canonicalJson } from '../../src/http/idempotency';
import { ApiClient } from '../support/api-client';
import { untilStatus } from '../support/invariants';
import { openWorld, type World } from '../support/world';

/** Values that occur nowhere else: where one is found, it was left lying about. */
const SECRET = {
  recipient: 'Canary Recipient Qz7',
  phone: '13987650123',
  idCard: '11010519491231002X',
  engraving: 'canary-engraving-Qz7',
  street: 'Canary Street 77',
  wrong: 'canary-wrong-value-Qz7',
  payerId: 'canary-openid-Qz7',
};
const ADDRESS = {
  recipient: SECRET.recipient,
  phone: SECRET.phone,
  province: 'Zhejiang',
  city: 'Hangzhou',
  street: SECRET.street,
};
const READER = 'key-that-only-reads';

interface DetailJson {
  readonly form: unknown;
  readonly shippingAddress: unknown;
  readonly personalData: string;
}

describe('personal data', () => {
  let world: World;
  let skuId: string;
  beforeAll(async () => {
    world = await openWorld('personal', { apiKeys: [{ digest: digestOf(READER), scopes: ['read'] }] });
    const own = { name: 'engraving', schema: { type: 'string', maxLength: 30 } };
    const price = { minor: 1999, currency: 'CNY' };
    const requiredForm = ['recipient', 'phone', 'idCard', own, 'shippingAddress'];
    const sku = { title: 'Tea', price, initialStock: 100, requiredForm };
    skuId = (await world.api.call<{ id: string }>('POST', '/v1/skus', sku)).body.id;
  });
  afterAll(() => world.close());

  const form = () => {
    const { recipient, phone, idCard, engraving } = SECRET;
    return { [skuId]: { recipient, phone, idCard, engraving } };
  };

  const bodyOf = (buyerId: string, change: object = {}) => ({
    buyerId,
    lines: [{ skuId, quantity: 1 }],
    payWith: 'wechat',
    payment: { method: 'jsapi', payerId: SECRET.payerId },
    form: form(),
    shippingAddress: ADDRESS,
    ...change,
  });

  const place = (buyerId: string, change: object = {}, headers: Record<string, string> = {}) =>
    world.api.call<{ id: string; payment: { merchantNo: string }; errors: { path: string }[] }>(
      'POST',
      '/v1/orders',
      bodyOf(buyerId, change),
      headers,
    );

  const detail = async (id: string, api = world.api) => (await api.call<DetailJson>('GET', `/v1/orders/${id}`)).body;

  /** Every row of every table as text, bytes in hexadecimal. */
  async function dump(): Promise<string> {
    const prisma = createPrisma(world.config.databaseUrl);
    try {
      const tables = await prisma.$queryRaw<{ name: string }[]>`
        SELECT quote_ident(table_name) AS name FROM information_schema.tables WHERE table_schema = 'public'`;
      const rows: string[] = [];
      for (const { name } of tables) {
        const found = await prisma.$queryRawUnsafe<{ text: string }[]>(`SELECT t::text AS text FROM ${name} t`);
        rows.push(...found.map(({ text }) => `${name} ${text}`));
      }
      return rows.join('\n');
    } finally {
      await prisma.$disconnect();
    }
  }

  async function history(workflowId: string): Promise<string> {
    const { events } = await world.temporal.client.workflow.getHandle(workflowId).fetchHistory();
    const text: string[] = [];
    const collect = (value: unknown): void => {
      if (value instanceof Uint8Array) text.push(Buffer.from(value).toString('utf8'));
      else if (typeof value === 'string') text.push(value);
      else if (typeof value === 'object' && value !== null) Object.values(value).forEach(collect);
    };
    collect(events);
    return text.join('\n');
  }

  it('is found nowhere in clear: not in the database, not in Temporal, not in the log, not in an answer but the one', async () => {
    const key = { 'idempotency-key': 'personal-1' };
    const bad = {
      form: { [skuId]: { ...form()[skuId], phone: SECRET.wrong } },
      shippingAddress: { street: SECRET.wrong },
    };
    const refused = await place('buyer_canary', bad, { 'idempotency-key': 'personal-bad' });
    expect(refused.status).toBe(422);
    const placed = await place('buyer_canary', {}, key);
    expect(placed.status).toBe(201);
    const { id, payment } = placed.body;
    const repeat = await place('buyer_canary', {}, key);
    expect([repeat.body.id, repeat.headers.get('idempotent-replayed')]).toEqual([id, 'true']);
    const withoutGateway = await place(
      'buyer_canary',
      { payWith: null, payment: undefined },
      { 'idempotency-key': 'personal-2' },
    );
    await world.sandbox.pay(payment.merchantNo);
    await untilStatus(world, id, 'paid');
    await world.api.cancel(withoutGateway.body.id);
    const timeline = await world.api.timeline(id);
    const list = await world.api.call('GET', '/v1/orders');

    const places = {
      database: await dump(),
      temporal: (await history(orderWorkflowId(id))) + (await history(orderWorkflowId(withoutGateway.body.id))),
      log: world.logged.join('\n'),
      answers: JSON.stringify([refused.body, placed.body, repeat.body, timeline, list.body]),
    };
    // Each of them is searched where it holds something: the buyer and the order are in all of them.
    expect(places.database).toContain('personal-2');
    expect(places.temporal).toContain('buyer_canary');
    expect(places.log).toContain('/v1/orders');
    expect(places.answers).toContain(id);
    for (const [where, text] of Object.entries(places)) {
      for (const secret of Object.values(SECRET)) {
        const forms = [secret, Buffer.from(secret).toString('hex')];
        expect({ where, found: forms.filter((each) => text.includes(each)) }).toEqual({ where, found: [] });
      }
    }
    // Nor can a guess be tested against the record of the key.
    expect(places.database).not.toContain(digestOf(`POST /v1/orders\n${canonicalJson(bodyOf('buyer_canary'))}`));
    expect(await detail(id)).toMatchObject({ form: form(), shippingAddress: ADDRESS, personalData: 'shown' });
  });

  it('is shown to the shop and hidden from whoever only reads', async () => {
    const { id } = (await place('buyer_shown')).body;
    const reader = new ApiClient(world.api.url, READER);
    expect(await detail(id)).toMatchObject({ form: form(), personalData: 'shown' });
    expect(await detail(id, reader)).toMatchObject({ form: null, shippingAddress: null, personalData: 'hidden' });
  });

  it('that is missing or wrong is told at once, and holds no stock', async () => {
    const before = await world.api.stock(skuId);
    const { status, body } = await place('buyer_wrong', {
      form: { [skuId]: { phone: '1', idCard: SECRET.idCard.replace('X', '1'), colour: 'red' }, sku_other: {} },
      shippingAddress: { ...ADDRESS, city: '' },
    });
    expect([status, body.code]).toEqual([422, 'validation_failed']);
    expect(body.errors.map(({ path }) => path).sort()).toEqual(
      [
        `form.${skuId}.colour`,
        `form.${skuId}.engraving`,
        `form.${skuId}.idCard`,
        `form.${skuId}.phone`,
        `form.${skuId}.recipient`,
        'form.sku_other',
        'shippingAddress.city',
      ].sort(),
    );
    expect(await world.api.stock(skuId)).toEqual(before);
  });

  it('is forgotten with its buyer, while the order goes on and the books stay', async () => {
    const { id, payment } = (await place('buyer_leaves')).body;
    const stays = (await place('buyer_stays')).body.id;
    const forget = () => world.api.call('DELETE', '/v1/buyers/buyer_leaves/personal-data');
    const forgotten = await forget();
    expect([forgotten.status, forgotten.body]).toEqual([
      200,
      { buyerId: 'buyer_leaves', forgottenAt: expect.any(String), orders: 1, openOrders: 1 },
    ]);
    expect(await detail(id)).toMatchObject({ form: null, shippingAddress: null, personalData: 'forgotten' });
    expect(await detail(stays)).toMatchObject({ personalData: 'shown' });
    await world.sandbox.pay(payment.merchantNo);
    await untilStatus(world, id, 'paid');
    expect((await forget()).body).toEqual({ ...forgotten.body, openOrders: 0 });
    expect(await world.api.order(id)).toMatchObject({ status: 'paid', amount: { minor: 1999, currency: 'CNY' } });
  });

  it('can’t be brought along by an order started straight through Temporal: it is rejected', async () => {
    const id = world.stores.newId('order');
    const before = await world.api.stock(skuId);
    const input = { buyerId: 'buyer_cli', lines: [{ skuId, quantity: 1 }], payWith: null };
    const handle = await world.temporal.client.workflow.start('orderWorkflow', {
      workflowId: orderWorkflowId(id),
      taskQueue: world.taskQueue,
      args: [input],
    });
    expect(await handle.result()).toEqual({ orderId: id, status: 'rejected' });
    const [fact] = await world.api.timeline(id);
    expect(fact).toMatchObject({ what: 'rejected', data: { code: 'validation_failed' } });
    expect(await world.api.stock(skuId)).toEqual(before);
  });
});
