import { createNewId } from '../../src/adapters/ids/ulid';
import { atLeast, type Bench, interleave, ratio, type Side } from '../lib/bench';
import { type CpuReader, cpuPerOrder, namedCpu, readCpu } from '../lib/cpu';
import { ownCpu, type Run } from '../lib/report/model';
import { type Stage } from '../lib/stage';
import { percentile } from '../lib/stats';
import { POOL_SIZE } from '../skeletons/books';
import { holdfastHold, holdfastPlace } from './own';
import {
  conditionalUpdate,
  conditionalUpdateAlone,
  groupCommit,
  groupCommitAlone,
  oneStatement,
  optimisticVersion,
  selectForUpdate,
} from './postgres';
import { redisLock, redisLua } from './redis';
import { type Ground, type Strategy } from './strategy';

type Sizes = 'callers' | 'millis' | 'scarce' | 'runs';

const STRATEGIES: readonly Strategy[] = [
  conditionalUpdate,
  selectForUpdate,
  optimisticVersion,
  redisLock,
  redisLua,
  oneStatement,
  groupCommit,
  holdfastPlace,
  conditionalUpdateAlone,
  groupCommitAlone,
  holdfastHold,
];

/** Enough that nobody is refused while the clock runs. */
const PLENTY = 50_000_000;
/** Of the time that is measured, to warm up before. */
const WARM_UP_PART = 0.25;

/** The ways to take stock, side by side. */
export const stockStrategies: Bench<Sizes> = {
  name: 'stock-strategies',
  title: 'Stock strategies on one hot SKU',
  about:
    'Callers in one process take one unit each of the same SKU, as fast as the strategy lets them. Each hold writes an order, a ' +
    'ledger row and the counters unless the remark says otherwise. Then each strategy gets a SKU that three times as many want ' +
    'as there are units, and has to sell exactly those.',
  sizes: {
    callers: { full: 60, quick: 10 },
    millis: { full: 4_000, quick: 150 },
    scarce: { full: 200, quick: 20 },
    runs: { full: 3, quick: 1 },
  },
  async run({ stage, size, say }) {
    const sides: Side[] = [];
    for (const strategy of STRATEGIES) sides.push(await sideOf(strategy, stage, size));
    const rows = await interleave(sides, size.runs, say);
    return {
      settings: {
        callers: String(size.callers),
        'a run': `${size.millis} ms, then ${size.scarce} units wanted three times`,
        PostgreSQL: `embedded 18, waits for the disk, a database and a pool of ${POOL_SIZE} per strategy`,
      },
      charts: ['holds/s'],
      rows,
      ratios: [
        ...ratio(rows, 'holds/s', holdfastHold.name, groupCommitAlone.name, atLeast(0.7)),
        ...ratio(rows, 'holds/s', holdfastHold.name, conditionalUpdateAlone.name, atLeast(15)),
        ...ratio(rows, 'CPU ms', holdfastHold.name, groupCommitAlone.name),
        ...ratio(rows, 'holds/s', holdfastHold.name, groupCommit.name),
        ...ratio(rows, 'holds/s', holdfastHold.name, conditionalUpdate.name),
        ...ratio(rows, 'holds/s', holdfastPlace.name, groupCommit.name),
        ...ratio(rows, 'holds/s', holdfastPlace.name, conditionalUpdate.name),
      ],
    };
  },
};

async function sideOf(strategy: Strategy, stage: Stage, size: Record<Sizes, number>): Promise<Side> {
  const { name, note } = strategy;
  const missing = await strategy.missing();
  if (missing !== null) return { name, note, skipped: missing };
  const ground = await strategy.open(stage);
  const cpu = { postgresql: stage.postgresCpu, redis: namedCpu('redis-server'), node: nodeCpu };
  return { name, note, measure: () => measure(ground, cpu, size) };
}

async function measure(
  ground: Ground,
  cpu: Readonly<Record<string, CpuReader>>,
  { callers, millis, scarce }: Record<Sizes, number>,
): Promise<Omit<Run, 'load'>> {
  const plenty = await ground.stock(PLENTY);
  const warm = await hammer(ground, plenty, callers, { forMs: millis * WARM_UP_PART });
  const [before, retriesBefore] = [readCpu(cpu), ground.retries?.() ?? 0];
  const timed = await hammer(ground, plenty, callers, { forMs: millis });
  const cpuMs = cpuPerOrder(before, readCpu(cpu), timed.held);
  const retries = (ground.retries?.() ?? 0) - retriesBefore;
  const few = await ground.stock(scarce);
  const rush = await hammer(ground, few, callers, { asks: scarce * 3 });
  return {
    metrics: {
      'holds/s': (timed.held / timed.wallMs) * 1_000,
      'p50 ms': percentile(timed.latenciesMs, 0.5),
      'p99 ms': percentile(timed.latenciesMs, 0.99),
      'CPU ms': ownCpu(cpuMs),
      ...(ground.retries && { 'retries/hold': retries / timed.held }),
    },
    cpuMs,
    checks: [
      ...(await ground.checks(plenty, PLENTY, warm.held + timed.held)),
      ...(await ground.checks(few, scarce, rush.held)),
      { name: 'sold of the scarce SKU', ok: rush.held === scarce, found: `${rush.held} of ${scarce}` },
    ],
  };
}

interface Hammered {
  readonly held: number;
  readonly wallMs: number;
  readonly latenciesMs: readonly number[];
}

const newId = createNewId(Date.now);

/** All callers at once, each asking again when it was answered, for a time or for so many asks in all. */
async function hammer(
  ground: Ground,
  skuId: string,
  callers: number,
  until: { readonly forMs: number } | { readonly asks: number },
): Promise<Hammered> {
  const latenciesMs: number[] = [];
  let [asked, held] = [0, 0];
  const began = performance.now();
  const goesOn = (): boolean => ('asks' in until ? asked < until.asks : performance.now() - began < until.forMs);
  const caller = async (_: unknown, number: number): Promise<void> => {
    while (goesOn()) {
      asked += 1;
      const at = performance.now();
      if (await ground.hold({ id: newId('order'), buyerId: `buyer_${number}`, skuId, quantity: 1 })) held += 1;
      latenciesMs.push(performance.now() - at);
    }
  };
  await Promise.all(Array.from({ length: callers }, caller));
  return { held, wallMs: performance.now() - began, latenciesMs };
}

/** This process: the strategies' code runs in it, and the callers too. */
const nodeCpu: CpuReader = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
};
