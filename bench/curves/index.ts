import { type Bench, interleave, ratio, warmUp } from '../lib/bench';
import { place } from '../lib/place';
import { figure } from '../lib/report/figure';
import { quiet } from '../lib/rest';
import { type Run } from '../lib/report/model';
import { type PlacingSizes, SERVERS } from '../lib/sides';
import { type Stage } from '../lib/stage';
import { AXES } from './axes';
import { type Axis, type Point } from './axis';

/** How cost grows, an axis each: `curve-load`, `curve-skus` … */
export const curves: readonly Bench<PlacingSizes>[] = AXES.map((axis) => ({
  name: `curve-${axis.name}`,
  title: `How cost grows: ${axis.title}`,
  about: axis.about,
  sizes: {
    orders: { full: 5_000, quick: 20 },
    skus: { full: 50, quick: 5 },
    callers: { full: 60, quick: 5 },
    warmUp: { full: 500, quick: 5 },
    runs: { full: 3, quick: 1 },
  },
  texts: { points: '' },
  async run({ stage, size, text, quick, say }) {
    const points = pointsOf(axis, text['points'] ?? '', quick);
    const opened = await axis.open(stage, points, size);
    const shops = [...new Set([...opened.values()].map(({ shop }) => shop))];
    const sides = [...opened].map(([value, point]) => ({
      name: `${axis.name} ${value.toLocaleString('en-GB')}`,
      measure: async () => {
        await quiet(shops);
        return measure(stage, point, size.orders);
      },
      warmUp: () => measure(stage, point, size.warmUp),
    }));
    for (const side of sides) await warmUp(side.name, side.warmUp, say);
    const rows = await interleave(sides, size.runs, say);
    const [first, ...others] = rows;
    return {
      settings: {
        orders: `${size.orders} a run, one line each over ${size.skus} SKUs where the axis is another, after ${size.warmUp} to warm up`,
        load: `closed loop, ${size.callers} callers, where the axis is another`,
        points: points.map(figure).join(', '),
        ...SERVERS,
      },
      charts: ['answered/s', 'p99 ms'],
      rows,
      ratios: first ? others.flatMap(({ name }) => ratio(rows, 'answered/s', name, first.name, axis.goal)) : [],
    };
  },
}));

function pointsOf(axis: Axis, given: string, quick: boolean): readonly number[] {
  if (given === '') return quick ? axis.quickPoints : axis.points;
  if (!/^\d{1,7}(,\d{1,7})*$/.test(given))
    throw new Error(`--points must be numbers with commas between, got ${given}`);
  return given.split(',').map(Number);
}

async function measure(
  stage: Stage,
  { shop, skus, shape, pace, afterwards }: Point,
  orders: number,
): Promise<Omit<Run, 'load'>> {
  const skuIds = await shop.stock(skus, orders);
  const { load: _load, ...run } = await place(stage, shop, { skuIds, orders, pace, shape });
  const resident = Object.entries(shop.residentMiB).map(([name, read]) => [`${name} MiB`, read()] as const);
  const after = (await afterwards?.()) ?? { metrics: {}, checks: [] };
  return {
    ...run,
    checks: [...run.checks, ...after.checks],
    metrics: { ...run.metrics, ...Object.fromEntries(resident), ...after.metrics },
  };
}
