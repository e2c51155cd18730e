import { type GatewayName, GATEWAYS } from '../../src/domain/payment';
import { PROVIDERS } from '../support/races';
import { type Fault } from '../support/sandbox-control';
import { attemptFaults, createFault, type PlannedFault } from './fault-plan';
import { Random } from './random';

/** What the buyer or the shop does, `at` ms after the order was placed. `pay` without an amount pays the right one. */
export type Step = { readonly at: number } & (
  | { readonly do: 'pay'; readonly amount?: number; readonly attempt: 'first' | 'current' }
  | { readonly do: 'scan' | 'cancel' }
  | { readonly do: 'switch'; readonly to: GatewayName }
);

export interface RefundStep {
  /** In percent of the order's amount; null: all that is left. */
  readonly percent: number | null;
  readonly restock: boolean;
  /** Sent twice at once under one Idempotency-Key. */
  readonly twice: boolean;
}

export interface OrderPlan {
  readonly index: number;
  readonly scenario: Scenario;
  /** When it is placed, in ms from the run's start. */
  readonly startAt: number;
  readonly payWith: GatewayName;
  /** SKUs by number of the run's catalogue. */
  readonly lines: readonly { readonly sku: number; readonly quantity: number }[];
  readonly windowSeconds: number;
  /** Placed twice at once under one Idempotency-Key. */
  readonly placedTwice: boolean;
  /** What the buyer has: plenty or nothing. */
  readonly points: number;
  /** For how long, from the placing on, the buyer's points account is locked; 0: not at all. Milliseconds. */
  readonly accountHeldMs: number;
  /** Armed by gateway before placing, so it may hit a neighbour. */
  readonly beforePlacing: PlannedFault | null;
  /** Armed for each attempt's number as it becomes known. */
  readonly faults: readonly PlannedFault[];
  readonly steps: readonly Step[];
  /** Asked for one after the other once the order is paid. */
  readonly refunds: readonly RefundStep[];
}

export interface RunPlan {
  readonly seed: number;
  readonly orders: readonly OrderPlan[];
  /** When a worker process is killed and another one started, in ms from the run's start, in order. */
  readonly kills: readonly number[];
  /** Units on sale at first, by SKU number. */
  readonly stock: readonly number[];
}

/** One order about every so many ms: a busy shop that two cores can still follow. */
const PLACED_EVERY_MS = 120;
/** The last SKU is scarce: some orders find it sold out. */
const PLENTY = 10_000;
const KILLS = 2;
/** More than any order costs. */
const PLENTY_OF_POINTS = 100_000;

const SCENARIOS = [
  ...['payInTime', 'payLate', 'payTwice', 'wrongAmount', 'neverPays', 'cancel', 'cancelWhilePaying'],
  ...['switch', 'switchBack', 'refundInFull', 'refundInParts', 'brokenClose', 'bothPaid'],
] as const;
export type Scenario = (typeof SCENARIOS)[number];
/** They get a longer window: a switch waits for two calls of gateways in trouble. */
const SWITCHING: readonly Scenario[] = ['switch', 'switchBack', 'bothPaid'];

/** Everything a run does, as a function of its seed and size; only the machine's timing is left to chance. */
export function planRun(seed: number, orders: number): RunPlan {
  const random = new Random(seed);
  const spread = orders * PLACED_EVERY_MS;
  const planned = Array.from({ length: orders }, (_, index) => planOrder(random, index, random.int(0, spread)));
  const kills = Array.from({ length: KILLS }, () => random.int(500, 500 + spread)).sort((a, b) => a - b);
  return { seed, orders: planned, kills, stock: [PLENTY, PLENTY, PLENTY, orders] };
}

