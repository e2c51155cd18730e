import { type Pool } from 'pg';
import { type CpuReader } from '../lib/cpu';
import { type PlannedRequest } from '../lib/load/protocol';
import { type Check } from '../lib/report/model';
import { type HistoryFigures } from './workflows';

/** How the orders of a benchmark look. */
export interface OrderShape {
  /** Different SKUs on an order, each once. Only Holdfast takes more than one. */
  readonly lines: number;
  /** Whether the gateway is asked for a payment as the order is placed. */
  readonly payable: boolean;
  /** Whether the request has an Idempotency-Key, as a careful client's has. Only Holdfast knows of such. */
  readonly keyed: boolean;
}

export const ONE_LINE: OrderShape = { lines: 1, payable: false, keyed: true };

/** What is in a shop's database, over its life. */
export interface Count {
  readonly orders: number;
  readonly paid: number;
}

/** An order service under test, whatever it is made of. */
export interface Shop {
  readonly name: string;
  readonly note: string;
  /** Replicas of its API. */
  readonly urls: readonly string[];
  readonly headers: Readonly<Record<string, string>>;
  readonly cpu: Readonly<Record<string, CpuReader>>;
  /** Memory of the processes of interest. */
  readonly residentMiB: Readonly<Record<string, () => number>>;
  /** For the invariants: the load goes over HTTP. */
  readonly pool: Pool;

  /** Puts so many new SKUs on the shelf, each with so many units; answers their ids. */
  stock(skus: number, units: number): Promise<string[]>;
  /** An order of the SKU with that number, and of those after it where it has more lines. */
  placing(skuIds: readonly string[], number: number, shape: OrderShape): PlannedRequest;
  /** What to keep of a placing's answer so that `paying` can use it. */
  readonly keep: readonly string[];
  /** Where and how the payment of a placed order is made. */
  readonly payUrl: string;
  paying(kept: readonly string[]): PlannedRequest;
  /** What has to be there before placed orders can be paid and is nobody's cost here. */
  prepare?(kept: readonly (readonly string[])[]): Promise<void>;
  count(): Promise<Count>;
  /**
   * Orders that were answered and whose process is not started yet, or whose payment is asked for and not to be had yet:
   * under load the answer does not wait for either. Cheap enough to be asked often.
   */
  unstarted(): Promise<number>;
  /** Kills the worker as a machine's failure would, and starts it anew. Only where it is a process of its own. */
  restartWorker?(): Promise<void>;
  /** Workflows that Temporal knows of, looked for until there are at least so many; null for a shop without. */
  workflows(atLeast: number): Promise<number | null>;
  /** What Temporal keeps of an order's workflow; null for a shop without. */
  history(orderId: string): Promise<HistoryFigures | null>;
  /** Whether the books agree with each other. */
  books(): Promise<Check[]>;
}

/** A check that a query finds nothing wrong. */
export async function nothingWrong(pool: Pool, name: string, sql: string): Promise<Check> {
  const { rowCount } = await pool.query(sql);
  return { name, ok: rowCount === 0, found: rowCount === 0 ? 'yes' : `${rowCount} wrong` };
}
