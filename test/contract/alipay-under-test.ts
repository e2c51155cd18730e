import { createServer } from 'node:http';
import { type AddressInfo } from 'node:net';
import { type AlipayConfig } from '../../src/adapters/gateway/alipay/config';
import { createAlipayGateway } from '../../src/adapters/gateway/alipay/gateway';
import { type Money } from '../../src/domain/money';
import { type PaymentRef, type RawNotification } from '../../src/ports/payment-gateway';
import { TestAlipayClient } from '../sandbox/support/alipay-client';
import { until } from '../sandbox/support/poll';
import { newNo, TestSandbox } from '../sandbox/support/sandbox';
import { type GatewayTraits, type GatewayUnderTest, STRICT_TRAITS, type SuiteFault } from './gateway-under-test';
import { refundOf } from './payment-gateway.suite';
import { KeptLog } from './wechat-under-test';

/** How long the hasty gateway waits: the faults that it meets last until the client gives up, so any figure will do. */
const HASTY_MS = 500;

/** What Alipay lacks: signed times, an app in its answers, a word for "paying", and stages of a refund. */
export const ALIPAY_TRAITS: GatewayTraits = {
  ...STRICT_TRAITS,
  answerForgeries: [{ name: 'bad_signature' }, { name: 'missing_signature' }, { name: 'unknown_serial' }],
  answersAreDated: false,
  answersNameTheApp: false,
  createdIsKnown: false,
  tellsPaying: false,
  tellsRefunded: 'whole',
  refundEnds: [],
  notificationsAreDated: false,
  acknowledges: ({ body }) => body === 'success',
};

/** The Alipay adapter, the sandbox it talks to, and a merchant's webhook that keeps every delivery by its path. */
export interface AlipayUnderTest extends GatewayUnderTest {
  readonly sandbox: TestSandbox;
  readonly client: TestAlipayClient;
  readonly log: KeptLog;
  /** A configuration that fits the sandbox, with the given fields instead of the usual ones. */
  config(overrides?: Partial<AlipayConfig>): AlipayConfig;
  /** A gateway so configured. */
  build(overrides?: Partial<AlipayConfig>, now?: () => number): ReturnType<typeof createAlipayGateway>;
}

/** Starts all three. */
export async function startAlipayUnderTest(): Promise<AlipayUnderTest> {
  const [sandbox, webhook] = await Promise.all([TestSandbox.start(), startWebhook()]);
  const client = await TestAlipayClient.of(sandbox.url);
  const log = new KeptLog();
  const config = (overrides: Partial<AlipayConfig> = {}): AlipayConfig => ({
    ...client.credentials,
    notifyUrl: webhook.url,
    // Longer than any answer takes on a busy machine, shorter than the test's own limit.
    timeoutMs: 30_000,
    cashierBaseUrl: sandbox.url,
    ...overrides,
  });
  const build = (overrides?: Partial<AlipayConfig>, now = Date.now) =>
    createAlipayGateway(config(overrides), { now, log });
  const fault = async (op: string, { name, ...more }: SuiteFault, no: string) => {
    const id = await sandbox.fault(op, name, no, { ...more });
    return () => sandbox.release(id);
  };
  const ledger = async (no: string) => (await sandbox.kinds(no)).filter((kind) => kind !== 'notified');
  const pay = async (no: string, amount?: Money) => (await sandbox.pay(no, amount)).body.transactionId ?? null;
  /** A payment of its own path, so that its notifications are told apart. */
  const paidAt = async (wanted?: SuiteFault) => {
    const ref = newRequest();
    const path = `/${ref.merchantNo}`;
    await build({ notifyUrl: webhook.url + path }).createPayment(ref);
    if (wanted) await fault('notify', wanted, ref.merchantNo);
    const transactionId = await pay(ref.merchantNo);
    if (transactionId === null) throw new Error('the sandbox refused the payment');
    return { ref, path, transactionId };
  };
  return {
    sandbox,
    client,
    log,
    config,
    build,
    gateway: build(),
    hasty: build({ timeoutMs: HASTY_MS }),
    newRequest,
    offer: async (ref) => {
      const { status } = await sandbox.control('POST', `/payments/${ref.merchantNo}/scan`);
      if (status !== 200) throw new Error('the sandbox refused the scan');
    },
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
      const { ref, path, transactionId } = await paidAt(wanted);
      return { ref, transactionId, delivery: (nth) => webhook.nth(path, nth) };
    },
    notifiedRefund: async (wanted) => {
      const { ref, path, transactionId } = await paidAt();
      // Refunds are told at the payment's URL: first the payment, then the refund.
      await webhook.nth(path, 1);
      const request = refundOf(ref, transactionId);
      if (wanted) await fault('refund', wanted, ref.merchantNo);
      await build().refund(request);
      return { request, delivery: (nth) => webhook.nth(path, nth + 1) };
    },
    tampered: everyByteChanged,
    close: async () => {
      await sandbox.close();
      await webhook.close();
    },
  };
}

/** The signature is a part of the body and covers all of it: no byte may change. */
function everyByteChanged(raw: RawNotification): RawNotification[] {
  return [...raw.body.keys()].map((at) => {
    const body = Buffer.from(raw.body);
    body[at] = (body[at] ?? 0) ^ 1;
    return { ...raw, body };
  });
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
      res.end('success');
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