function planOrder(random: Random, index: number, startAt: number): OrderPlan {
  const scenario = random.pick<Scenario>(SCENARIOS);
  const broken = scenario === 'brokenClose' || scenario === 'bothPaid';
  // Points can't break their word: they are our own.
  const payWith = broken ? random.pick(PROVIDERS) : random.pick(GATEWAYS);
  const windowSeconds = SWITCHING.includes(scenario) ? random.int(5, 8) : random.int(1, 4);
  const skus = [...new Set(Array.from({ length: random.int(1, 3) }, () => random.int(0, 3)))];
  return {
    ...{ index, scenario, startAt, payWith, windowSeconds },
    lines: skus.map((sku) => ({ sku, quantity: random.int(1, 5) })),
    placedTwice: random.chance(0.2),
    points: random.chance(0.7) ? PLENTY_OF_POINTS : 0,
    accountHeldMs: random.chance(0.4) ? random.int(100, 3_000) : 0,
    beforePlacing: payWith !== 'points' && random.chance(0.15) ? createFault(random) : null,
    faults: broken ? [{ op: 'close', fault: 'broken_close' }] : attemptFaults(random),
    steps: script(random, scenario, windowSeconds * 1000),
    refunds: refunds(random, scenario),
  };
}

/** What is done to an order, by scenario; `window` in ms. */
function script(random: Random, scenario: Scenario, window: number): Step[] {
  const early = (): number => random.int(50, Math.floor(window * 0.7));
  const pay = (at: number): Step => ({ do: 'pay', at, attempt: 'current' });
  const scanned: Step[] = random.chance(0.6) ? [{ do: 'scan', at: 20 }] : [];
  switch (scenario) {
    case 'payInTime':
    case 'refundInFull':
    case 'refundInParts':
      return [...scanned, pay(early())];
    case 'payLate':
      return [...scanned, pay(window + random.int(-200, 1_500))];
    case 'payTwice':
      return [...scanned, pay(early()), pay(window)];
    case 'wrongAmount':
      return [...scanned, { do: 'pay', at: early(), amount: 1, attempt: 'current' }];
    case 'neverPays':
      return scanned;
    case 'cancel':
      return [...scanned, { do: 'cancel', at: early() }];
    case 'cancelWhilePaying': {
      const at = early();
      return [...scanned, { do: 'cancel', at }, pay(at + random.int(-20, 60))];
    }
    case 'switch':
      return [...scanned, { do: 'switch', at: early(), to: random.pick(GATEWAYS) }, ...maybe(random, pay(window))];
    case 'switchBack': {
      const [to, back] = [random.pick(GATEWAYS), random.pick(GATEWAYS)];
      const at = random.int(50, window / 3);
      return [
        { do: 'switch', at, to },
        { do: 'switch', at: at + 300, to: back },
        ...maybe(random, pay(at + random.int(300, 900))),
      ];
    }
    case 'brokenClose':
      return [
        // Alipay acknowledges no close before the scan.
        { do: 'scan', at: 0 },
        { do: 'cancel', at: early() },
        { do: 'pay', at: window + random.int(0, 1_500), attempt: 'first' },
      ];
    case 'bothPaid':
      return [
        { do: 'scan', at: 0 },
        { do: 'switch', at: 100, to: random.pick(GATEWAYS) },
        { do: 'pay', at: 1_500, attempt: 'first' },
        { do: 'pay', at: 1_500, attempt: 'current' },
      ];
  }
}

function maybe(random: Random, step: Step): Step[] {
  return random.chance(0.7) ? [step] : [];
}

function refunds(random: Random, scenario: Scenario): RefundStep[] {
  const one = (percent: number | null): RefundStep => ({
    percent,
    restock: percent === null && random.chance(0.5),
    twice: random.chance(0.3),
  });
  if (scenario === 'refundInFull') return [one(null)];
  if (scenario === 'refundInParts')
    return [one(random.int(10, 40)), one(random.int(10, 40)), ...(random.chance(0.5) ? [one(null)] : [])];
  return [];
}

/** The fault as the sandbox takes it. */
export function armedFor(planned: PlannedFault, match: NonNullable<Fault['match']> & { gateway?: GatewayName }): Fault {
  return { ...planned, match };
}
