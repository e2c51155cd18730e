import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Journal } from '../../src/sandbox/state/journal';
import { startSandbox } from '../../src/sandbox/server';
import { newNo, TestSandbox } from './support/sandbox';
import { until } from './support/poll';

describe('journal', () => {
  let dir: string;
  let warnings: string[];
  const warn = (message: string): void => void warnings.push(message);
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'journal-'));
    warnings = [];
  });
  afterEach(() => rmSync(dir, { recursive: true }));

  const write = async (...records: unknown[]): Promise<void> => {
    const { journal } = Journal.open(dir, warn);
    for (const record of records) journal.append(record);
    await journal.close();
  };
  const read = async (): Promise<unknown[]> => {
    const { journal, records } = Journal.open(dir, warn);
    await journal.close();
    return records;
  };

  test('gives back what was appended, in order, over several openings', async () => {
    await write({ n: 1 }, { n: 2 });
    await write({ n: 3 });
    expect(await read()).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }]);
    expect(warnings).toEqual([]);
  });

  test.each([
    ['half a line', '{"n":3'],
    ['a whole record without its newline', '{"n":3}'],
    ['a damaged last line', '\0\0\0\0\n'],
  ])('drops %s with a warning and goes on behind the last good line', async (_name, torn) => {
    await write({ n: 1 }, { n: 2 });
    appendFileSync(join(dir, 'journal.jsonl'), torn);
    await write({ n: 4 });
    expect(warnings).toHaveLength(1);
    expect(await read()).toEqual([{ n: 1 }, { n: 2 }, { n: 4 }]);
  });

  test('refuses damage before the last line and names it', () => {
    writeFileSync(join(dir, 'journal.jsonl'), '{"n":1}\n???\n{"n":3}\n');
    expect(() => Journal.open(dir, warn)).toThrow(/line 2 is damaged/);
  });

  test('what is appended is in the file at once, and synced resolves for all callers', async () => {
    const { journal } = Journal.open(dir, warn);
    journal.append({ n: 1 });
    expect(readFileSync(join(dir, 'journal.jsonl'), 'utf8')).toBe('{"n":1}\n');
    const first = journal.synced();
    journal.append({ n: 2 });
    await Promise.all([first, journal.synced(), journal.synced()]);
    await journal.close();
    expect(() => journal.append({ n: 3 })).toThrow(/closed/);
  });
});

describe('restart', () => {
  let sandbox: TestSandbox;
  beforeAll(async () => void (sandbox = await TestSandbox.start()));
  afterAll(() => sandbox.close());

  test('payments, ledger and keys are as before', async () => {
    const [open, paid, closed] = [newNo(), newNo(), newNo()];
    const issued = (await sandbox.client.create(open)).json;
    await sandbox.client.create(paid);
    await sandbox.pay(paid);
    await sandbox.client.refund(paid, `${paid}_r`, 99);
    await sandbox.client.create(closed);
    await sandbox.client.close(closed);
    const before = (await sandbox.control('GET', '/ledger')).json;
    const { baseUrl: _before, ...keys } = sandbox.client.credentials;

    await sandbox.restart();

    const { baseUrl: _after, ...sameKeys } = sandbox.client.credentials;
    expect(sameKeys).toEqual(keys);
    expect((await sandbox.control('GET', '/ledger')).json).toEqual(before);
    expect((await sandbox.client.create(open)).json).toEqual(issued);
    expect((await sandbox.client.query(paid)).json.trade_state).toBe('REFUND');
    expect((await sandbox.client.queryRefund(`${paid}_r`)).json.status).toBe('SUCCESS');
    expect((await sandbox.client.query(closed)).json.trade_state).toBe('CLOSED');
    expect(await sandbox.pay(closed)).toMatchObject({ status: 409, body: { reason: 'closed' } });
  });

  test('the ledger goes on counting without gaps', async () => {
    const no = newNo();
    await sandbox.client.create(no);
    await sandbox.restart();
    await sandbox.pay(no);
    const rows = (await sandbox.control('GET', '/ledger')).json as { seq: number }[];
    expect(rows.map((row) => row.seq)).toEqual(rows.map((_row, index) => index + 1));
  });

  test('a delayed effect that was due while the process was down lands at the start', async () => {
    const no = newNo();
    await sandbox.fault('create', 'delayed_effect', no, { ms: 200 });
    expect((await sandbox.client.create(no)).status).toBe(500);
    await sandbox.restart();
    await until('the prepay landed', async () => (await sandbox.kinds(no)).includes('created'));
    expect(await sandbox.kinds(no)).toEqual(['created']);
  });

  test('a torn last line costs only what was never answered', async () => {
    const no = newNo();
    await sandbox.client.create(no);
    await sandbox.stop();
    appendFileSync(join(sandbox.dir, 'journal.jsonl'), '{"type":"closed","gateway":"wechat","merch');
    await sandbox.up();
    expect(sandbox.warnings.at(-1)).toMatch(/torn last line/);
    expect((await sandbox.client.query(no)).json.trade_state).toBe('NOTPAY');
    expect((await sandbox.client.close(no)).status).toBe(204);
  });

  test('a damaged journal stops the start and frees the port', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'damaged-'));
    writeFileSync(join(dir, 'journal.jsonl'), '???\n{"n":2}\n');
    try {
      await expect(startSandbox({ port: 0, dataDir: dir })).rejects.toThrow(/damaged/);
    } finally {
      rmSync(dir, { recursive: true });
    }
  });
});
