import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import { type StripeConfig } from '../../../src/adapters/gateway/stripe/config';
import { gatewayWith, intent, REF, refund, REFUND, session } from './support';

interface Received {
  method: string;
  path: string;
  headers: IncomingMessage['headers'];
  form: Record<string, string>;
}
type Handler = (res: ServerResponse, nth: number) => void;

/** What the SDK makes of the wire: a server that answers as told and counts. */
describe('over the wire', () => {
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
        const { pathname, search } = new URL(req.url ?? '', 'http://any');
        const form = Object.fromEntries(new URLSearchParams(req.method === 'POST' ? body : search));
        received.push({ method: req.method ?? '', path: pathname, headers: req.headers, form });
        handle(res, received.length);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterEach(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  const gateway = (overrides: Partial<StripeConfig> = {}) =>
    gatewayWith({ baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, ...overrides });
  const json =
    (status: number, body: unknown, headers: Record<string, string> = {}): Handler =>
    (res) =>
      res.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
  const error = (status: number, code: string | undefined, headers?: Record<string, string>): Handler =>
    json(status, { error: { type: 'invalid_request_error', message: 'no', code } }, headers);
  const inTurn =
    (...handlers: Handler[]): Handler =>
    (res, nth) =>
      handlers[nth - 1]?.(res, nth);

  test('a close of a session whose delayed payment has failed: it cannot be expired, and never be paid', async () => {
    const requires = intent({ status: 'requires_payment_method', latest_charge: null });
    const failed = session({
      status: 'complete',
      url: null,
      payment_intent: { ...requires, last_payment_error: { code: 'payment_intent_payment_attempt_failed' } },
    });
    handle = inTurn(error(400, undefined), json(200, failed));
    expect(await gateway().close(REF)).toEqual({ t: 'closed', proof: 'query' });
    expect(received.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'POST /v1/checkout/sessions/cs_test_1/expire',
      'GET /v1/checkout/sessions/cs_test_1',
    ]);
  });

  test('a create is the same request every time, keyed by the number, in the pinned version', async () => {
    handle = json(200, session());
    const outcome = { t: 'created', payUrl: session().url, codeUrl: null, gatewayRef: 'cs_test_1' };
    expect(await gateway().createPayment({ ...REF, gatewayRef: null })).toEqual(outcome);
    expect(await gateway().createPayment({ ...REF, gatewayRef: null })).toEqual(outcome);
    expect(received[0]).toMatchObject({
      method: 'POST',
      path: '/v1/checkout/sessions',
      headers: {
        authorization: 'Bearer sk_test_1',
        'idempotency-key': 'create_pay_test_1',
        'stripe-version': '2026-10-28.endive',
      },
      form: {
        mode: 'payment',
        'line_items[0][price_data][unit_amount]': '1999',
        'line_items[0][price_data][currency]': 'cny',
        expires_at: '1767229200',
        'metadata[merchantNo]': 'pay_test_1',
        'payment_intent_data[metadata][merchantNo]': 'pay_test_1',
        success_url: 'https://shop.example/thanks?from=stripe',
      },
    });
    expect(received[1]?.form).toEqual(received[0]?.form);
    expect(received[1]?.headers['x-stripe-client-telemetry']).toBeUndefined();
  });

  test("an intent's page is the merchant's own, with what Stripe's form needs", async () => {
    handle = json(200, intent({ status: 'requires_payment_method', client_secret: 'pi_1_secret_2' }));
    expect(await gateway({ mode: 'payment_intent' }).createPayment({ ...REF, gatewayRef: null })).toEqual({
      t: 'created',
      payUrl: 'https://shop.example/thanks?from=stripe&payment_intent=pi_1&payment_intent_client_secret=pi_1_secret_2',
      codeUrl: null,
      gatewayRef: 'pi_1',
    });
  });

  test('JSON without an error under another status than 200 is no success', async () => {
    for (const [status, cause] of [
      [500, '5xx'],
      [502, '5xx'],
      [202, 'unparsable'],
      [404, 'unparsable'],
    ] as const) {
      handle = json(status, session({ status: 'expired' }));
      expect(await gateway().close(REF)).toMatchObject({ t: 'unknown', cause });
    }
  });

  test.each([
    ['null', 'null'],
    ['a list', '[]'],
    ['a number', '7'],
    ['nothing', ''],
    ['half', '{"id":"cs_te'],
    ['another object', JSON.stringify(intent())],
    ['another session', JSON.stringify(session({ id: 'cs_test_2', status: 'expired' }))],
  ])('%s under 200 is unparsable', async (_label, body) => {
    handle = (res) => res.writeHead(200).end(body);
    expect(await gateway().close(REF)).toMatchObject({ t: 'unknown', cause: 'unparsable' });
    expect(await gateway().query(REF)).toMatchObject({ t: 'unknown', cause: 'unparsable' });
  });

  test('a reset is told once and not repeated behind our back', async () => {
    handle = (res) => res.socket?.resetAndDestroy();
    expect(await gateway().close(REF)).toMatchObject({ t: 'unknown', cause: 'timeout' });
    expect(received).toHaveLength(1);
  });

  test.each([500, 503, 409, 429])('%d is asked once, even if Stripe asks for more', async (status) => {
    handle = error(status, undefined, { 'stripe-should-retry': 'true' });
    expect(await gateway().query(REF)).toMatchObject({ t: 'unknown' });
    expect(received).toHaveLength(1);
  });

  test('a redirect is not followed: the key is for one address', async () => {
    handle = (res) => res.writeHead(307, { location: '/v1/elsewhere' }).end();
    expect(await gateway().query(REF)).toMatchObject({ t: 'unknown', cause: 'unparsable' });
    expect(received).toHaveLength(1);
  });

  test('an answer that trickles for ever ends at the limit', async () => {
    handle = (res) => {
      res.writeHead(200).write(' ');
      const timer = setInterval(() => res.write(' '), 20);
      res.on('close', () => clearInterval(timer));
    };
    expect(await gateway({ timeoutMs: 200 }).query(REF)).toMatchObject({ t: 'unknown', cause: 'timeout' });
  });

  test('a refused close leaves its query only the time that is left', async () => {
    handle = inTurn(error(400, undefined), () => undefined);
    expect(await gateway({ timeoutMs: 300 }).close(REF)).toMatchObject({ t: 'unknown', cause: 'timeout' });
    expect(received.map(({ method }) => method)).toEqual(['POST', 'GET']);
  });

  test('Retry-After is heeded, within reason', async () => {
    handle = error(429, undefined, { 'retry-after': '7' });
    expect(await gateway().query(REF)).toEqual({ t: 'unknown', cause: 'throttled', retryAfterMs: 7_000 });
    handle = error(429, undefined, { 'retry-after': '999999' });
    expect(await gateway().query(REF)).toMatchObject({ retryAfterMs: 300_000 });
  });

  test("an acknowledged close of another number's session is no close of ours", async () => {
    handle = json(200, session({ status: 'expired', metadata: { merchantNo: 'pay_test_2' } }));
    expect(await gateway().close(REF)).toEqual({ t: 'rejected', code: 'NUMBER_MISMATCH' });
    handle = json(200, session({ status: 'open' }));
    expect(await gateway().close(REF)).toMatchObject({ t: 'unknown', cause: 'unlisted' });
  });

  test('an id that is gone is another account, never an absence', async () => {
    handle = error(404, 'resource_missing');
    expect(await gateway().close(REF)).toEqual({ t: 'rejected', code: 'resource_missing' });
    expect(await gateway().query(REF)).toEqual({ t: 'rejected', code: 'resource_missing' });
  });

  test('a refund asks for its number, its payment and only then for the money', async () => {
    const list = (data: object[]) => json(200, { object: 'list', has_more: false, data });
    handle = inTurn(list([]), json(200, intent()), json(200, refund()));
    expect(await gateway().refund(REFUND)).toEqual({ t: 'succeeded', refundId: 're_1' });
    expect(received.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'GET /v1/refunds',
      'GET /v1/payment_intents/pi_1',
      'POST /v1/refunds',
    ]);
    expect(received[2]).toMatchObject({
      headers: { 'idempotency-key': 'ref_test_1' },
      form: { payment_intent: 'pi_1', amount: '500', 'metadata[refundNo]': 'ref_test_1' },
    });
  });

  test.each([
    ['of another number', { metadata: { merchantNo: 'pay_test_2' } }, 'NUMBER_MISMATCH'],
    ['of another amount', { amount_received: 1 }, 'AMOUNT_MISMATCH'],
    ['of another mode', { livemode: true }, 'MERCHANT_MISMATCH'],
  ])('a payment %s is not refunded', async (_label, changes, code) => {
    handle = inTurn(json(200, { object: 'list', has_more: false, data: [] }), json(200, intent(changes)));
    expect(await gateway().refund(REFUND)).toEqual({ t: 'rejected', code });
    expect(received).toHaveLength(2);
  });

  test('a number is looked for to the end of the list', async () => {
    const other = refund({ id: 're_0', metadata: { refundNo: 'ref_other' } });
    handle = inTurn(
      json(200, { object: 'list', has_more: true, data: [other] }),
      json(200, { object: 'list', has_more: false, data: [refund()] }),
    );
    expect(await gateway().queryRefund(REFUND)).toEqual({ t: 'succeeded', refundId: 're_1' });
    expect(received[1]?.form).toMatchObject({ starting_after: 're_0', payment_intent: 'pi_1' });
  });

  test('a list without an end proves nothing: the query is unknown, the close repeats the create and closes that', async () => {
    const endless = json(200, { object: 'list', has_more: true, data: [session({ metadata: {} })] });
    handle = endless;
    expect(await gateway().query({ ...REF, gatewayRef: null })).toMatchObject({ t: 'unknown' });
    const pages = received.length;
    received = [];
    handle = (res, nth) => {
      if (nth <= pages) endless(res, nth);
      else json(200, session(nth === pages + 1 ? {} : { status: 'expired' }))(res, nth);
    };
    expect(await gateway().close({ ...REF, gatewayRef: null })).toEqual({ t: 'closed', proof: 'ack' });
    expect(received.slice(pages).map(({ path }) => path)).toEqual([
      '/v1/checkout/sessions',
      '/v1/checkout/sessions/cs_test_1/expire',
    ]);
    expect(received[pages]?.headers['idempotency-key']).toBe('create_pay_test_1');
  });
});
