import { createServer } from 'node:http';
import { type AddressInfo } from 'node:net';
import { type WechatConfig } from '../../src/adapters/gateway/wechat/config';
import { createWechatGateway } from '../../src/adapters/gateway/wechat/gateway';
import { type Money } from '../../src/domain/money';
import { type Logger } from '../../src/ports/logger';
import { type PaymentRef, type RawNotification } from '../../src/ports/payment-gateway';
import { until } from '../sandbox/support/poll';
import { newNo, TestSandbox } from '../sandbox/support/sandbox';
import { type GatewayUnderTest, type SuiteFault } from './gateway-under-test';
import { refundOf } from './payment-gateway.suite';

/** How long the hasty gateway waits: the faults that it meets last until the client gives up, so any figure will do. */
const HASTY_MS = 500;

/** A log that keeps what it is told, to be searched for secrets. */
export class KeptLog implements Logger {
  readonly entries: { level: string; fields: object; message: string }[] = [];
  debug = this.keep('debug');
  info = this.keep('info');
  warn = this.keep('warn');
  error = this.keep('error');

  private keep(level: string) {
    return (fields: object, message: string): void => {
      this.entries.push({ level, fields, message });
    };
  }
}

/** The WeChat adapter, the sandbox it talks to, and a merchant's webhook that keeps every delivery by its path. */
export interface WechatUnderTest extends GatewayUnderTest {
  readonly sandbox: TestSandbox;
  readonly log: KeptLog;
  /** A configuration that fits the sandbox, with the given fields instead of the usual ones. */
  config(overrides?: Partial<WechatConfig>): WechatConfig;
}

/** Starts all three. */
export async function startWechatUnderTest(): Promise<WechatUnderTest> {
  const [sandbox, webhook] = await Promise.all([TestSandbox.start(), startWebhook()]);
  const log = new KeptLog();
  const config = (overrides: Partial<WechatConfig> = {}) => ({ ...configFor(sandbox, webhook.url), ...overrides });
  const build = (overrides?: Partial<WechatConfig>) => createWechatGateway(config(overrides), { now: Date.now, log });
  const fault = async (op: string, { name, ...more }: SuiteFault, no: string) => {
    const id = await sandbox.fault(op, name, no, { ...more });
    return () => sandbox.release(id);
  };
  const ledger = async (no: string) => (await sandbox.kinds(no)).filter((kind) => kind !== 'notified');
  const pay = async (no: string, amount?: Money) => (await sandbox.pay(no, amount)).body.transactionId ?? null;
  const paid = async (no: string) => {
    const transactionId = await pay(no);
    if (transactionId === null) throw new Error('the sandbox refused the payment');
    return transactionId;
  };
  return {
    sandbox,
    log,
    config,
    gateway: build(),
    hasty: build({ timeoutMs: HASTY_MS }),
    newRequest,
    pay,
    fault,
    ledger,
    ledgerBecomes: async (no, kinds) => {
      await until(`the ledger of ${no} says ${kinds.join()}`, async () => (await ledger(no)).join() === kinds.join());
    },
    refunds: async (no) =>
      (await sandbox.ledger(no))
        .filter(({ kind }) => kind === 'refunded')
        .map(({ refundNo = '', amount }) => ({ refundNo, minor: amount.minor })),
    notified: async (wanted) => {
      const ref = newRequest();
      const path = `/${ref.merchantNo}`;
      await build({ notifyUrl: webhook.url + path }).createPayment(ref);
      if (wanted) await fault('notify', wanted, ref.merchantNo);
      const transactionId = await paid(ref.merchantNo);
      return { ref, transactionId, delivery: (nth) => webhook.nth(path, nth) };
    },
    notifiedRefund: async (wanted) => {
      const ref = newRequest();
      const path = `/${ref.merchantNo}/refund`;
      await build().createPayment(ref);
      const request = refundOf(ref, await paid(ref.merchantNo));
      if (wanted) await fault('refund', wanted, ref.merchantNo);
      await build({ notifyUrl: webhook.url + path }).refund(request);
      return { request, delivery: (nth) => webhook.nth(path, nth) };
    },
    close: async () => {
      await sandbox.close();
      await webhook.close();
    },
  };
}

function newRequest(): PaymentRef {
  return {
    merchantNo: newNo(),
    gatewayRef: null,
    amount: { minor: 1999, currency: 'CNY' },
    expiresAt: '2099-01-01T00:00:00.000Z',
    description: 'A pot of tea',
  };
}

function configFor(sandbox: TestSandbox, notifyUrl: string): WechatConfig {
  const { platformPublicKeyId, platformPublicKey, platformCertificate: _, ...rest } = sandbox.client.credentials;
  return {
    ...rest,
    platformKeys: [{ serial: platformPublicKeyId, publicKeyPem: platformPublicKey }],
    notifyUrl,
    // Longer than any answer takes on a busy machine, shorter than the test's own limit.
    timeoutMs: 30_000,
    cashierBaseUrl: sandbox.url,
  };
}

/** Acknowledges everything, so that each event is delivered once, and keeps it as the port wants it. */
async function startWebhook() {
  const kept = new Map<string, RawNotification[]>();
  const server = createServer((req, res) => {
    const chunks: Buffer[] = [];
    req.on('data', (chunk: Buffer) => chunks.push(chunk));
    req.on('end', () => {
      const path = req.url ?? '';
      const headers = Object.fromEntries(Object.entries(req.headers).map(([key, value]) => [key, String(value)]));
      kept.set(path, [...(kept.get(path) ?? []), { headers, body: Buffer.concat(chunks) }]);
      res.writeHead(204).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    nth: (path: string, n: number) => until(`delivery ${n} at ${path}`, () => kept.get(path)?.[n - 1]),
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
