import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { burst } from './burst';
import { curves } from './curves';
import { hotSku } from './hot-sku';
import { type Bench } from './lib/bench';
import { describeMachine } from './lib/machine';
import { brokenChecks, type Report } from './lib/report/model';
import { writeReport } from './lib/report/write';
import { Stage } from './lib/stage';
import { withProgress } from '../src/main/progress';
import { life } from './life';
import { stockStrategies } from './stock-strategies';
import { sustained } from './sustained';

const BENCHES: readonly Bench[] = [stockStrategies, burst, sustained, life, hotSku, ...curves];
const RESULTS = join(__dirname, 'results');

const say = (line: string): void => console.log(`  ${line}`);

/** `npm run bench [-- NAME…] [--quick] [--out DIR] [--<size> N]`: the benchmarks named, or all, one after the other. */
async function main({ names, quick, out, given }: ReturnType<typeof readArguments>): Promise<void> {
  let broken = 0;
  for (const bench of BENCHES.filter(({ name }) => names.length === 0 || names.some((each) => means(each, name)))) {
    console.log(`${bench.title} (${bench.name})`);
    const report = await runOne(bench, quick, given);
    say(`report: ${await writeReport(out, report)}`);
    for (const line of brokenChecks(report)) {
      broken += 1;
      console.error(`  INVARIANT BROKEN: ${line}`);
    }
  }
  process.exitCode = broken === 0 ? 0 : 1;
}

async function runOne(bench: Bench, quick: boolean, given: Readonly<Record<string, string>>): Promise<Report> {
  const machine = describeMachine();
  const began = Date.now();
  const stage = await Stage.open(say);
  const stopped = endOnSignal(stage);
  try {
    const size = Object.fromEntries(
      Object.entries(bench.sizes).map(([name, { full, quick: small }]) => [
        name,
        given[name] === undefined ? (quick ? small : full) : whole(name, given[name]),
      ]),
    );
    const text = Object.fromEntries(
      Object.entries(bench.texts ?? {}).map(([name, usual]) => [name, given[name] ?? usual]),
    );
    const findings = await withProgress(bench.name, say, () => bench.run({ stage, size, text, quick, say }));
    const { name, title, about } = bench;
    const startedAt = new Date(began).toISOString();
    return { name, title, about, machine, startedAt, seconds: (Date.now() - began) / 1_000, ...findings };
  } finally {
    stopped();
    await stage.close();
  }
}

/** Ctrl-C stops what was started before it ends us. */
function endOnSignal(stage: Stage): () => void {
  const end = (): void => void stage.close().finally(() => process.exit(130));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, end);
  return () => ['SIGINT', 'SIGTERM'].forEach((signal) => process.removeListener(signal, end));
}

function readArguments(args: string[]) {
  const own = BENCHES.flatMap(({ sizes, texts }) => [...Object.keys(sizes), ...Object.keys(texts ?? {})]);
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      quick: { type: 'boolean', default: false },
      out: { type: 'string', default: RESULTS },
      ...Object.fromEntries(own.map((name) => [name, { type: 'string' as const }])),
    },
  });
  const known = BENCHES.map(({ name }) => name);
  const unknown = positionals.filter((given) => !known.some((name) => means(given, name)));
  if (unknown.length > 0)
    throw new Error(`no benchmark is called ${unknown.join(', ')}; there are ${known.join(', ')}`);
  const { quick, out, ...given } = values as { quick: boolean; out: string } & Record<string, string>;
  return { names: positionals, quick, out, given };
}

/** `curve` means all of them. */
function means(given: string, name: string): boolean {
  return name === given || name.startsWith(`${given}-`);
}

function whole(name: string, text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new Error(`--${name} must be a whole number from 1 on, got ${text}`);
  return Number(text);
}

function argumentsOrUsage(): ReturnType<typeof readArguments> {
  try {
    return readArguments(process.argv.slice(2));
  } catch (error) {
    console.error((error as Error).message); // whoever typed it needs no stack
    process.exit(1);
  }
}

main(argumentsOrUsage()).catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
