import fc from 'fast-check';
import { type StockCounters } from '../../src/domain/stock';
import { type HoldOutcome, type StockStore } from '../../src/ports/stock-store';

export interface StockUnderTest {
  readonly store: StockStore;
  /** Puts a fresh SKU on the shelf; answers its id. */
  addSku(stock: { available: number; unlimited?: boolean }): Promise<string>;
  /** The sum of the SKU's ledger, which its counters must equal. */
  ledgerSum(skuId: string): Promise<Omit<StockCounters, 'unlimited'>>;
  close(): Promise<void>;
}

let orders = 0;
const nextOrder = (): string => `order-${(orders += 1)}`;

/** The port's numbered contract; every adapter passes it. */
export function stockStoreSuite(name: string, open: () => Promise<StockUnderTest>): void {
  describe(`StockStore: ${name}`, () => {
    let stock: StockUnderTest;
    beforeAll(async () => {
      stock = await open();
    });
    afterAll(() => stock.close());

    const expectCounters = async (skuId: string, available: number, reserved: number, sold: number): Promise<void> => {
      expect(await stock.store.counters(skuId)).toMatchObject({ available, reserved, sold });
      expect(await stock.ledgerSum(skuId)).toEqual({ available, reserved, sold });
    };

    describe('1. a hold takes all its lines or none', () => {
      it('moves units from available to reserved', async () => {
        const sku = await stock.addSku({ available: 5 });
        expect(await stock.store.hold({ orderId: nextOrder(), lines: [{ skuId: sku, quantity: 3 }] })).toEqual({
          t: 'held',
        });
        await expectCounters(sku, 2, 3, 0);
      });

      it('sums lines of one SKU', async () => {
        const sku = await stock.addSku({ available: 5 });
        const lines = [
          { skuId: sku, quantity: 3 },
          { skuId: sku, quantity: 3 },
        ];
        expect(await stock.store.hold({ orderId: nextOrder(), lines })).toEqual({
          t: 'short',
          shortages: [{ skuId: sku, requested: 6, available: 5 }],
        });
        await expectCounters(sku, 5, 0, 0);
      });

      it('names every SKU that is short and takes none of the others', async () => {
        const [plenty, few, none] = await Promise.all([10, 1, 0].map((available) => stock.addSku({ available })));
        const lines = [plenty, few, none].map((skuId) => ({ skuId: skuId ?? '', quantity: 2 }));
        const outcome = await stock.store.hold({ orderId: nextOrder(), lines });
        expect(outcome.t === 'short' && new Set(outcome.shortages)).toEqual(
          new Set([
            { skuId: few, requested: 2, available: 1 },
            { skuId: none, requested: 2, available: 0 },
          ]),
        );
        await expectCounters(plenty ?? '', 10, 0, 0);
      });

      it('takes an unknown SKU for one with nothing available', async () => {
        const lines = [{ skuId: 'sku_nowhere', quantity: 1 }];
        expect(await stock.store.hold({ orderId: nextOrder(), lines })).toEqual({
          t: 'short',
          shortages: [{ skuId: 'sku_nowhere', requested: 1, available: 0 }],
        });
      });

      it('holds without limit where stock is unlimited, and still counts', async () => {
        const sku = await stock.addSku({ available: 0, unlimited: true });
        const orderId = nextOrder();
        expect(await stock.store.hold({ orderId, lines: [{ skuId: sku, quantity: 1000 }] })).toEqual({ t: 'held' });
        await expectCounters(sku, 0, 1000, 0);
        await stock.store.confirm(orderId);
        await expectCounters(sku, 0, 0, 1000);
      });
    });

    describe('2. each verb takes effect once, however often it is repeated', () => {
      it.each(['confirm', 'release'] as const)('hold and %s, each five times at once', async (verb) => {
        const sku = await stock.addSku({ available: 10 });
        const orderId = nextOrder();
        const times = [1, 2, 3, 4, 5];
        const lines = [{ skuId: sku, quantity: 4 }];
        expect(await Promise.all(times.map(() => stock.store.hold({ orderId, lines })))).toEqual(
          times.map(() => ({ t: 'held' })),
        );
        await expectCounters(sku, 6, 4, 0);
        const settled = await Promise.all(times.map(() => stock.store[verb](orderId)));
        expect(settled.toSorted()).toEqual(['already', 'already', 'already', 'already', 'done']);
        await expectCounters(sku, verb === 'confirm' ? 6 : 10, 0, verb === 'confirm' ? 4 : 0);
      });

      it('restock: once per reference, at most what was sold', async () => {
        const sku = await stock.addSku({ available: 10 });
        const orderId = nextOrder();
        await stock.store.hold({ orderId, lines: [{ skuId: sku, quantity: 4 }] });
        const restock = (reference: string, quantity: number) =>
          stock.store.restock({ reference, orderId, lines: [{ skuId: sku, quantity }] });
        expect(await restock(`${orderId}-a`, 1)).toBe('notHeld');
        await stock.store.confirm(orderId);
        expect(await restock(`${orderId}-a`, 3)).toBe('done');
        expect(await restock(`${orderId}-a`, 3)).toBe('already');
        expect(await restock(`${orderId}-b`, 2)).toBe('conflict');
        expect(await restock(`${orderId}-b`, 1)).toBe('done');
        await expectCounters(sku, 10, 0, 0);
      });

      it('adjust: once per reference, never below nothing', async () => {
        const sku = await stock.addSku({ available: 10 });
        const adjust = (reference: string, delta: number) =>
          stock.store.adjust({ reference: `${sku}-${reference}`, skuId: sku, delta, reason: 'count' });
        expect(await adjust('a', 5)).toBe('done');
        expect(await adjust('a', 5)).toBe('already');
        expect(await adjust('b', -16)).toBe('insufficient');
        expect(await adjust('b', -15)).toBe('done');
        expect(await adjust('c', 1_000_000_000)).toBe('done');
        expect(await adjust('d', 1)).toBe('tooMany');
        expect(await adjust('e', -1_000_000_000)).toBe('done');
        expect(await stock.store.adjust({ reference: 'c', skuId: 'sku_nowhere', delta: 1, reason: 'count' })).toBe(
          'notFound',
        );
        await expectCounters(sku, 0, 0, 0);
      });
    });

    describe('3. a hold is confirmed or released, never both', () => {
      it.each([
        ['confirm', 'release'],
        ['release', 'confirm'],
      ] as const)('%s, then %s', async (first, second) => {
        const sku = await stock.addSku({ available: 3 });
        const orderId = nextOrder();
        await stock.store.hold({ orderId, lines: [{ skuId: sku, quantity: 3 }] });
        expect(await stock.store[first](orderId)).toBe('done');
        expect(await stock.store[second](orderId)).toBe('conflict');
        await expectCounters(sku, first === 'release' ? 3 : 0, 0, first === 'confirm' ? 3 : 0);
      });

      it('both at once: one wins, the other is told so', async () => {
        const sku = await stock.addSku({ available: 100 });
        const holds = Array.from({ length: 20 }, nextOrder);
        for (const orderId of holds) await stock.store.hold({ orderId, lines: [{ skuId: sku, quantity: 1 }] });
        const pairs = await Promise.all(
          holds.map((orderId) => Promise.all([stock.store.confirm(orderId), stock.store.release(orderId)])),
        );
        expect(pairs.map((pair) => pair.toSorted())).toEqual(holds.map(() => ['conflict', 'done']));
        const sold = pairs.filter(([confirmed]) => confirmed === 'done').length;
        await expectCounters(sku, 100 - sold, 0, sold);
      });

      it('nothing held: nothing to settle', async () => {
        expect(await stock.store.confirm(nextOrder())).toBe('notHeld');
        expect(await stock.store.release(nextOrder())).toBe('notHeld');
      });
    });

    describe('4. never negative, always the sum of the ledger', () => {
      it('200 buyers at once for 60 units of one SKU: exactly 60 hold', async () => {
        const sku = await stock.addSku({ available: 60 });
        const outcomes: HoldOutcome[] = await Promise.all(
          Array.from({ length: 200 }, () =>
            stock.store.hold({ orderId: nextOrder(), lines: [{ skuId: sku, quantity: 1 }] }),
          ),
        );
        expect(outcomes.filter((outcome) => outcome.t === 'held')).toHaveLength(60);
        await expectCounters(sku, 0, 60, 0);
      });

      it('orders over the same SKUs in opposite order never deadlock', async () => {
        const [a = '', b = ''] = await Promise.all([
          stock.addSku({ available: 1000 }),
          stock.addSku({ available: 1000 }),
        ]);
        const life = async (index: number): Promise<void> => {
          const orderId = nextOrder();
          const skus = index % 2 ? [a, b] : [b, a];
          await stock.store.hold({ orderId, lines: skus.map((skuId) => ({ skuId, quantity: 1 })) });
          await (index % 3 ? stock.store.confirm(orderId) : stock.store.release(orderId));
        };
        await Promise.all(Array.from({ length: 60 }, (_, index) => life(index)));
        await expectCounters(a, 960, 0, 40);
        await expectCounters(b, 960, 0, 40);
      });

      it('any sequence of verbs with repeats keeps the model (property)', async () => {
        const verbs = fc.record({
          verb: fc.constantFrom('hold', 'confirm', 'release'),
          order: fc.integer({ min: 0, max: 3 }),
          quantity: fc.integer({ min: 1, max: 4 }),
          times: fc.integer({ min: 1, max: 3 }),
        });
        await fc.assert(
          fc.asyncProperty(fc.array(verbs, { maxLength: 14 }), async (steps) => {
            const sku = await stock.addSku({ available: 8 });
            const ids = Array.from({ length: 4 }, nextOrder);
            const model = new Model(8);
            for (const { verb, order, quantity, times } of steps) {
              const orderId = ids[order] ?? '';
              const lines = [{ skuId: sku, quantity }];
              const call = () =>
                verb === 'hold' ? stock.store.hold({ orderId, lines }) : stock.store[verb as 'confirm'](orderId);
              await Promise.all(Array.from({ length: times }, call));
              model.apply(verb, orderId, quantity);
            }
            await expectCounters(sku, model.available, model.reserved, model.sold);
          }),
          { numRuns: 40 },
        );
      });
    });
  });
}

/** What the counters should be, by the plainest bookkeeping there is. */
class Model {
  reserved = 0;
  sold = 0;
  private readonly holds = new Map<string, { quantity: number; open: boolean }>();

  constructor(public available: number) {}

  apply(verb: string, orderId: string, quantity: number): void {
    const hold = this.holds.get(orderId);
    if (verb === 'hold') {
      if (hold || quantity > this.available) return;
      this.holds.set(orderId, { quantity, open: true });
      this.available -= quantity;
      this.reserved += quantity;
    } else if (hold?.open) {
      hold.open = false;
      this.reserved -= hold.quantity;
      if (verb === 'confirm') this.sold += hold.quantity;
      else this.available += hold.quantity;
    }
  }
}
