import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { TestSandbox } from './sandbox';

/** A cold build downloads and compiles the client's modules. */
const COLD_BUILD_MS = 300_000;
const run = promisify(execFile);

const hasGo = spawnSync('go', ['version']).status === 0;
/** Without Go it is shown as skipped; in CI it fails. */
const testWithGo = hasGo || process.env['CI'] === 'true' ? test : test.skip;

/**
 * Builds the Go program in test/peers/`name` and runs it against a sandbox of its own. It prints a line for each thing it
 * tries, `ok …` when it went well, the refusal of a forged answer last.
 */
export function testGoPeer(name: string, title: string): void {
  testWithGo(
    title,
    async () => {
      const sandbox = await TestSandbox.start();
      const directory = mkdtempSync(join(tmpdir(), `${name}-peer-`));
      try {
        const binary = join(directory, 'peer');
        await run('go', ['build', '-mod=readonly', '-o', binary, '.'], {
          cwd: resolve(__dirname, '../../peers', name),
        });
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
}
