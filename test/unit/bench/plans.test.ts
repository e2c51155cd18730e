import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ranIn, statementsOf } from '../../../bench/lib/plans';

const BLOCKS = (hit: number, read: number) => ({ 'Shared Hit Blocks': hit, 'Shared Read Blocks': read });
const PLAN = {
  'Query Text': 'WITH moved AS (UPDATE orders SET status = $1 WHERE id = $2 RETURNING id) SELECT 1',
  Plan: {
    ...{ 'Node Type': 'Result', ...BLOCKS(0, 0) },
    Plans: [
      {
        ...{ 'Node Type': 'ModifyTable', ...BLOCKS(7, 1) },
        Plans: [{ 'Node Type': 'Index Scan', 'Index Name': 'orders_pkey', 'Index Cond': '(id = $2)', ...BLOCKS(3, 1) }],
      },
      { 'Node Type': 'Seq Scan', 'Relation Name': 'stock', ...BLOCKS(2, 0) },
    ],
  },
};

/** As the server writes it: further lines of an entry begin with a tab. */
function entry(step: string, milliseconds: number, plan: object = PLAN): string {
  const json = JSON.stringify(plan, null, 2).replaceAll('\n', '\n\t');
  return `${step}|plans_0|LOG:  duration: ${milliseconds} ms  plan:\n\t${json}\n`;
}

describe('the plans in the log of a server', () => {
  let dir: string;
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'holdfast-plans-'));
  });
  afterEach(() => rm(dir, { recursive: true, force: true }));

  it('are read with their step, what they read by, and every page once', async () => {
    const file = join(dir, 'log');
    await writeFile(file, `||LOG:  checkpoint starting\n${entry('confirm', 0.5)}||WARNING:  something else\n`);
    expect(await ranIn(file)).toEqual([
      {
        ...{ step: 'confirm', database: 'plans_0', sql: PLAN['Query Text'], milliseconds: 0.5 },
        ...{ buffers: 10, reads: ['all of stock', 'orders_pkey'], whole: [] },
      },
    ]);
  });

  it('are one row per step and statement, with medians', async () => {
    const file = join(dir, 'log');
    await writeFile(
      file,
      [entry('confirm', 1), entry('confirm', 9), entry('confirm', 2), entry('release', 5)].join(''),
    );
    const same = { name: 'WITH orders', buffers: 10, reads: ['all of stock', 'orders_pkey'], whole: [] };
    expect([...statementsOf(await ranIn(file)).values()]).toEqual([
      { step: 'confirm', milliseconds: 2, ...same },
      { step: 'release', milliseconds: 5, ...same },
    ]);
  });

  const scan = (more: object) => ({ 'Node Type': 'Index Scan', 'Index Name': 'orders_pkey', ...BLOCKS(1, 0), ...more });
  const limit = (below: object) => ({ 'Node Type': 'Limit', ...BLOCKS(1, 0), Plans: [below] });
  it.each([
    ['for a key', scan({ 'Index Cond': '(id = $1)' }), []],
    ['for no key', scan({}), ['orders_pkey']],
    ['for its first entry', limit(scan({})), []],
    ['for its first entry that a filter lets through', limit(scan({ Filter: '(note = $1)' })), ['orders_pkey']],
  ])('tell whether an index was read from end to end: %s', async (_, plan, whole) => {
    const file = join(dir, 'log');
    await writeFile(file, entry('confirm', 1, { 'Query Text': 'SELECT id FROM orders', Plan: plan }));
    expect(await ranIn(file)).toMatchObject([{ whole }]);
  });
});
