import { harness, type Harness } from './support/harness';

const TEA = { minor: 1999, currency: 'CNY' };
const CART = '/v1/carts/buyer_1';

const put = ({ as }: Harness, skuId: string, quantity: number) =>
  as('orders').put(`${CART}/lines/${skuId}`).send({ quantity });
const cup = { id: 'sku_cup', title: 'Cup', price: { minor: 500, currency: 'CNY' }, initialStock: 3 };

describe('/v1/carts/{buyerId}', () => {
  it('a buyer who never put anything in has an empty cart', async () => {
    const { as } = await harness();
    const { status, body } = await as('read').get(CART);
    expect([status, body]).toEqual([200, { buyerId: 'buyer_1', lines: [], total: null, currency: null }]);
  });

  it('holds what it is told, at today’s price and stock, and says what it comes to', async () => {
    const built = await harness();
    await built.as('catalog').post('/v1/skus').send(cup);
    await put(built, 'sku_tea', 2);
    const { status, body } = await put(built, 'sku_cup', 4);
    expect(status).toBe(200);
    expect(body).toEqual({
      buyerId: 'buyer_1',
      lines: [
        {
          skuId: 'sku_tea',
          title: 'Tea',
          quantity: 2,
          unitPrice: TEA,
          amount: { minor: 3998, currency: 'CNY' },
          availability: 'available',
          available: 100,
        },
        {
          skuId: 'sku_cup',
          title: 'Cup',
          quantity: 4,
          unitPrice: cup.price,
          amount: { minor: 2000, currency: 'CNY' },
          availability: 'short',
          available: 3,
        },
      ],
      total: { minor: 5998, currency: 'CNY' },
      currency: 'CNY',
    });
    expect((await built.as('read').get(CART)).body).toEqual(body);
  });

  it('a line holds the last quantity that was said; 0 takes it out, also one that is not in it', async () => {
    const built = await harness();
    await put(built, 'sku_tea', 2);
    expect((await put(built, 'sku_tea', 7)).body.lines).toMatchObject([{ skuId: 'sku_tea', quantity: 7 }]);
    expect((await put(built, 'sku_tea', 0)).body.lines).toEqual([]);
    expect((await put(built, 'sku_tea', 0)).status).toBe(200);
    expect((await put(built, 'sku_gone', 0)).status).toBe(200);
  });

  it('takes 50 lines and no more; a line that is in it may still change', async () => {
    const built = await harness();
    for (let n = 0; n < 50; n += 1) {
      await built.catalogue.create({
        ...{ id: `sku_${n}`, productId: 'p', title: 'X', price: TEA, onShelf: true },
        ...{ initialStock: 1, unlimited: false },
      });
      expect((await put(built, `sku_${n}`, 1)).status).toBe(200);
    }
    const full = await put(built, 'sku_tea', 1);
    expect([full.status, full.body.code]).toEqual([409, 'cart_full']);
    expect((await put(built, 'sku_0', 2)).status).toBe(200);
    await put(built, 'sku_0', 0);
    expect((await put(built, 'sku_tea', 1)).status).toBe(200);
  });

  it('is emptied by DELETE, and stays so', async () => {
    const built = await harness();
    await put(built, 'sku_tea', 2);
    for (const answer of [await built.as('orders').delete(CART), await built.as('orders').delete(CART)])
      expect([answer.status, answer.body.lines]).toEqual([200, []]);
  });

  it('may be read with the scope read, and changed with orders only', async () => {
    const { as } = await harness();
    expect((await as('read').put(`${CART}/lines/sku_tea`).send({ quantity: 1 })).body.code).toBe('forbidden');
    expect((await as('read').delete(CART)).body.code).toBe('forbidden');
    expect((await as('read').post(`${CART}/checkout`)).body.code).toBe('forbidden');
    expect((await as('catalog').get(CART)).body.code).toBe('forbidden');
  });
});

