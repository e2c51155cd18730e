import { type Pool } from 'pg';
import { type Check } from '../lib/report/model';
import { type Stage } from '../lib/stage';
import { type Hold } from '../skeletons/books';

/** A way to take units off a SKU that many want at once. */
export interface Strategy {
  readonly name: string;
  /** What it does, and what the articles say of it. */
  readonly note: string;
  /** Why it can't be run here; null when it can. */
  missing(): Promise<string | null>;
  open(stage: Stage): Promise<Ground>;
}

/** What a strategy works on while it is measured. */
export interface Ground {
  /** A new SKU with so many units. */
  stock(units: number): Promise<string>;
  /** Takes the units and writes what a shop has to write of it, or takes nothing. */
  hold(hold: Hold): Promise<boolean>;
  /** How often it had to try again so far, where it does. */
  retries?(): number;
  /** That the SKU, the ledger and the orders say the same, `held` units being gone. */
  checks(skuId: string, units: number, held: number): Promise<Check[]>;
}

export const always = (): Promise<null> => Promise.resolve(null);

/** The counters of one SKU are what they must be: nothing oversold, nothing lost. */
export async function countersAre(pool: Pool, skuId: string, units: number, held: number): Promise<Check> {
  const { rows } = await pool.query<{ available: number; reserved: number }>(
    'SELECT available, reserved FROM stock WHERE sku_id = $1',
    [skuId],
  );
  const { available = NaN, reserved = NaN } = rows[0] ?? {};
  return soldIs(units, held, available, reserved);
}

export function soldIs(units: number, held: number, available: number, reserved: number): Check {
  const ok = available >= 0 && available === units - held && reserved === held;
  return {
    name: 'counters are what was answered',
    ok,
    found: ok ? 'yes' : `${available} left, ${reserved} held of ${units}, ${held} answered`,
  };
}
