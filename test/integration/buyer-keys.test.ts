import { randomBytes } from 'node:crypto';
import { createPrisma } from '../../src/adapters/store/prisma/client';
import { type PrismaClient } from '../../src/adapters/store/prisma/generated/client';
import { createSealer } from '../../src/adapters/crypto/node/sealer';
import { type DataKey } from '../../src/config/types';
import { type OrderDraft } from '../../src/domain/order';
import { demandMasterKeys } from '../../src/main/master-keys';
import { openStores, type Stores } from '../../src/main/stores';
import { createTestDatabase, type TestDatabase } from '../support/database';
import { openTransaction } from '../support/open-transaction';
import { until } from '../support/until';

const OLD: DataKey = { id: 'old', key: randomBytes(32) };
const NEW: DataKey = { id: 'new', key: randomBytes(32) };
const SKU = 'sku_tea';
/** Orders of one SKU wait for each other at its counters; those of two meet at the buyer's key only. */
const OTHER_SKU = 'sku_cup';
/** Asks for nothing. */
const PLAIN_SKU = 'sku_tin';
const TEA = { productId: 'prod_tea', title: 'Tea', price: { minor: 100, currency: 'CNY' }, onShelf: true };

describe('keys of buyers', () => {
  let database: TestDatabase;
  let prisma: PrismaClient;
  let stores: Stores;
  let buyers = 0;
  const opened: Stores[] = [];

  function open(...dataKeys: DataKey[]): Stores {
    const another = openStores(database.url, { now: Date.now, dataKeys });
    opened.push(another);
    return another;
  }

  beforeAll(async () => {
    database = await createTestDatabase('buyer keys');
    prisma = createPrisma(database.url);
    stores = open(OLD);
    await stores.catalogue.create({ ...TEA, id: PLAIN_SKU, initialStock: 0, unlimited: true, requiredForm: [] });
    for (const id of [SKU, OTHER_SKU]) {
      await stores.catalogue.create({ ...TEA, id, initialStock: 0, unlimited: true, requiredForm: ['recipient'] });
    }
  });
  afterAll(async () => {
    await Promise.all([...opened.map((each) => each.close()), prisma.$disconnect()]);
    await database.drop();
  });

  const newBuyer = () => `buyer_${(buyers += 1)}`;

  function draftOf(buyerId: string, recipient: string, skuId = SKU): OrderDraft {
    const lines = [{ skuId, quantity: 1 }];
    return { buyerId, lines, payWith: null, paymentWindowSeconds: 600, form: { [skuId]: { recipient } } };
  }

  /** Places an order of the buyer's; answers its id. */
  async function place(buyerId: string, recipient = 'Li Lei', by = stores, skuId = SKU): Promise<string> {
    const orderId = by.newId('order');
    const placed = await by.orders.place({ orderId, draft: draftOf(buyerId, recipient, skuId), startIntent: true });
    expect(placed.t).toBe('placed');
    return orderId;
  }

  const recipientOf = async (orderId: string, by = stores) =>
    Object.values((await by.buyerData.read(orderId, true)).form ?? {})[0]?.recipient;

  const keysOf = (buyerId: string) => prisma.buyerKey.findMany({ where: { buyerId }, orderBy: { version: 'asc' } });

  /** That many sessions of this database wait for another's lock. */
  const waiting = (sessions: number) =>
    until(`${sessions} wait`, async () => {
      const rows = await prisma.$queryRaw<unknown[]>`
        SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
      return rows.length === sessions;
    });

  /** A key of the buyer's, made in a transaction that is still open. */
  function rivalKey(buyerId: string) {
    const { wrapped, masterKeyId } = createSealer([OLD]).newKey(buyerId);
    return openTransaction(
      database.url,
      'INSERT INTO buyer_keys (buyer_id, version, wrapped_key, master_key_id) VALUES ($1, 1, $2, $3)',
      [buyerId, Buffer.from(wrapped), masterKeyId],
    );
  }

  test.each(['commit', 'rollback'] as const)('two first orders at once agree on one key, a rival’s %s', async (end) => {
    const buyerId = newBuyer();
    // The window: both have looked for a key, found none, and wait to see whether the rival's comes into being.
    const rival = await rivalKey(buyerId);
    const first = place(buyerId, 'first');
    await waiting(1);
    const second = place(buyerId, 'second', stores, OTHER_SKU);
    await waiting(2);
    await rival[end]();
    const [one, two] = await Promise.all([first, second]);
    expect(await keysOf(buyerId)).toMatchObject([{ version: 1, destroyedAt: null }]);
    expect([await recipientOf(one), await recipientOf(two)]).toEqual(['first', 'second']);
  });

  test('buyers of one batch have keys of their own, and each order its own document', async () => {
    const ids = Array.from({ length: 30 }, () => newBuyer());
    const orders = await Promise.all([...ids, ...ids].map((buyerId, index) => place(buyerId, `recipient ${index}`)));
    const read = await Promise.all(orders.map((orderId) => recipientOf(orderId)));
    expect(read).toEqual(orders.map((_, index) => `recipient ${index}`));
    expect(await prisma.buyerKey.count({ where: { buyerId: { in: ids } } })).toBe(30);
  });

  test('orders without personal data have neither key nor document', async () => {
    const buyerId = newBuyer();
    await stores.catalogue.create({
      ...TEA,
      id: 'sku_plain',
      productId: 'prod_plain',
      initialStock: 1,
      unlimited: true,
    });
    const orderId = stores.newId('order');
    const draft = { ...draftOf(buyerId, ''), lines: [{ skuId: 'sku_plain', quantity: 1 }], form: {} };
    await stores.orders.place({ orderId, draft, startIntent: true });
    expect(await stores.buyerData.read(orderId, true)).toMatchObject({ state: 'none' });
    expect(await keysOf(buyerId)).toEqual([]);
  });

  it('an order whose buyer’s key can’t be opened here fails alone: what shares its transaction is placed', async () => {
    const known = newBuyer();
    await place(known);
    const elsewhere = open(NEW);
    const [sealed, plain] = await Promise.allSettled([
      place(known, 'Li Lei', elsewhere),
      elsewhere.orders.place({
        orderId: elsewhere.newId('order'),
        draft: { ...draftOf(newBuyer(), 'unused'), lines: [{ skuId: PLAIN_SKU, quantity: 1 }], form: null },
        startIntent: true,
      }),
    ]);
    expect([sealed.status, plain]).toMatchObject(['rejected', { status: 'fulfilled', value: { t: 'placed' } }]);
  });

  describe('forgetting', () => {
    test('destroys the key for good, once; what comes later has another', async () => {
      const buyerId = newBuyer();
      const before = await place(buyerId);
      const forgotten = await stores.buyerData.forget(buyerId);
      expect(forgotten).toEqual({ at: expect.any(String), orders: 1, openOrders: 1 });
      expect(await stores.buyerData.read(before, true)).toEqual({
        state: 'forgotten',
        form: null,
        shippingAddress: null,
      });
      expect(await keysOf(buyerId)).toMatchObject([{ wrappedKey: null, destroyedAt: new Date(forgotten.at ?? '') }]);
      expect(await stores.buyerData.forget(buyerId)).toEqual(forgotten);

      const after = await place(buyerId, 'Han Meimei');
      expect(await recipientOf(after)).toBe('Han Meimei');
      expect(await stores.buyerData.read(before, true)).toMatchObject({ state: 'forgotten' });
      expect(await keysOf(buyerId)).toMatchObject([{ version: 1 }, { version: 2, destroyedAt: null }]);
      expect(await stores.buyerData.forget(buyerId)).toMatchObject({ orders: 2 });
      const events = await prisma.outbox.findMany({ where: { type: 'BuyerForgotten' } });
      const own = events.filter(({ payload }) => (payload as { buyerId: string }).buyerId === buyerId);
      expect(own).toHaveLength(2);
    });

    test('waits for an order that is being sealed, and takes it along', async () => {
      const buyerId = newBuyer();
      await place(buyerId);
      // The window: the order's transaction has the key and is about to write its document.
      const barrier = await openTransaction(database.url, 'LOCK TABLE order_personal_data IN SHARE MODE');
      const placed = place(buyerId);
      await waiting(1);
      const forgotten = stores.buyerData.forget(buyerId);
      await waiting(2);
      await barrier.commit();
      expect(await forgotten).toMatchObject({ orders: 2 });
      expect(await stores.buyerData.read(await placed, true)).toMatchObject({ state: 'forgotten' });
    });

    test('holds up an order until it is done; the order gets a key of its own', async () => {
      const buyerId = newBuyer();
      const before = await place(buyerId);
      // The window: the key is destroyed, and not committed.
      const forgetting = await openTransaction(
        database.url,
        'UPDATE buyer_keys SET wrapped_key = NULL, destroyed_at = clock_timestamp() WHERE buyer_id = $1',
        [buyerId],
      );
      const placed = place(buyerId, 'afterwards');
      await waiting(1);
      await forgetting.commit();
      expect(await recipientOf(await placed)).toBe('afterwards');
      expect(await stores.buyerData.read(before, true)).toMatchObject({ state: 'forgotten' });
    });
  });

  describe('master keys', () => {
    test('rotate: the new one first, every key wrapped anew, the old one out', async () => {
      const [buyerId, gone] = [newBuyer(), newBuyer()];
      const orderId = await place(buyerId);
      await place(gone);
      await stores.buyerData.forget(gone);
      const both = open(NEW, OLD);
      const onlyNew = open(NEW);
      expect(await recipientOf(orderId, both)).toBe('Li Lei');
      expect(await onlyNew.buyerData.missingMasterKeys()).toEqual([OLD.id]);
      await place(newBuyer(), 'x', onlyNew);
      expect(await open({ id: 'third', key: OLD.key }).buyerData.missingMasterKeys()).toEqual([NEW.id, OLD.id]);
      await expect(demandMasterKeys(onlyNew.buyerData)).rejects.toThrow('DATA_KEYS: old missing');
      await expect(onlyNew.buyerData.read(orderId, true)).rejects.toThrow('old is not in DATA_KEYS');

      const living = await prisma.buyerKey.count({ where: { destroyedAt: null, masterKeyId: OLD.id } });
      let rewrapped = 0;
      for (let after: string | undefined = ''; after !== undefined;) {
        const done: readonly string[] = await both.buyerData.rewrap(after, 7);
        rewrapped += done.length;
        after = done.at(-1);
      }
      expect(await both.buyerData.rewrap('', 7)).toEqual([]);
      expect(rewrapped).toBe(living);
      expect(rewrapped).toBeGreaterThan(7);
      expect(await recipientOf(orderId, onlyNew)).toBe('Li Lei');
      await demandMasterKeys(onlyNew.buyerData);
      expect((await keysOf(gone))[0]?.wrappedKey).toBeNull();
      // Orders of the other tests' buyers go on under the new one as well.
      expect(await recipientOf(await place(buyerId, 'again', onlyNew), onlyNew)).toBe('again');
    });

    test('that are there by name, but are not what they were, are told at the start', async () => {
      await place(newBuyer(), 'x', open(NEW));
      const forged = open({ ...NEW, key: randomBytes(32) });
      await expect(demandMasterKeys(forged.buyerData)).rejects.toThrow('DATA_KEYS: new missing, or not the key');
    });

    test('of earlier days still recognise a repeat', async () => {
      const [orderId, repeatId] = [stores.newId('order'), stores.newId('order')];
      const place = (id: string, fingerprint: string, earlierFingerprints: string[] = []) =>
        open(NEW).orders.place({
          orderId: id,
          draft: draftOf('buyer_again', 'x'),
          startIntent: true,
          idempotency: { client: 'shop', key: 'rotation', fingerprint, earlierFingerprints },
        });
      expect(await place(orderId, 'by the old one')).toMatchObject({ t: 'placed', order: { id: orderId } });
      expect(await place(repeatId, 'by the new one', ['by the old one'])).toMatchObject({
        t: 'placed',
        order: { id: orderId },
        replayed: true,
      });
      expect(await place(repeatId, 'of another body', ['of another body, by the old one'])).toEqual({ t: 'reused' });
    });
  });

  test('the document of an order can’t be passed off as another’s', async () => {
    const [one, two] = [await place('buyer_swap', 'one', open(NEW)), await place('buyer_swap', 'two', open(NEW))];
    await prisma.$executeRaw`
      UPDATE order_personal_data SET sealed = (SELECT sealed FROM order_personal_data WHERE order_id = ${two})
      WHERE order_id = ${one}`;
    await expect(open(NEW).buyerData.read(one, true)).rejects.toThrow();
    expect(await recipientOf(two, open(NEW))).toBe('two');
  });
});
