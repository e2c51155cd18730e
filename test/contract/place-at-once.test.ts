import { HoldfastError } from '../../src/domain/errors';
import { type Order } from '../../src/domain/order';
import { type NewSku } from '../../src/ports/catalogue';
import { expectBooksBalance } from '../support/invariants';
import {
  answerOf,
  type Asked,
  placed,
  type PlacingUnderTest,
  placingUnderTest,
  PRICE,
  traces,
} from './placing-under-test';

describe('orders of SKUs that were sold before', () => {
  let world: PlacingUnderTest;
  beforeAll(async () => {
    world = await placingUnderTest('place at once');
  });
  afterAll(() => world.close());
  afterEach(() => expectBooksBalance(world));

  const stockOf = (skuId: string) => world.prisma.stock.findUniqueOrThrow({ where: { skuId } });
  const firstLine = ({ lines: [line] }: Order) => line;

  describe('what a SKU is sold as changes', () => {
    it('another price, title or currency counts for the next order', async () => {
      const sku = await world.soldBefore();
      await world.change(sku, { price: { minor: 1250, currency: 'CNY' } });
      expect(placed(await world.place(sku.id)).amount).toEqual({ minor: 1250, currency: 'CNY' });
      await world.change(sku, { title: 'Green tea', price: { minor: 300, currency: 'USD' } });
      const order = placed(await world.place(sku.id));
      expect(order.amount).toEqual({ minor: 300, currency: 'USD' });
      expect(firstLine(order)).toMatchObject({ title: 'Green tea', unitPrice: { minor: 300, currency: 'USD' } });
      expect(await world.orders.find(order.id)).toEqual(order);
    });

    it('a change by plain SQL, as an operator might make it, counts as well', async () => {
      const sku = await world.soldBefore();
      await world.prisma.$executeRaw`UPDATE skus SET price = 777, title = 'By hand' WHERE id = ${sku.id}`;
      const order = placed(await world.place(sku.id));
      expect(order.amount.minor).toBe(777);
      expect(firstLine(order)).toMatchObject({ title: 'By hand' });
    });

    it('is noticed by the other replica too', async () => {
      const sku = await world.soldBefore();
      await world.change(sku, { price: { minor: 1, currency: 'CNY' } });
      expect(placed(await answerOf(world.replica.place(world.placing(sku.id)))).amount.minor).toBe(1);
    });

    it('what it asks of the buyer is asked from the next order on, and no longer once it is not', async () => {
      const sku = await world.soldBefore();
      await world.change(sku, { requiredForm: ['phone'] });
      expect(await world.place(sku.id)).toMatchObject({ code: 'validation_failed' });
      await world.change(sku, { requiredForm: [] });
      expect(await world.place(sku.id)).toMatchObject({ t: 'placed' });
    });

    it('taken off the shelf it is refused, put back it is sold again', async () => {
      const sku = await world.soldBefore();
      await world.change(sku, { onShelf: false });
      expect(await world.place(sku.id)).toMatchObject({ code: 'sku_off_shelf' });
      await world.change(sku, { onShelf: true });
      expect(await world.place(sku.id)).toMatchObject({ t: 'placed' });
      await world.prisma.$executeRaw`UPDATE skus SET on_shelf = false WHERE id = ${sku.id}`;
      expect(await world.place(sku.id)).toMatchObject({ code: 'sku_off_shelf' });
    });

    it('its product is taken off the shelf: all its SKUs are refused, put back they are sold again', async () => {
      const { productId, ...sku } = await world.soldBefore();
      const sibling = await world.soldBefore({ productId });
      await world.products.update(productId, { title: 'Tea', onShelf: false });
      for (const { id } of [sku, sibling]) expect(await world.place(id)).toMatchObject({ code: 'sku_off_shelf' });
      await world.products.update(productId, { title: 'Tea', onShelf: true });
      for (const { id } of [sku, sibling]) expect(await world.place(id)).toMatchObject({ t: 'placed' });
      await world.prisma.$executeRaw`UPDATE products SET on_shelf = false WHERE id = ${productId}`;
      for (const { id } of [sku, sibling]) expect(await world.place(id)).toMatchObject({ code: 'sku_off_shelf' });
    });

    it('moved to another product, the line names that one and goes off the shelf with it', async () => {
      const sku = await world.soldBefore();
      const { productId } = await world.soldBefore();
      await world.change(sku, { productId });
      expect(firstLine(placed(await world.place(sku.id)))).toMatchObject({ productId });
      await world.products.update(productId, { title: 'Tea', onShelf: false });
      expect(await world.place(sku.id)).toMatchObject({ code: 'sku_off_shelf' });
    });

    it('the limit of the gateway is asked of the new amount: what it says of the old one does not count', async () => {
      const sku = await world.soldBefore();
      await world.change(sku, { price: { minor: 5, currency: 'CNY' } });
      const asked: number[] = [];
      const checkAmount: Asked['checkAmount'] = ({ minor }) => {
        asked.push(minor);
        if (minor > 5) throw new HoldfastError('gateway_cannot_take');
      };
      expect(await world.place(sku.id, { checkAmount })).toMatchObject({ t: 'placed' });
      expect(asked.at(-1)).toBe(5);
    });
  });

  describe('twenty at once', () => {
    let tea: NewSku;
    let cup: NewSku;
    /** One tea for each, two for every other; every third has cups, and its tea in two lines. */
    const asked = (index: number) => {
      const teas = { skuId: tea.id, quantity: 1 + (index % 2) };
      const lines = index % 3 === 0 ? [teas, { skuId: cup.id, quantity: 2 }, teas] : [teas];
      return { draft: { lines, buyerId: `buyer_${index}` } };
    };
    const place = () => Promise.all(Array.from({ length: 20 }, (_, index) => world.place(tea.id, asked(index))));

    beforeEach(async () => {
      tea = await world.soldBefore();
      cup = await world.soldBefore({ title: 'Cup', price: { minor: 350, currency: 'CNY' } });
    });

    it('take at most two statements and no transaction of several', async () => {
      world.sent.length = 0;
      for (const answer of await place()) placed(answer);
      expect(world.sent).not.toContain('BEGIN');
      expect(world.sent.length).toBeLessThanOrEqual(2);
    });

    it('are each placed with their amount, lines, holds, start intent, facts and two events', async () => {
      const orders = (await place()).map(placed);
      for (const [index, order] of orders.entries()) {
        const { lines } = asked(index).draft;
        const cups = index % 3 === 0 ? 2 : 0;
        const teas = (1 + (index % 2)) * (cups ? 2 : 1);
        expect(order.amount).toEqual({ minor: teas * PRICE.minor + cups * 350, currency: 'CNY' });
        expect(order).toMatchObject({ buyerId: `buyer_${index}`, lines, payment: { status: 'creating' } });
        expect(await world.orders.find(order.id)).toEqual(order);
        const held = [{ skuId: tea.id, quantity: teas }, ...(cups ? [{ skuId: cup.id, quantity: cups }] : [])];
        const left = await traces(world.prisma, order);
        expect(left).toMatchObject({
          ledger: held.map(({ skuId, quantity }) => ({
            ...{ skuId, quantity, kind: 'hold', orderId: 'ORDER' },
            ...{ availableDelta: -quantity, reservedDelta: quantity, soldDelta: 0 },
          })),
          intents: [{ kind: 'order', subjectId: 'ORDER' }],
          facts: [
            { kind: 'state', what: 'awaiting_payment', data: { from: 'placing', amount: order.amount } },
            { kind: 'payment', what: 'creating', data: { paymentId: 'PAYMENT' } },
          ],
        });
        expect(left.events.map(({ type }) => type).sort()).toEqual(['OrderPlaced', 'StockHeld']);
        expect(left.events).toContainEqual(expect.objectContaining({ payload: { orderId: 'ORDER', lines: held } }));
      }
      // 20 of one, 10 more in every other, and all of that once more in the seven that have cups.
      expect(await stockOf(tea.id)).toMatchObject({ available: 1_000 - 40, reserved: 2 + 40 });
      expect(await stockOf(cup.id)).toMatchObject({ available: 1_000 - 14, reserved: 2 + 14 });
    });
  });

  it.each<[string, Asked]>([
    ['a plain one', {}],
    [
      'one without a gateway, of a shop, with a note',
      { draft: { payWith: null, storeId: 'shop', note: "it's “new”" } },
    ],
    ['one that was referred, with a key', { draft: { referrerId: 'friend' } }],
    ['one in a rush, with a key', { inRush: true }],
    ['one that a workflow places', { startIntent: false }],
  ])('%s leaves the same rows whether it is placed at once or decided with everything locked', async (name, asked) => {
    const [id, productId] = [world.newId('sku'), world.newId('product')];
    const shelf = { title: 'Tea', onShelf: true, unlimited: false, initialStock: 10 };
    await world.catalogue.create({ id, productId, price: PRICE, ...shelf });
    const next = async () => {
      const orderId = world.newId('order');
      const key = { client: 'shop', key: `of ${orderId}`, fingerprint: 'f' };
      return placed(await world.place(id, { orderId, ...asked, ...(name.includes('key') && { idempotency: key }) }));
    };
    world.sent.length = 0;
    const atOnce = await traces(world.prisma, await next());
    expect(world.sent).not.toContain('BEGIN');
    for (const title of ['Coffee', 'Tea'])
      await world.prisma.$executeRaw`UPDATE skus SET title = ${title} WHERE id = ${id}`;
    const locked = await traces(world.prisma, await next());
    expect(world.sent).toContain('BEGIN');
    expect(locked).toEqual(atOnce);
  });

  it('one that asks for more than there is is short, and all others of its batch are placed', async () => {
    const [scarce, plenty] = [await world.soldBefore({ initialStock: 5 }), await world.soldBefore()];
    const greedy = { draft: { lines: [plenty.id, scarce.id, scarce.id].map((skuId) => ({ skuId, quantity: 3 })) } };
    const answers = await Promise.all([
      world.place([plenty.id, scarce.id]),
      world.place(scarce.id, greedy),
      ...Array.from({ length: 4 }, () => world.place([scarce.id, plenty.id])),
    ]);
    expect(answers.map(({ t }) => t)).toEqual(['placed', 'short', 'placed', 'placed', 'placed', 'placed']);
    expect(answers[1]).toEqual({
      ...{ t: 'short', replayed: false },
      shortages: [{ skuId: scarce.id, requested: 6, available: 4 }],
    });
    expect(await stockOf(scarce.id)).toMatchObject({ available: 0, reserved: 7 });
    expect(await stockOf(plenty.id)).toMatchObject({ available: 995, reserved: 7 });
  });

  it('one that nobody has heard of sinks nobody who was placed at the same time, and is sold once there is such a SKU', async () => {
    const sku = await world.soldBefore();
    const unknown = world.newId('sku');
    const all = await Promise.all([sku.id, unknown, [sku.id, unknown], sku.id].map((ids) => world.place(ids)));
    const notFound = { t: 'refused', code: 'sku_not_found' };
    expect(all).toMatchObject([{ t: 'placed' }, notFound, notFound, { t: 'placed' }]);
    expect(await stockOf(sku.id)).toMatchObject({ available: 998, reserved: 4 });
    await world.soldBefore({ id: unknown });
    expect(await world.place(unknown)).toMatchObject({ t: 'placed' });
  });

  it('one that is refused leaves all others of its batch placed at once', async () => {
    const sku = await world.soldBefore();
    world.sent.length = 0;
    await Promise.all([sku.id, world.newId('sku'), sku.id, sku.id].map((ids) => world.place(ids)));
    const writing = world.sent.filter((sql) => sql.includes('INSERT INTO orders'));
    expect(writing).toHaveLength(1);
    expect(world.sent.indexOf(writing[0] ?? '')).toBeLessThan(world.sent.indexOf('BEGIN'));
  });

  it('a change of nothing leaves what is remembered true', async () => {
    const sku = await world.soldBefore();
    await world.change(sku, {});
    await world.prisma.$executeRaw`UPDATE skus SET price = price WHERE id = ${sku.id}`;
    world.sent.length = 0;
    placed(await world.place(sku.id));
    expect(world.sent).not.toContain('BEGIN');
  });

  it('one that nobody can write sinks nobody but itself', async () => {
    const sku = await world.soldBefore();
    const unwritable = { draft: { note: 'a text with \u0000 in it' } };
    const all = await Promise.all([{}, unwritable, {}, {}].map((asked) => world.place(sku.id, asked)));
    expect(all.map(({ t }) => t)).toEqual(['placed', 'refused', 'placed', 'placed']);
    expect(await stockOf(sku.id)).toMatchObject({ available: 997, reserved: 5 });
  });

  it('a SKU that has no counters is short', async () => {
    const { productId } = await world.soldBefore();
    const id = world.newId('sku');
    await world.prisma.sku.create({ data: { id, productId, title: 'Bare', price: 1, currency: 'CNY' } });
    const shortages = [{ skuId: id, requested: 1, available: 0 }];
    for (const time of [1, 2]) expect([time, await world.place(id)]).toMatchObject([time, { t: 'short', shortages }]);
  });

  it('an unlimited SKU is sold without touching what is available; made limited, it ends', async () => {
    const { id } = await world.soldBefore({ unlimited: true, initialStock: 0 });
    const two = { draft: { lines: [{ skuId: id, quantity: 2 }] } };
    placed(await world.place(id, two));
    expect(await stockOf(id)).toMatchObject({ available: 0, reserved: 4 });
    const adjusted = { skuId: id, kind: 'adjust', quantity: 1, availableDelta: 1, reservedDelta: 0, soldDelta: 0 };
    await world.prisma.$transaction([
      world.prisma.$executeRaw`UPDATE stock SET unlimited = false, available = 1 WHERE sku_id = ${id}`,
      world.prisma.stockLedger.create({ data: { reference: world.newId('order'), ...adjusted } }),
    ]);
    expect(await world.place(id, two)).toMatchObject({ shortages: [{ skuId: id, requested: 2, available: 1 }] });
    placed(await world.place(id));
    expect(await stockOf(id)).toMatchObject({ available: 0, reserved: 5 });
    await world.prisma.$executeRaw`UPDATE stock SET unlimited = true WHERE sku_id = ${id}`;
    placed(await world.place(id, two));
    expect(await stockOf(id)).toMatchObject({ available: 0, reserved: 7 });
  });
});
