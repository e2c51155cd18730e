import { ONE_LINE, type Shop } from '../shops/shop';
import { openHandMade } from '../shops/skeleton';
import { type BenchContext, interleave, type Side, warmUp } from './bench';
import { rabbitMissing } from './brokers';
import { place } from './place';
import { type Row, type Run } from './report/model';
import { quiet } from './rest';
import { type Stage } from './stage';

/** The sizes of a benchmark that places orders. */
export type PlacingSizes = 'orders' | 'skus' | 'callers' | 'warmUp' | 'runs';

/** A shop that can't be had here, and why. */
export interface Absent {
  readonly name: string;
  readonly skipped: string;
}

type Measure = (shop: Shop, orders: number) => Promise<Omit<Run, 'load'>>;

/** Warms the shops up, then measures them in turn. */
export async function compareShops(
  { size, say }: Pick<BenchContext<PlacingSizes>, 'size' | 'say'>,
  shops: readonly (Shop | Absent)[],
  measure: Measure,
): Promise<Row[]> {
  const present = shops.flatMap((shop) => ('skipped' in shop ? [] : [shop]));
  for (const shop of present) await warmUp(shop.name, () => measure(shop, size.warmUp), say);
  const sides = shops.map((shop): Side => {
    if ('skipped' in shop) return shop;
    const measured = async () => {
      await quiet(present);
      return measure(shop, size.orders);
    };
    return { name: shop.name, note: shop.note, measure: measured };
  });
  return interleave(sides, size.runs, say);
}

/** Orders of one line by a closed loop, on fresh SKUs that have enough for all. */
export function closedPlacing({ stage, size }: Pick<BenchContext<PlacingSizes>, 'stage' | 'size'>): Measure {
  return async (shop, orders) => {
    const skuIds = await shop.stock(size.skus, orders);
    const pace = { t: 'closed', callers: size.callers } as const;
    const { load: _load, ...run } = await place(stage, shop, { skuIds, orders, pace, shape: ONE_LINE });
    return run;
  };
}

/** The hand-made skeleton, or why it can't be had here. */
export async function handMadeOr(stage: Stage): Promise<Shop | Absent> {
  const missing = await rabbitMissing();
  return missing === null ? openHandMade(stage) : { name: 'hand-made', skipped: missing };
}

/** What a benchmark that places orders over HTTP runs with. */
export function placingSettings(size: BenchContext<PlacingSizes>['size']): Record<string, string> {
  return {
    orders: `${size.orders} over ${size.skus} SKUs, one line each, after ${size.warmUp} to warm up`,
    load: `closed loop, ${size.callers} callers`,
    ...SERVERS,
  };
}

/** What every benchmark over HTTP runs on. */
export const SERVERS = {
  PostgreSQL: 'embedded 18, waits for the disk, a database per side',
  Temporal: 'development server per side, SQLite in write-ahead mode, one partition',
} as const;
