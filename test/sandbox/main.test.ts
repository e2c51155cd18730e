import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { newNo } from './support/sandbox';
import { TestWechatClient } from './support/wechat-client';

describe('the sandbox as a process', () => {
  let dir: string;
  const started: ChildProcess[] = [];
  beforeAll(() => void (dir = mkdtempSync(join(tmpdir(), 'sandbox-main-'))));
  afterAll(() => rmSync(dir, { recursive: true }));
  afterEach(async () => {
    for (const child of started.splice(0)) if (child.exitCode === null && child.signalCode === null) await kill(child);
  });

  const run = (...args: string[]): ChildProcess => {
    const child = spawn(process.execPath, ['--import', 'tsx', 'src/sandbox/main.ts', ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    started.push(child);
    return child;
  };
  const kill = async (child: ChildProcess, signal: NodeJS.Signals = 'SIGKILL'): Promise<unknown[]> => {
    const ended = once(child, 'exit');
    child.kill(signal);
    return ended;
  };
  /** Resolves with the address once the process says that it listens; rejects with its stderr when it ends before. */
  const listening = (child: ChildProcess): Promise<string> =>
    new Promise((resolve, reject) => {
      let complaint = '';
      child.stderr?.on('data', (chunk: Buffer) => (complaint += chunk.toString()));
      child.once('close', (code) => reject(new Error(`ended with ${code}: ${complaint}`)));
      if (!child.stdout) throw new Error('no stdout');
      createInterface(child.stdout).once('line', (line) => {
        expect(JSON.parse(line)).toEqual({ event: 'listening', url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:/) });
        resolve((JSON.parse(line) as { url: string }).url);
      });
    });

  test('a killed process has forgotten nothing that it answered', async () => {
    const [paid, closed] = [newNo(), newNo()];
    const first = run('--port', '0', '--data-dir', dir);
    const url = await listening(first);
    const client = await TestWechatClient.of(url);
    await client.create(paid);
    await client.create(closed);
    const pay = await fetch(`${url}/_sandbox/payments/${paid}/pay`, { method: 'POST' });
    const { transactionId } = (await pay.json()) as { transactionId: string };
    expect((await client.close(closed)).status).toBe(204);
    await kill(first);

    const again = await TestWechatClient.of(await listening(run('--port', '0', '--data-dir', dir)));
    expect(again.credentials.platformCertificate).toBe(client.credentials.platformCertificate);
    expect((await again.query(paid)).json).toMatchObject({ trade_state: 'SUCCESS', transaction_id: transactionId });
    expect((await again.query(closed)).json.trade_state).toBe('CLOSED');
  });

  test('SIGTERM ends it with 0 although a request is being held', async () => {
    const child = run('--port', '0', '--data-dir', dir);
    const url = await listening(child);
    const client = await TestWechatClient.of(url);
    const no = newNo();
    await fetch(`${url}/_sandbox/faults`, {
      method: 'POST',
      body: JSON.stringify({ op: 'create', fault: 'timeout_after_effect', ms: 3_600_000 }),
    });
    const held = expect(client.create(no)).rejects.toThrow();
    await client.query(no);
    expect(await kill(child, 'SIGTERM')).toEqual([0, null]);
    await held;
  });

  test('a taken port and wrong arguments end it with a clear message', async () => {
    const { port } = new URL(await listening(run('--port', '0', '--data-dir', dir)));
    await expect(listening(run('--port', port, '--data-dir', dir))).rejects.toThrow(/the port is taken/);
    await expect(listening(run('--port', '0'))).rejects.toThrow(/--data-dir is missing/);
    await expect(listening(run('--port', 'abc', '--data-dir', dir))).rejects.toThrow(/is no port/);
  });
});
