import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { main, ROOT, setUp } from './lib/setup.mjs';

/**
 * `npm test [-- jest's arguments]`: sets up what is missing, runs jest and ends with one plain line made from jest's own
 * results. Fails when a test fails, when none ran, and on CI when one was skipped.
 */
main(async () => {
  await setUp();
  const dir = mkdtempSync(join(tmpdir(), 'holdfast-summary-'));
  try {
    const file = join(dir, 'summary.json');
    const code = await runJest(process.argv.slice(2), file);
    process.exitCode = conclude(code, readSummary(file));
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
});

/** Answers without running a test: nothing to count. */
const NO_RUN = ['--listTests', '--showConfig', '--help', '-h', '--version', '-v', '--clearCache'];
const onCi = process.env.CI === 'true';

function runJest(args, file) {
  const jest = [join(ROOT, 'node_modules', 'jest', 'bin', 'jest.js'), '--config', join(ROOT, 'jest.config.cjs')];
  const env = { ...process.env, HOLDFAST_TEST_SUMMARY: file };
  const child = spawn(process.execPath, [...jest, ...(onCi ? ['--ci'] : []), ...args], { stdio: 'inherit', env });
  // jest stops its servers on a signal; we outlive it to say the result.
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve(code ?? (signal === 'SIGINT' ? 130 : 143)));
  });
}

function conclude(code, summary) {
  if (summary === null) {
    if (code === 0 && process.argv.some((arg) => NO_RUN.includes(arg))) return 0;
    process.stderr.write('the test run itself failed: see above\n');
    process.stdout.write('0 passed, 1 failed\n');
    return code === 0 ? 1 : code;
  }
  const { passed, failed, skipped } = summary;
  if (passed + failed === 0) process.stderr.write('no test ran\n');
  if (onCi && skipped > 0) process.stderr.write('on CI no test may be skipped\n');
  if (code !== 0 && failed === 0 && passed > 0)
    process.stderr.write('the tests passed and the run failed: see above\n');
  process.stdout.write(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}\n`);
  const bad = failed > 0 || passed + failed === 0 || (onCi && skipped > 0);
  return code === 0 && bad ? 1 : code;
}

function readSummary(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return null;
  }
}
