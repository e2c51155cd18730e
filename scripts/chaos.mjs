import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { main, ROOT, SetupError } from './lib/setup.mjs';

/**
 * `npm run chaos -- [--seed S] [--seeds N] [--orders N]`: the chaos run of test/chaos, as long as one likes. Seeds S, S+1, …
 * (default 1, one of them), each with so many orders (default 300).
 */
main(async () => {
  const { values } = parseArgs({
    options: {
      seed: { type: 'string', default: '1' },
      seeds: { type: 'string', default: '1' },
      orders: { type: 'string', default: '300' },
    },
  });
  const first = whole('--seed', values.seed);
  const seeds = Array.from({ length: whole('--seeds', values.seeds) }, (_, index) => first + index);
  const env = {
    ...process.env,
    HOLDFAST_CHAOS_SEEDS: seeds.join(','),
    HOLDFAST_CHAOS_ORDERS: String(whole('--orders', values.orders)),
  };
  const script = join(ROOT, 'scripts', 'test.mjs');
  const child = spawn(process.execPath, [script, 'test/chaos'], { stdio: 'inherit', env });
  // The tests stop their servers on a signal; we outlive them to hand on the result.
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
  process.exitCode = await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
});

function whole(name, text) {
  if (!/^[1-9]\d{0,7}$/.test(text)) throw new SetupError(`${name} must be a whole number from 1 on, got ${text}`);
  return Number(text);
}
