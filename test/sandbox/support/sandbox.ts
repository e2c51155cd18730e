import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Sandbox, startSandbox } from '../../../src/sandbox/server';
import { until } from './poll';
import { TestWechatClient } from './wechat-client';

export interface LedgerRow {
  seq: number;
  at: string;
  gateway: string;
  merchantNo: string;
  kind: string;
  amount: { minor: number; currency: string };
  transactionId?: string;
  refundNo?: string;
}

export interface PayAnswer {
  status: number;
  body: { accepted: boolean; transactionId?: string; reason?: string };
}

let lastNo = 0;

/** A merchant number of this test process that nobody used yet. */
export function newNo(): string {
  lastNo += 1;
  return `test_${process.pid}_${lastNo}`;
}

/** An in-process sandbox in a directory of its own, with a client and the control API at hand. */
export class TestSandbox {
  readonly warnings: string[] = [];
  client!: TestWechatClient;
  private server!: Sandbox;

  private constructor(
    readonly dir: string,
    private readonly now: () => number,
  ) {}

  /** @param now the machine's time; a fixed one makes windows exact */
  static async start(now: () => number = Date.now): Promise<TestSandbox> {
    const sandbox = new TestSandbox(mkdtempSync(join(tmpdir(), 'sandbox-')), now);
    await sandbox.up();
    return sandbox;
  }

  get url(): string {
    return this.server.url;
  }

  /** Stops and starts over the same directory. */
  async restart(): Promise<void> {
    await this.server.close();
    await this.up();
  }

  stop(): Promise<void> {
    return this.server.close();
  }

  async up(): Promise<void> {
    this.server = await startSandbox({
      port: 0,
      dataDir: this.dir,
      now: this.now,
      warn: (message) => this.warnings.push(message),
    });
    this.client = await TestWechatClient.of(this.url);
  }

  async close(): Promise<void> {
    await this.server.close();
    rmSync(this.dir, { recursive: true });
  }

  async control(method: string, path: string, body?: unknown): Promise<{ status: number; json: unknown }> {
    const answer = await fetch(`${this.url}/_sandbox${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } }),
    });
    return { status: answer.status, json: await answer.json() };
  }

  async pay(no: string, amount?: unknown): Promise<PayAnswer> {
    const { status, json } = await this.control('POST', `/payments/${no}/pay`, amount === undefined ? {} : { amount });
    return { status, body: json as PayAnswer['body'] };
  }

  async ledger(no: string): Promise<LedgerRow[]> {
    return (await this.control('GET', `/ledger?merchantNo=${no}`)).json as LedgerRow[];
  }

  async kinds(no: string): Promise<string[]> {
    return (await this.ledger(no)).map((row) => row.kind);
  }

  /** Waits until no fault waits any more: each was taken by its operation. */
  faultsUsed(): Promise<boolean> {
    return until('every fault was used', async () => ((await this.control('GET', '/faults')).json as []).length === 0);
  }

  /** Removes a fault, which releases what it holds back. */
  async release(id: string): Promise<void> {
    const { status, json } = await this.control('DELETE', `/faults/${id}`);
    if (status !== 200) throw new Error(JSON.stringify(json));
  }

  /** Registers a fault for one number and returns its id. */
  async fault(op: string, fault: string, no: string, more: Record<string, unknown> = {}): Promise<string> {
    const { status, json } = await this.control('POST', '/faults', { op, fault, match: { merchantNo: no }, ...more });
    if (status !== 200) throw new Error(JSON.stringify(json));
    return (json as { id: string }).id;
  }
}
