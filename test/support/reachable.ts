import { spawnSync } from 'node:child_process';

/** A server on this machine answers at once; one that doesn't within this time is not there. */
const PROBE_MS = 2_000;

const PROBE = `
const { hostname, port } = new URL(process.argv[1]);
const socket = require('node:net').connect(Number(port || process.argv[2]), hostname);
socket.on('connect', () => process.exit(0)).on('error', () => process.exit(1));`;

/**
 * `describe` where something listens at the address. Elsewhere the tests are skipped and say so; under CI they run, and
 * fail, so that no run that counts leaves them out unseen.
 */
export function describeWith(server: string, url: string, defaultPort: number): jest.Describe {
  const { status } = spawnSync(process.execPath, ['-e', PROBE, url, String(defaultPort)], { timeout: PROBE_MS });
  if (status === 0 || process.env['CI'] === 'true') return describe;
  process.stderr.write(`skipped: no ${server} at ${new URL(url).host}\n`);
  return describe.skip;
}
