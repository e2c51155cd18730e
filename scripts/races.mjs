import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { main, ROOT } from './lib/setup.mjs';

const GATEWAYS = ['wechat', 'alipay', 'stripe', 'points'];
const NAME = /race (\d+) \((\w+)\): (.*)$/;

/** `npm run races`: runs the tests of docs/races.md and prints what became of each, per race and gateway, as a Markdown table. */
main(async () => {
  const dir = mkdtempSync(join(tmpdir(), 'holdfast-races-'));
  try {
    const file = join(dir, 'results.json');
    const jest = ['test/integration/races', 'test/fault/killed', '-t', 'race \\d+ '];
    const args = [join(ROOT, 'scripts', 'test.mjs'), ...jest, '--json', `--outputFile=${file}`];
    const { status } = spawnSync(process.execPath, args, { stdio: ['ignore', 2, 2] });
    process.exitCode = status ?? 1;
    process.stdout.write(table(JSON.parse(readFileSync(file, 'utf8'))));
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
});

function table({ testResults }) {
  const rows = new Map();
  for (const { title, status } of testResults.flatMap(({ assertionResults }) => assertionResults)) {
    const [, race, gateway, what] = NAME.exec(title) ?? [];
    if (race === undefined) continue;
    const key = `${race.padStart(2)} | ${what}`;
    rows.set(key, { ...rows.get(key), [gateway]: status });
  }
  const lines = [...rows].sort(([a], [b]) => (a < b ? -1 : 1));
  const head = ['race', 'what happens → how it has to end', ...GATEWAYS];
  return [
    head,
    head.map(() => '---'),
    ...lines.map(([key, cells]) => [key, ...GATEWAYS.map((each) => cells[each] ?? '')]),
  ]
    .map((cells) => `| ${cells.join(' | ')} |\n`)
    .join('');
}
