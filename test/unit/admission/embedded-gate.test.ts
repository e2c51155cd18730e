import { EmbeddedGate } from '../../../src/adapters/admission/embedded/gate';
import { READING_LIFE_MS } from '../../../src/ports/admission-gate';
import { admissionGateSuite, FakeStock, passes, turnedBack } from '../../contract/admission-gate.suite';
import { type ByHand, byHand, settled } from '../dispatch/support/by-hand';

const quiet = () => undefined;
const log = { debug: quiet, info: quiet, warn: quiet, error: quiet };

admissionGateSuite('embedded', () => {
  let now = 0;
  const stock = new FakeStock();
  const gate = new EmbeddedGate({ stock, elapsed: () => now, log });
  return Promise.resolve({
    gate,
    stock,
    outlive: () => Promise.resolve(void (now += READING_LIFE_MS)),
    close: () => {
      // A reading that never answers is not waited for: the test has no more use for it.
      void gate.stop();
      return Promise.resolve();
    },
  });
});

type Found = ReadonlyMap<string, { available: number; unlimited: boolean }>;

describe('EmbeddedGate', () => {
  let now: number;
  let readings: { skuIds: readonly string[]; end: ByHand<Found> }[];
  let gate: EmbeddedGate;
  beforeEach(() => {
    jest.useFakeTimers();
    now = 5_000;
    readings = [];
    const read = (skuIds: readonly string[]): Promise<Found> => {
      const end = byHand<Found>();
      readings.push({ skuIds, end });
      return end.promise;
    };
    gate = new EmbeddedGate({ stock: { read }, elapsed: () => now, log });
  });
  afterEach(() => jest.useRealTimers());

  async function found(units: Record<string, number>): Promise<void> {
    const entries = Object.entries(units).map(
      ([skuId, available]) => [skuId, { available, unlimited: false }] as const,
    );
    readings.at(-1)?.end.resolve(new Map(entries));
    await settled();
  }
  async function pass(ms: number): Promise<void> {
    now += ms;
    jest.advanceTimersByTime(ms);
    await settled();
  }

  test('counts the life of a reading from when it was begun, not from when it was answered', async () => {
    await turnedBack(gate, 'sku_tea');
    now += READING_LIFE_MS - 1;
    await found({ sku_tea: 0 });
    expect(await passes(gate, 'sku_tea')).toBe(false);
    now += 1;
    expect(await passes(gate, 'sku_tea')).toBe(true);
  });

  test('refuses nobody by a placing that was refused: only by a reading', async () => {
    await turnedBack(gate, 'sku_tea');
    expect(await passes(gate, 'sku_tea')).toBe(true);
    await found({ sku_tea: 3 });
    expect(await passes(gate, 'sku_tea', 3)).toBe(true);
    expect(await passes(gate, 'sku_tea', 4)).toBe(false);
  });

  test('reads at once, then again and again, all that it watches in one read and one read at a time', async () => {
    await turnedBack(gate, 'sku_tea');
    await turnedBack(gate, 'sku_pot');
    expect(readings.map(({ skuIds }) => skuIds)).toEqual([['sku_tea']]);
    await pass(60_000);
    expect(readings).toHaveLength(1);
  });

  test('reads again before the reading is too old to refuse', async () => {
    await turnedBack(gate, 'sku_tea');
    await found({ sku_tea: 0 });
    await turnedBack(gate, 'sku_tea');
    await pass(READING_LIFE_MS / 2);
    expect(readings).toHaveLength(2);
  });

  test('lets a SKU go that it has refused nobody for a while, and reads no more', async () => {
    await turnedBack(gate, 'sku_tea');
    await found({ sku_tea: 0 });
    await passes(gate, 'sku_tea');
    const before = readings.length;
    await pass(10_000);
    expect(gate.size()).toBe(0);
    expect(readings).toHaveLength(before);
    expect(jest.getTimerCount()).toBe(0);
  });

  test('watches no more than a thousand SKUs', async () => {
    for (let n = 0; n <= 1_000; n += 1) await turnedBack(gate, `sku_${n}`);
    expect(gate.size()).toBe(1_000);
  });

  test('stops: waits for the reading under way, and begins no other', async () => {
    await turnedBack(gate, 'sku_tea');
    const stopped = gate.stop();
    await found({ sku_tea: 0 });
    await stopped;
    await turnedBack(gate, 'sku_pot');
    expect(readings).toHaveLength(1);
    expect(jest.getTimerCount()).toBe(0);
  });
});
