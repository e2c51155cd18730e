import { parseArgs } from 'node:util';
import { Teardown } from '../src/main/teardown';
import { openExplaining, plansWith } from './lib/order-plans';
import { type Statement } from './lib/plans';
import { table } from './lib/report/markdown';

function rowsOf(few: Map<string, Statement>, many: Map<string, Statement>): string[][] {
  return [...many].map(([key, { step, name, reads, buffers, milliseconds }]) => {
    const before = few.get(key);
    const figures = (of: Pick<Statement, 'buffers' | 'milliseconds'>): string =>
      `${Math.round(of.buffers)} / ${of.milliseconds.toFixed(2)}`;
    return [step, name, reads.join(', '), before ? figures(before) : '–', figures({ buffers, milliseconds })];
  });
}

/** `node scripts/run.mjs bench/plans.ts [--old 1000000]`: prints the table of docs/plans.md. */
async function main(old: number): Promise<void> {
  const teardown = new Teardown();
  try {
    const server = await openExplaining(teardown);
    const few = await plansWith(server, 0);
    const many = await plansWith(server, old);
    const heads = ['step', 'statement', 'reads by', 'with none', `with ${old.toLocaleString('en-GB')}`];
    console.log(table(heads, rowsOf(few, many)));
  } finally {
    await teardown.run();
  }
}

const { values } = parseArgs({ options: { old: { type: 'string', default: '1000000' } } });
main(Number(values.old)).catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