describe('POST /v1/carts/{buyerId}/checkout', () => {
  it('places an order of what is in the cart, which is empty then', async () => {
    const built = await harness();
    await built.as('catalog').post('/v1/skus').send(cup);
    await put(built, 'sku_tea', 2);
    await put(built, 'sku_cup', 1);
    const answer = await built.as('orders').post(`${CART}/checkout`).send({ storeId: 'store_1', note: 'soon' });
    expect([answer.status, answer.headers.location]).toEqual([201, `/v1/orders/${answer.body.id}`]);
    expect(answer.body).toMatchObject({
      buyerId: 'buyer_1',
      storeId: 'store_1',
      note: 'soon',
      amount: { minor: 4498, currency: 'CNY' },
      lines: [
        { skuId: 'sku_tea', quantity: 2 },
        { skuId: 'sku_cup', quantity: 1 },
      ],
    });
    expect((await built.as('read').get(CART)).body.lines).toEqual([]);
    expect(built.started).toMatchObject([{ kind: 'order', id: answer.body.id }]);
    expect(built.orders.placings).toMatchObject([{ fromCart: true, draft: { paymentWindowSeconds: 1800 } }]);
  });

  it('takes no body at all for its defaults', async () => {
    const built = await harness();
    await put(built, 'sku_tea', 1);
    expect((await built.as('orders').post(`${CART}/checkout`)).status).toBe(201);
  });

  it('refuses an empty cart', async () => {
    const { as, orders } = await harness();
    const answer = await as('orders').post(`${CART}/checkout`).send({});
    expect([answer.status, answer.body.code]).toEqual([409, 'cart_empty']);
    expect(orders.placings).toEqual([]);
  });

  it('a refusal leaves the cart as it is', async () => {
    const built = await harness();
    await built.as('catalog').post('/v1/skus').send(cup);
    await put(built, 'sku_cup', 4);
    const short = await built.as('orders').post(`${CART}/checkout`).send({});
    expect(short.body).toMatchObject({
      code: 'out_of_stock',
      shortages: [{ skuId: 'sku_cup', requested: 4, available: 3 }],
    });
    const change = { title: 'Cup', productId: 'prod_cup', price: cup.price, onShelf: false };
    await built.as('catalog').put('/v1/skus/sku_cup').send(change);
    expect((await built.as('orders').post(`${CART}/checkout`).send({})).body.code).toBe('sku_off_shelf');
    const { body } = await built.as('read').get(CART);
    expect(body).toMatchObject({ lines: [{ quantity: 4, availability: 'off_shelf', amount: null }], total: null });
  });

  it('says so when another order was quicker', async () => {
    const built = await harness();
    await put(built, 'sku_tea', 2);
    const read = built.deps.carts.read.bind(built.deps.carts);
    built.deps.carts.read = async (buyerId) => {
      const items = await read(buyerId);
      await built.deps.carts.setLine(buyerId, 'sku_tea', 1);
      return items;
    };
    const answer = await built.as('orders').post(`${CART}/checkout`).send({});
    expect([answer.status, answer.body.code]).toEqual([409, 'cart_changed']);
    expect(built.started).toEqual([]);
  });

  it('names what the cart says instead of the body', async () => {
    const { as } = await harness();
    const { body } = await as('orders').post(`${CART}/checkout`).send({ buyerId: 'buyer_2', lines: [] });
    expect(body.errors).toEqual([
      { path: 'buyerId', message: 'is in the address' },
      { path: 'lines', message: 'are those of the cart' },
    ]);
  });

  describe('with an Idempotency-Key', () => {
    const checkout = ({ as }: Harness, key: string, body: object = {}, cart = CART) =>
      as('orders').post(`${cart}/checkout`).set('Idempotency-Key', key).send(body);

    it('a repeat gets the order, although the cart is empty or holds something else by then', async () => {
      const built = await harness();
      await put(built, 'sku_tea', 2);
      const first = await checkout(built, 'k');
      const again = await checkout(built, 'k');
      expect([again.status, again.headers['idempotent-replayed']]).toEqual([201, 'true']);
      expect(again.body).toEqual(first.body);
      await put(built, 'sku_tea', 1);
      expect((await checkout(built, 'k')).body).toEqual(first.body);
      expect((await built.as('read').get(CART)).body.lines).toMatchObject([{ quantity: 1 }]);
      expect(built.started).toHaveLength(1);
    });

    it('a repeat that overlaps the first is answered as the first, whenever that ends', async () => {
      const built = await harness();
      await put(built, 'sku_tea', 2);
      const { carts, orders } = built.deps;
      const [read, earlierAnswer] = [carts.read.bind(carts), orders.earlierAnswer.bind(orders)];
      const firsts: object[] = [];
      let begun = false;
      // The first request ends in full right after whatever the repeat looks at first.
      const thenTheFirst = async <T>(seen: T): Promise<T> => {
        if (!begun) {
          begun = true;
          firsts.push((await checkout(built, 'k')).body);
        }
        return seen;
      };
      carts.read = async (buyerId) => thenTheFirst(await read(buyerId));
      orders.earlierAnswer = async (key) => thenTheFirst(await earlierAnswer(key));
      const repeat = await checkout(built, 'k');
      expect([repeat.status, repeat.body]).toEqual([201, firsts[0]]);
      expect(built.started).toHaveLength(1);
    });

    it('a refusal for want of stock is an answer too', async () => {
      const built = await harness();
      await put(built, 'sku_tea', 101);
      expect((await checkout(built, 'k')).body.code).toBe('out_of_stock');
      await put(built, 'sku_tea', 1);
      expect((await checkout(built, 'k')).body.code).toBe('out_of_stock');
    });

    it('another body, another buyer or another call is another request', async () => {
      const built = await harness();
      await put(built, 'sku_tea', 2);
      await checkout(built, 'k');
      for (const other of [
        await checkout(built, 'k', { note: 'other' }),
        await checkout(built, 'k', {}, '/v1/carts/buyer_2'),
      ])
        expect([other.status, other.body.code]).toEqual([422, 'idempotency_key_reused']);
    });

    it('an empty cart is no answer to keep: once it holds something, the key places it', async () => {
      const built = await harness();
      expect((await checkout(built, 'k')).body.code).toBe('cart_empty');
      await put(built, 'sku_tea', 1);
      expect((await checkout(built, 'k')).status).toBe(201);
    });
  });
});
