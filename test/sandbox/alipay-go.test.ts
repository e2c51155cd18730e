import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { TestSandbox } from './support/sandbox';

/**
 * An Alipay client of somebody else's (github.com/smartwalle/alipay) against the sandbox: proof that its wire is the
 * provider's and not just ours. Needs Go; CI has it, so that there it may not be skipped.
 */
const PEER = join(__dirname, '../peers/alipay');
/** A cold build downloads and compiles the client's modules. */
const COLD_BUILD_MS = 300_000;
const run = promisify(execFile);

const hasGo = spawnSync('go', ['version']).status === 0;
/** Without Go it is shown as skipped; in CI it fails. */
const testWithGo = hasGo || process.env['CI'] === 'true' ? test : test.skip;

testWithGo(
  'an independent Go client creates, queries, closes and refunds, and believes every signature',
  async () => {
    const sandbox = await TestSandbox.start();
    const directory = mkdtempSync(join(tmpdir(), 'alipay-peer-'));
    try {
      const binary = join(directory, 'peer');
      await run('go', ['build', '-mod=readonly', '-o', binary, '.'], { cwd: PEER });
      const output = await run(binary, [sandbox.url]).then(
        ({ stdout }) => stdout,
        (error: { stdout?: string; message: string }) => error.stdout || `not ok ${error.message}`,
      );
      const lines = output.trim().split('\n');
      expect(lines.filter((line) => !line.startsWith('ok '))).toEqual([]);
      expect(lines.at(-1)).toBe('ok a forged answer is refused');
    } finally {
      rmSync(directory, { recursive: true });
      await sandbox.close();
    }
  },
  COLD_BUILD_MS,
);
