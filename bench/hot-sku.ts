import { atLeast, type Bench, interleave, ratio, warmUp } from './lib/bench';
import { cpuPerOrder, readCpu } from './lib/cpu';
import { count, place } from './lib/place';
import { ownCpu, type Run } from './lib/report/model';
import { quiet } from './lib/rest';
import { SERVERS } from './lib/sides';
import { type Stage } from './lib/stage';
import { percentile } from './lib/stats';
import { openHoldfast } from './shops/holdfast';
import { ONE_LINE, type Shop } from './shops/shop';
import { openExpress409 } from './shops/skeleton';

type Sizes = 'buyers' | 'units' | 'callers' | 'warmUp' | 'runs';

/** A flash sale. */
export const hotSku: Bench<Sizes> = {
  name: 'hot-sku',
  title: 'One hot SKU',
  about:
    'Many buyers want a few units of one SKU. Exactly those units are sold, and only their orders have a workflow; everybody ' +
    'else is refused, as often a second as the machine gives. With an Idempotency-Key on the request PostgreSQL is asked whether it ' +
    'was answered before; without one nobody is. The floor is an Express that says 409 to everybody from memory.',
  sizes: {
    buyers: { full: 20_000, quick: 60 },
    units: { full: 100, quick: 5 },
    callers: { full: 60, quick: 6 },
    warmUp: { full: 1_000, quick: 10 },
    runs: { full: 3, quick: 1 },
  },
  async run({ stage, size, say }) {
    const holdfast = await openHoldfast(stage, { processes: 'apart' });
    const floor = await openExpress409(stage);
    const selling = (buyers: number, keyed = false) => sell(stage, holdfast, { ...size, buyers }, keyed);
    const withKeys = { ...holdfast, name: `${holdfast.name}, with keys` };
    const refusing = (buyers: number) => refuse(stage, floor, buyers, size.callers);
    await warmUp(holdfast.name, () => selling(size.warmUp), say);
    await warmUp(withKeys.name, () => selling(size.warmUp, true), say);
    await warmUp(floor.name, () => refusing(size.warmUp), say);
    const side = ({ name, note }: Pick<Shop, 'name' | 'note'>, run: () => Promise<Omit<Run, 'load'>>) => ({
      ...{ name, note },
      measure: async () => {
        await quiet([holdfast]);
        return run();
      },
    });
    const sides = [
      side(holdfast, () => selling(size.buyers)),
      side(floor, () => refusing(size.buyers)),
      side(withKeys, () => selling(size.buyers, true)),
    ];
    const rows = await interleave(sides, size.runs, say);
    return {
      settings: {
        buyers: `${size.buyers} for ${size.units} units of one SKU, after ${size.warmUp} to warm up`,
        load: `closed loop, ${size.callers} callers`,
        ...SERVERS,
      },
      charts: ['answered/s', 'p99 ms'],
      rows,
      ratios: [
        ...ratio(rows, 'answered/s', holdfast.name, floor.name, atLeast(0.7)),
        ...ratio(rows, 'answered/s', withKeys.name, floor.name),
      ],
    };
  },
};

async function sell(stage: Stage, shop: Shop, size: Record<Sizes, number>, keyed: boolean): Promise<Omit<Run, 'load'>> {
  const skuIds = await shop.stock(1, size.units);
  const pace = { t: 'closed', callers: size.callers } as const;
  const { load, metrics, cpuMs, checks } = await place(stage, shop, {
    skuIds,
    orders: size.buyers,
    pace,
    shape: { ...ONE_LINE, keyed },
  });
  const sold = count(load, 201);
  const expected = Math.min(size.units, size.buyers);
  const { 'started/s': _started, 'settled/s': _settled, ...answers } = metrics;
  const exactly = { name: 'exactly the units sold', ok: sold === expected, found: `${sold} of ${expected}` };
  return { metrics: answers, cpuMs, checks: [exactly, ...checks] };
}

async function refuse(
  stage: Stage,
  floor: Awaited<ReturnType<typeof openExpress409>>,
  buyers: number,
  callers: number,
): Promise<Omit<Run, 'load'>> {
  const body = JSON.stringify({ buyerId: 'buyer_1', lines: [{ skuId: 'sku_1', quantity: 1 }], payWith: null });
  const requests = Array.from({ length: buyers }, () => ({ method: 'POST' as const, path: '/orders', body }));
  const cpu = readCpu(floor.cpu);
  const load = await stage.load.run({
    urls: floor.urls,
    headers: {},
    requests,
    pace: { t: 'closed', callers },
    keep: [],
  });
  const cpuMs = { ...cpuPerOrder(cpu, readCpu(floor.cpu), buyers), load: load.cpuMs / buyers };
  const refused = count(load, 409);
  return {
    metrics: {
      'answered/s': (buyers / load.wallMs) * 1_000,
      'p50 ms': percentile(load.latenciesMs, 0.5),
      'p99 ms': percentile(load.latenciesMs, 0.99),
      'CPU ms': ownCpu(cpuMs),
    },
    cpuMs,
    checks: [
      {
        name: 'every answer is 201, 409 or 503',
        ok: refused === buyers,
        found: refused === buyers ? 'yes' : `${buyers - refused} others`,
      },
    ],
  };
}
