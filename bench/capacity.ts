import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { table } from './lib/report/markdown';
import { type Report, type Row, valuesOf } from './lib/report/model';
import { spreadOf } from './lib/stats';

/** What no benchmark here measures: taken as given, and printed with the result. */
const ASSUMED = {
  'orders/s': [200, 2_000, 20_000],
  /** Of a core, so that a peak of half as much again still fits. */
  'busy at most': 0.6,
  'seconds that an order is open, on average': 180,
  'connections per process': 10,
  'state transitions/s per history shard': 50,
  'KiB of memory per cached workflow': 300,
} as const;

/** What one order costs, as `npm run bench -- life` found it. */
interface Cost {
  readonly node: number;
  readonly temporal: number;
  readonly postgresql: number;
  readonly transitions: number;
  readonly historyKiB: number;
  readonly walKiB: number;
  readonly databaseKiB: number;
}

const COST_METRICS = {
  transitions: 'state transitions',
  historyKiB: 'history KiB',
  walKiB: 'WAL KiB',
  databaseKiB: 'database KiB',
} as const;

function costOf(row: Row): Cost {
  const median = (values: readonly number[]): number => spreadOf(values).median;
  const cpu = (name: string): number => median(row.runs.map(({ cpuMs }) => cpuMs[name] ?? NaN));
  const metric = (name: keyof typeof COST_METRICS): number => median(valuesOf(row, COST_METRICS[name]));
  return {
    ...{ node: cpu('node'), temporal: cpu('temporal'), postgresql: cpu('postgresql') },
    ...{ transitions: metric('transitions'), historyKiB: metric('historyKiB') },
    ...{ walKiB: metric('walKiB'), databaseKiB: metric('databaseKiB') },
  };
}

/** What the report has no figure of, by the name that a cost has in the table. */
function missingOf(cost: Cost): string[] {
  return Object.entries(cost).flatMap(([name, value]) => (Number.isNaN(value) ? [name] : []));
}

/** Of figures that are not there nothing can be computed. */
function shown(value: string): string {
  return value === 'NaN' ? '–' : value;
}

/** What so many orders a second need, by name. */
function needs(cost: Cost, rate: number): Record<string, string> {
  const cores = (ms: number): number => Math.ceil((rate * ms) / 1_000 / ASSUMED['busy at most']);
  const open = rate * ASSUMED['seconds that an order is open, on average'];
  const gib = (kib: number): string => (kib / 1024 ** 2).toPrecision(3);
  const processes = cores(cost.node);
  return {
    'API and worker processes, a core each': String(processes),
    'Temporal, cores': String(cores(cost.temporal)),
    'PostgreSQL, cores': String(cores(cost.postgresql)),
    'PostgreSQL, connections': String(processes * ASSUMED['connections per process']),
    'PostgreSQL, WAL MiB/s': ((rate * cost.walKiB) / 1_024).toPrecision(3),
    'PostgreSQL, growth GiB/day': gib(rate * cost.databaseKiB * 86_400),
    'Temporal, state transitions/s': String(Math.ceil(rate * cost.transitions)),
    'Temporal, history shards at least': String(
      Math.ceil((rate * cost.transitions) / ASSUMED['state transitions/s per history shard']),
    ),
    'Temporal, closed histories GiB/day': gib(rate * cost.historyKiB * 86_400),
    'open orders': String(open),
    'workers’ memory for all of them, GiB': gib(open * ASSUMED['KiB of memory per cached workflow']),
  };
}

/** `node scripts/run.mjs bench/capacity.ts [life.json]`: prints the tables of docs/capacity.md, and says which figures an older report lacks. */
function main(file = join(__dirname, 'results', 'life.json')): void {
  const report = JSON.parse(readFileSync(file, 'utf8')) as Report;
  const row = report.rows.find(({ name }) => name.includes('asking') && !name.includes('consumers'));
  if (!row) {
    console.error(
      `missing in ${file}: the row of Holdfast asking a gateway, and so every figure. npm run bench -- life`,
    );
    process.exitCode = 1;
    return;
  }
  const cost = costOf(row);
  const missing = missingOf(cost);
  if (missing.length > 0) console.error(`missing in ${file}: ${missing.join(', ')}. npm run bench -- life`);
  const columns = ASSUMED['orders/s'].map((rate) => needs(cost, rate));
  const names = Object.keys(columns[0] ?? {});
  console.log(
    table(
      ['measured, per order', row.name],
      Object.entries(cost).map(([name, value]) => [name, shown(value.toPrecision(3))]),
    ),
  );
  console.log();
  console.log(
    table(
      ['assumed', ''],
      Object.entries(ASSUMED).map(([name, value]) => [name, String(value)]),
    ),
  );
  console.log();
  const rates = ASSUMED['orders/s'].map((rate) => `${rate.toLocaleString('en-GB')} orders/s`);
  console.log(
    table(
      ['', ...rates],
      names.map((name) => [name, ...columns.map((each) => shown(each[name] ?? ''))]),
    ),
  );
}

main(process.argv[2]);
