import { verify } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import { createWechatGateway } from '../../../src/adapters/gateway/wechat/gateway';
import { type WechatConfig } from '../../../src/adapters/gateway/wechat/config';
import { WechatSigner } from '../../support/wechat-signer';

const signer = new WechatSigner();
const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
const request = {
  merchantNo: 'pay_test|1@a*b',
  gatewayRef: null,
  amount: { minor: 1999, currency: 'CNY' },
  expiresAt: '2026-01-01T00:30:00.999Z',
  description: 'A pot of 茶',
};

interface Received {
  method: string;
  url: string;
  headers: IncomingMessage['headers'];
  body: string;
}
type Handler = (res: ServerResponse, nth: number) => void;

let server: Server;
let received: Received[];
let handle: Handler;

beforeEach(async () => {
  received = [];
  server = createServer((req, res) => {
    let body = '';
    req.setEncoding('utf8');
    req.on('data', (chunk: string) => (body += chunk));
    req.on('end', () => {
      received.push({ method: req.method ?? '', url: req.url ?? '', headers: req.headers, body });
      handle(res, received.length);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

function gateway(overrides: Partial<WechatConfig> = {}) {
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return createWechatGateway(signer.config({ baseUrl, ...overrides }), { now: Date.now, log: silent });
}

/** Answers with a signature over the body. */
const signed =
  (status: number, body = '', headers: Record<string, string> = {}): Handler =>
  (res) =>
    res.writeHead(status, { ...signer.headers(body), ...headers }).end(body);
/** Answers as somebody who has no key. */
const plain =
  (status: number, body: string, headers: Record<string, string> = {}): Handler =>
  (res) =>
    res.writeHead(status, headers).end(body);
/** Signature headers that belong to another body. */
const misSigned =
  (status: number, body: string): Handler =>
  (res) =>
    res.writeHead(status, signer.headers('another body')).end(body);

/** Whether the merchant signed what arrived, as WeChat Pay checks it. */
function merchantSigned({ method, url, headers, body }: Received): boolean {
  const header = headers.authorization ?? '';
  const field = (name: string) => new RegExp(`${name}="([^"]*)"`).exec(header)?.[1] ?? '';
  const message = `${method}\n${url}\n${field('timestamp')}\n${field('nonce_str')}\n${body}\n`;
  return verify(
    'RSA-SHA256',
    Buffer.from(message),
    signer.merchantPublicKey,
    Buffer.from(field('signature'), 'base64'),
  );
}

describe('requests', () => {
  test('create, query and close are sent as documented and signed as sent', async () => {
    handle = (res, nth) => {
      if (nth === 1) return signed(200, '{"code_url":"weixin://wxpay/bizpayurl?pr=abc"}')(res, nth);
      return nth === 2 ? signed(404, '{"code":"ORDERNOTEXIST"}')(res, nth) : signed(204)(res, nth);
    };
    const wechat = gateway({ cashierBaseUrl: 'https://cashier.example/' });
    expect(await wechat.createPayment(request)).toMatchObject({
      payUrl: 'https://cashier.example/pay/pay_test%7C1%40a*b',
    });
    expect(await wechat.query(request)).toMatchObject({ t: 'absent' });
    expect(await wechat.close(request)).toEqual({ t: 'closed', proof: 'ack' });
    const { mchid, appid, notifyUrl } = signer.config();
    const path = '/v3/pay/transactions/out-trade-no/pay_test%7C1%40a*b';
    expect(received.map(({ method, url }) => [method, url])).toEqual([
      ['POST', '/v3/pay/transactions/native'],
      ['GET', `${path}?mchid=${mchid}`],
      ['POST', `${path}/close`],
    ]);
    expect(JSON.parse(received[0]?.body ?? '')).toEqual({
      appid,
      mchid,
      description: request.description,
      out_trade_no: request.merchantNo,
      time_expire: '2026-01-01T08:30:00+08:00',
      notify_url: notifyUrl,
      amount: { total: 1999, currency: 'CNY' },
    });
    expect(received[1]?.body).toBe('');
    expect(JSON.parse(received[2]?.body ?? '')).toEqual({ mchid });
    expect(received.map(merchantSigned)).toEqual([true, true, true]);
    for (const { headers } of received) {
      expect(headers).toMatchObject({
        accept: 'application/json',
        'content-type': 'application/json',
        'user-agent': expect.stringMatching(/./),
        'wechatpay-serial': signer.config().platformKeys[0]?.serial,
      });
    }
  });

  test('a description is cut to 127 units, never through a character', async () => {
    handle = signed(200, '{"code_url":"weixin://wxpay/bizpayurl?pr=abc"}');
    const long = ['茶'.repeat(500), `${'a'.repeat(126)}🍵`, `${'a'.repeat(125)}🍵🍵`];
    for (const description of long) await gateway().createPayment({ ...request, description });
    const sent = received.map(({ body }) => (JSON.parse(body) as { description: string }).description);
    expect(sent).toEqual(['茶'.repeat(127), 'a'.repeat(126), `${'a'.repeat(125)}🍵`]);
  });

  test('no two requests share a nonce', async () => {
    handle = signed(204);
    const wechat = gateway();
    await Promise.all(Array.from({ length: 5 }, () => wechat.close(request)));
    const nonces = received.map(({ headers }) => /nonce_str="([^"]*)"/.exec(headers.authorization ?? '')?.[1]);
    expect(new Set(nonces).size).toBe(5);
  });
});

describe('what is no verified answer', () => {
  const page = '<html><body>Bad Gateway</body></html>';
  const closedBody = '{"trade_state":"CLOSED"}';
  test.each<[string, Handler, string]>([
    ["a proxy's 502 page", plain(502, page), '5xx'],
    ['a 503 in JSON without a signature', plain(503, '{"code":"SYSTEM_ERROR"}'), '5xx'],
    ['a signed 500', signed(500, '{"code":"SYSTEM_ERROR"}'), '5xx'],
    ['a 500 under a wrong signature', misSigned(500, '{"code":"SYSTEM_ERROR"}'), 'badSignature'],
    ["a proxy's 429", plain(429, page), 'throttled'],
    ['a signed 429', signed(429, '{"code":"FREQUENCY_LIMITED"}'), 'throttled'],
    ['a page with status 200', plain(200, page), 'unparsable'],
    ['a signed page', signed(200, page), 'unparsable'],
    ['a 200 in JSON without a signature', plain(200, closedBody), 'badSignature'],
    ['a 204 without a signature', plain(204, ''), 'badSignature'],
    ['a 204 with the signature of another body', misSigned(204, ''), 'badSignature'],
    ['a 404 without a signature', plain(404, '{"code":"ORDERNOTEXIST"}'), 'badSignature'],
    ['a 401 without a signature', plain(401, '{"code":"SIGN_ERROR"}'), 'badSignature'],
    ['a redirect', plain(302, '', { location: '/elsewhere' }), 'badSignature'],
    ['a body of megabytes', signed(404, `{"code":"ORDERNOTEXIST"}${' '.repeat(2 ** 21)}`), 'unparsable'],
  ])('%s', async (_what, handler, cause) => {
    handle = handler;
    const unknown = { t: 'unknown', cause, retryAfterMs: expect.any(Number) };
    const wechat = gateway();
    expect(await wechat.createPayment(request)).toEqual(unknown);
    expect(await wechat.query(request)).toEqual(unknown);
    expect(await wechat.close(request)).toEqual(unknown);
    expect(received).toHaveLength(3);
  });
});

describe('the time limit', () => {
  test('a body that stops coming is a timeout', async () => {
    handle = (res) => void res.writeHead(200, { ...signer.headers('{}'), 'content-length': '2' }).write('{');
    expect(await gateway({ timeoutMs: 200 }).query(request)).toMatchObject({ t: 'unknown', cause: 'timeout' });
  });

  test('one that breaks off is unparsable', async () => {
    handle = (res) => {
      res.writeHead(200, { ...signer.headers('{}'), 'content-length': '2' }).write('{', () => res.destroy());
    };
    expect(await gateway().query(request)).toMatchObject({ t: 'unknown', cause: 'unparsable' });
  });

  test('it covers the query inside a close', async () => {
    handle = (res, nth) => {
      if (nth === 1) signed(400, '{"code":"ORDERPAID"}')(res, nth);
    };
    expect(await gateway({ timeoutMs: 500 }).close(request)).toMatchObject({ t: 'unknown', cause: 'timeout' });
  });
});

describe('Retry-After', () => {
  async function retryAfterMs(value: string, now = Date.now): Promise<number> {
    handle = plain(429, '{}', { 'retry-after': value });
    const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const outcome = await createWechatGateway(signer.config({ baseUrl }), { now, log: silent }).close(request);
    if (outcome.t !== 'unknown') throw new Error(`expected unknown, got ${outcome.t}`);
    return outcome.retryAfterMs;
  }
  const DEFAULT_MS = 10_000;

  test('is honoured in seconds and as a date', async () => {
    expect(await retryAfterMs('7')).toBe(7_000);
    const now = Date.parse('2026-01-01T00:00:00Z');
    expect(await retryAfterMs('Thu, 01 Jan 2026 00:00:42 GMT', () => now)).toBe(42_000);
    expect(await retryAfterMs('Wed, 31 Dec 2025 00:00:00 GMT', () => now)).toBe(0);
  });

  test("can't park an order, and nonsense is left aside", async () => {
    expect(await retryAfterMs('99999999')).toBe(300_000);
    expect(await retryAfterMs('soon')).toBe(DEFAULT_MS);
  });
});
