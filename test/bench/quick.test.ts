import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { rabbitMissing, redisMissing } from '../../bench/lib/brokers';
import { type Report } from '../../bench/lib/report/model';

const run = promisify(execFile);
const ROOT = resolve(__dirname, '../..');
/** Servers and programs of every side start one after the other; on a busy machine that takes a minute. */
const LONGEST_MS = 240_000;

const ROWS = {
  'stock-strategies': [
    'conditional UPDATE',
    'SELECT FOR UPDATE',
    'optimistic version',
    'Redis lock',
    'Redis Lua',
    'one statement',
    'group commit, bare',
    'Holdfast, place',
    'conditional UPDATE, no order',
    'group commit, bare, no order',
    'Holdfast, hold',
  ],
  burst: ['Holdfast', 'hand-made'],
  sustained: ['Holdfast, one process', 'bare Temporal', 'Holdfast'],
  life: [
    'Holdfast, one process, attempt prepared',
    'bare Temporal',
    'Holdfast, one process, asking wechat',
    'Holdfast, one process, asking wechat, consumers at work',
  ],
  'hot-sku': ['Holdfast', 'Express 409', 'Holdfast, with keys'],
  'curve-load': ['load 20', 'load 40'],
  'curve-skus': ['skus 1', 'skus 10'],
  'curve-lines': ['lines 1', 'lines 5'],
  'curve-open': ['open 0', 'open 30'],
  'curve-replicas': ['replicas 1', 'replicas 2'],
  'curve-rows': ['rows 0', 'rows 500'],
  'curve-age': ['age 0', 'age 30'],
};
const NEEDS_REDIS = ['Redis lock', 'Redis Lua'];
const NEEDS_RABBIT = ['hand-made'];

/** Every benchmark at its smallest: what it starts works, its invariants hold, its report is whole. No figure is judged. */
describe('npm run bench -- --quick', () => {
  let out: string;
  let absent: string[];

  beforeAll(async () => {
    out = await mkdtemp(join(tmpdir(), 'holdfast-bench-test-'));
    const [redis, rabbit] = await Promise.all([redisMissing(), rabbitMissing()]);
    absent = [...(redis === null ? [] : NEEDS_REDIS), ...(rabbit === null ? [] : NEEDS_RABBIT)];
    if (process.env['CI'] === 'true') expect(absent).toEqual([]);
    else if (absent.length > 0)
      process.stderr.write(`not run here: ${absent.join(', ')} (${redis ?? ''} ${rabbit ?? ''})\n`);
  });

  afterAll(() => rm(out, { recursive: true, force: true }));

  it.each(Object.entries(ROWS))(
    '%s',
    async (name, rows) => {
      const args = [join(ROOT, 'scripts', 'run.mjs'), 'bench/main.ts', name, '--quick', '--out', out];
      await run(process.execPath, args, { cwd: ROOT });
      const report = JSON.parse(await readFile(join(out, `${name}.json`), 'utf8')) as Report;
      expect(report.rows.map((row) => row.name)).toEqual(rows);
      for (const row of report.rows.filter((each) => !absent.includes(each.name))) {
        expect(row.runs).toHaveLength(1);
        expect(row.runs[0]?.checks.length).toBeGreaterThan(0);
        expect(row.runs[0]?.checks.filter(({ ok }) => !ok)).toEqual([]);
      }
      const text = await readFile(join(out, `${name}.md`), 'utf8');
      for (const [, picture = ''] of text.matchAll(/\]\(([^)]+\.svg)\)/g)) {
        expect(await readFile(join(out, picture), 'utf8')).toContain('</svg>');
      }
    },
    LONGEST_MS,
  );

  // Its list of names shows that none is left out above.
  it('refuses a name that it does not know, and says which it knows', async () => {
    const args = [join(ROOT, 'scripts', 'run.mjs'), 'bench/main.ts', 'brust', '--quick', '--out', out];
    await expect(run(process.execPath, args, { cwd: ROOT })).rejects.toThrow(
      `no benchmark is called brust; there are ${Object.keys(ROWS).join(', ')}\n`,
    );
  });
});
