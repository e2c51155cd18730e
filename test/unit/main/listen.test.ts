import { readFileSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { listen } from '../../../src/main/listen';
import { Teardown } from '../../../src/main/teardown';

/** More than Node's own backlog of 511 takes. */
const CONNECTIONS = 800;
/** Without room for them, the last ones get through only once the process takes the first. */
const BLOCKED_MS = 10_000;

const CROWD = `
  const { connect } = require('node:net');
  const { workerData: { port, connections, all } } = require('node:worker_threads');
  let connected = 0;
  for (let n = 0; n < connections; n += 1)
    connect(port, '127.0.0.1').on('error', () => undefined).once('connect', () => {
      connected += 1;
      if (connected < connections) return;
      Atomics.store(all, 0, 1);
      Atomics.notify(all, 0);
    });
`;

/** What this system lets a listener have; other systems than Linux do not say. */
function roomOfTheSystem(): number {
  try {
    return Number(readFileSync('/proc/sys/net/core/somaxconn', 'utf8'));
  } catch {
    return 0;
  }
}
const room = roomOfTheSystem();
// Under CI it runs, and fails where there is no room, so that no run that counts leaves it out unseen.
const runs = room > CONNECTIONS || process.env['CI'] === 'true';
if (!runs) process.stderr.write(`skipped: this system queues ${room} connections at most\n`);

(runs ? it : it.skip)('a crowd that comes while the process is busy is let in, not sent away', async () => {
  const teardown = new Teardown();
  const { port } = await listen((_request, response) => response.end(), { port: 0, host: '127.0.0.1' }, teardown);
  const all = new Int32Array(new SharedArrayBuffer(4));
  const crowd = new Worker(CROWD, { eval: true, workerData: { port, connections: CONNECTIONS, all } });
  try {
    // This thread, and with it the server, does nothing meanwhile.
    expect(Atomics.wait(all, 0, 0, BLOCKED_MS)).not.toBe('timed-out');
  } finally {
    await crowd.terminate();
    await teardown.run();
  }
});
