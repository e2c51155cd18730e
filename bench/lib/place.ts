import { type OrderShape, type Shop } from '../shops/shop';
import { cpuPerOrder, readCpu } from './cpu';
import { type LoadResult, type Pace } from './load/protocol';
import { type Check, ownCpu, type Run } from './report/model';
import { quiet } from './rest';
import { type Stage } from './stage';
import { percentile } from './stats';

export interface PlaceOptions {
  readonly skuIds: readonly string[];
  readonly orders: number;
  readonly pace: Pace;
  readonly shape: OrderShape;
}

export interface PlacedRun extends Omit<Run, 'load'> {
  readonly load: LoadResult;
}

/** Nothing happens for this long: what was placed will not start any more. */
const STALLED_MS = 30_000;
const LOOK_EVERY_MS = 25;
/** Counting thousands costs what is to be measured: the more are left, the more seldom they are counted. */
const LOOK_LATER_MS_EACH = 0.1;
const LOOK_AT_LEAST_EVERY_MS = 1_000;
const CREATED = 201;
const SHORT = 409;
/** The bounded queue before the database is full: come again. */
const BUSY = 503;

/**
 * Places orders over HTTP and waits until each that was answered 201 has its process and nobody works any more. `answered/s` is the
 * door's rate, `started/s` counts to the last start, `settled/s` and the CPU to the rest after it: a start that is not eager has its
 * first task still before it. Sold out is an answer like any other; too busy is none.
 */
export async function place(stage: Stage, shop: Shop, options: PlaceOptions): Promise<PlacedRun> {
  const before = await standOf(shop);
  const requests = Array.from({ length: options.orders }, (_, n) => shop.placing(options.skuIds, n, options.shape));
  const { urls, headers, keep } = shop;
  const cpu = readCpu(shop.cpu);
  const began = performance.now();
  const load = await stage.load.run({ urls, headers, requests, pace: options.pace, keep });
  const door = cpuPerOrder(cpu, readCpu(shop.cpu), options.orders);
  await allStarted(shop);
  const startedMs = performance.now() - began;
  const settledMs = (await quiet([shop])) - began;
  const cpuMs = { ...cpuPerOrder(cpu, readCpu(shop.cpu), options.orders), load: load.cpuMs / options.orders };
  const placed = count(load, CREATED);
  return {
    load,
    metrics: {
      'answered/s': ((options.orders - count(load, BUSY)) / load.wallMs) * 1_000,
      'p50 ms': percentile(load.latenciesMs, 0.5),
      'p99 ms': percentile(load.latenciesMs, 0.99),
      'started/s': (placed / startedMs) * 1_000,
      'settled/s': (placed / settledMs) * 1_000,
      'too busy': count(load, BUSY),
      'CPU ms': ownCpu(cpuMs),
      'till answered': ownCpu(door),
    },
    cpuMs,
    checks: [...(await placedChecks(shop, before, load)), ...(await shop.books())],
  };
}

/** How many requests were answered so. */
export function count({ statuses }: LoadResult, status: number): number {
  return statuses.reduce((sum, each) => sum + Number(each === status), 0);
}

/** Waits until no answered order is without its process; throws when they stop becoming fewer. */
async function allStarted(shop: Shop): Promise<void> {
  await dwindle(`${shop.name}: answered orders without a process`, () => shop.unstarted());
}

/** Waits until nothing is left; throws when what is left does not become less any more. */
export async function dwindle(what: string, left: () => Promise<number>): Promise<void> {
  let [least, since] = [Infinity, performance.now()];
  for (;;) {
    const now = await left();
    if (now === 0) return;
    if (now < least) [least, since] = [now, performance.now()];
    if (performance.now() - since > STALLED_MS) throw new Error(`${what}: ${now}, and they don't become fewer`);
    const pauseMs = Math.min(LOOK_EVERY_MS + now * LOOK_LATER_MS_EACH, LOOK_AT_LEAST_EVERY_MS);
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}

interface Stand {
  readonly orders: number;
  readonly workflows: number | null;
}

async function standOf(shop: Shop): Promise<Stand> {
  return { orders: (await shop.count()).orders, workflows: await shop.workflows(0) };
}

async function placedChecks(shop: Shop, before: Stand, load: LoadResult): Promise<Check[]> {
  const placed = count(load, CREATED);
  const others = load.statuses.length - placed - count(load, SHORT) - count(load, BUSY);
  const orders = (await shop.count()).orders - before.orders;
  const checks = [
    { name: 'every answer is 201, 409 or 503', ok: others === 0, found: others === 0 ? 'yes' : `${others} others` },
    { name: 'orders in the database', ok: orders === placed, found: `${orders} of ${placed}` },
  ];
  const workflows = before.workflows === null ? null : await shop.workflows(before.workflows + placed);
  if (workflows === null || before.workflows === null) return checks;
  const more = workflows - before.workflows;
  return [...checks, { name: 'workflows of them', ok: more === placed, found: `${more} of ${placed}` }];
}
