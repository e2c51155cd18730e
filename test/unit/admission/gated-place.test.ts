import { gatedPlace } from '../../../src/adapters/admission/door/gated-place';
import { type PlaceResult, type Placing } from '../../../src/ports/order-store';
import { type AdmissionGate, type PlacingOutcome } from '../../../src/ports/admission-gate';
import { type Order } from '../../../src/domain/order';
import { byHand, settled } from '../dispatch/support/by-hand';

const quiet = () => undefined;
const log = { debug: quiet, info: quiet, warn: quiet, error: quiet };
const SHORTAGES = [{ skuId: 'sku_tea', requested: 1, available: 0 }];
const ORDER = { id: 'ord_1' } as Order;
const PLACED: PlaceResult = { t: 'placed', order: ORDER, replayed: false };
const KEY = { client: 'c', key: 'k', fingerprint: 'f' };

function placing(keyed = false): Placing {
  const draft = { buyerId: 'b', lines: [{ skuId: 'sku_tea', quantity: 1 }], payWith: null, paymentWindowSeconds: 60 };
  return { orderId: 'ord_1', draft, startIntent: true, ...(keyed && { idempotency: KEY }) };
}

function underTest({
  says = 'admitted',
  known = (): Promise<boolean> => Promise.resolve(false),
  place = (): Promise<PlaceResult> => Promise.resolve(PLACED),
} = {}) {
  const told: PlacingOutcome[] = [];
  const placings: Placing[] = [];
  const gate: AdmissionGate = {
    admit: () => {
      if (says === 'fails') return Promise.reject(new Error('broken'));
      if (says === 'soldOut') return Promise.resolve({ t: 'soldOut', shortages: SHORTAGES });
      return Promise.resolve({ t: 'admitted', told: (outcome) => told.push(outcome) });
    },
  };
  const gated = gatedPlace(
    (each) => {
      placings.push(each);
      return place();
    },
    { gate, keys: { has: known }, log },
  );
  return { gated, told, placings };
}

const refusal = { code: 'sold_out', context: { shortages: SHORTAGES } };

describe('a placing behind the gate', () => {
  test('that is refused throws sold_out with the SKUs, and nothing is placed', async () => {
    const { gated, placings } = underTest({ says: 'soldOut' });
    await expect(gated(placing())).rejects.toMatchObject(refusal);
    await expect(gated(placing(true))).rejects.toMatchObject(refusal);
    expect(placings).toEqual([]);
  });

  test('is admitted by a gate that is broken', async () => {
    await expect(underTest({ says: 'fails' }).gated(placing())).resolves.toBe(PLACED);
  });

  test('whose key has its answer gets that, though the gate would refuse it', async () => {
    const { gated } = underTest({ says: 'soldOut', known: () => Promise.resolve(true) });
    await expect(gated(placing(true))).resolves.toBe(PLACED);
  });

  test('goes to the store where nobody can say whether its key has an answer', async () => {
    const { gated } = underTest({ says: 'soldOut', known: () => Promise.reject(new Error('no connection')) });
    await expect(gated(placing(true))).resolves.toBe(PLACED);
  });

  test('whose key is being placed goes to the store, which says so; once that has ended the gate decides again', async () => {
    const first = byHand<PlaceResult>();
    const answers = [first.promise, Promise.resolve<PlaceResult>({ t: 'inProgress' })];
    const says = { now: 'admitted' as 'admitted' | 'soldOut' };
    const gated = gatedPlace(() => answers.shift() ?? Promise.reject(new Error('nobody expected a third')), {
      gate: {
        admit: () =>
          Promise.resolve(
            says.now === 'admitted' ? { t: 'admitted', told: quiet } : { t: 'soldOut', shortages: SHORTAGES },
          ),
      },
      keys: { has: () => Promise.resolve(false) },
      log,
    });
    const one = gated(placing(true));
    await settled();
    says.now = 'soldOut';
    await expect(gated(placing(true))).resolves.toEqual({ t: 'inProgress' });
    first.resolve(PLACED);
    await one;
    await expect(gated(placing(true))).rejects.toMatchObject(refusal);
  });

  test.each<[string, PlaceResult, PlacingOutcome]>([
    ['held', PLACED, { t: 'held' }],
    ['short', { t: 'short', shortages: SHORTAGES, replayed: false }, { t: 'short', skuIds: ['sku_tea'] }],
    ['an earlier order', { ...PLACED, replayed: true }, { t: 'untouched' }],
    ['an earlier refusal', { t: 'short', shortages: SHORTAGES, replayed: true }, { t: 'untouched' }],
    ['a key that cannot be used', { t: 'reused' }, { t: 'untouched' }],
  ])('tells the gate what came of it: %s', async (_, result, outcome) => {
    const { gated, told } = underTest({ place: () => Promise.resolve(result) });
    await expect(gated(placing())).resolves.toBe(result);
    expect(told).toEqual([outcome]);
  });

  test('that fails is told as untouched, and fails', async () => {
    const { gated, told } = underTest({ place: () => Promise.reject(new Error('no connection')) });
    await expect(gated(placing())).rejects.toThrow('no connection');
    expect(told).toEqual([{ t: 'untouched' }]);
  });
});
