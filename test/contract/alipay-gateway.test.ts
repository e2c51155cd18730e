import { generateKeyPairSync } from 'node:crypto';
import { createAlipayGateway } from '../../src/adapters/gateway/alipay/gateway';
import { ALIPAY_TRAITS, type AlipayUnderTest, startAlipayUnderTest } from './alipay-under-test';
import { paymentGatewaySuite, refundOf } from './payment-gateway.suite';
import { KeptLog } from './wechat-under-test';

paymentGatewaySuite('Alipay', startAlipayUnderTest, ALIPAY_TRAITS);

describe('Alipay in particular', () => {
  let t: AlipayUnderTest;
  beforeAll(async () => {
    t = await startAlipayUnderTest();
  });
  afterAll(() => t.close());

  async function offered() {
    const ref = t.newRequest();
    await t.gateway.createPayment(ref);
    await t.offer?.(ref);
    return ref;
  }
  async function paid() {
    const ref = t.newRequest();
    await t.gateway.createPayment(ref);
    const transactionId = (await t.pay(ref.merchantNo)) ?? '';
    return { ref, request: refundOf(ref, transactionId) };
  }

  test('by code: the QR content, and the cashier page where there is one', async () => {
    const ref = t.newRequest();
    expect(await t.gateway.createPayment(ref)).toEqual({
      t: 'created',
      codeUrl: expect.stringMatching(/^https:\/\/qr\.alipay\.com\//),
      payUrl: `${t.sandbox.url}/pay/${ref.merchantNo}`,
      gatewayRef: null,
    });
    const bare = t.build({ cashierBaseUrl: null });
    expect(await bare.createPayment(t.newRequest())).toMatchObject({ t: 'created', payUrl: null });
  });

  test('by page: a link that the gateway takes and leads to its cashier, and no call before the buyer opens it', async () => {
    const ref = t.newRequest();
    const created = await t.build({ product: 'page' }).createPayment(ref);
    if (created.t !== 'created' || created.payUrl === null) throw new Error('expected a link');
    expect(created).toMatchObject({ codeUrl: null, gatewayRef: null });
    expect(await t.ledger(ref.merchantNo)).toEqual([]);
    expect((await fetch(created.payUrl)).url).toBe(`${t.sandbox.url}/pay/${ref.merchantNo}`);
    await t.pay(ref.merchantNo);
    expect(await t.gateway.query(ref)).toMatchObject({ t: 'paid', paid: { amount: ref.amount } });
  });

  test('a payment refunded in full was paid, although its trade is closed', async () => {
    const { ref, request } = await paid();
    await t.gateway.refund(request);
    expect((await t.client.query(ref.merchantNo)).body.trade_status).toBe('TRADE_CLOSED');
    const found = { t: 'paid', paid: { transactionId: request.transactionId, amount: ref.amount } };
    expect(await t.gateway.query(ref)).toMatchObject({ ...found, refunded: ref.amount });
    expect(await t.gateway.close(ref)).toMatchObject(found);
  });

  test('a finished trade was paid, and is refunded by hand', async () => {
    const { ref, request } = await paid();
    const offsetMs = 366 * 24 * 3_600_000;
    await t.sandbox.control('POST', '/clock', { offsetMs });
    try {
      const later = t.build({}, () => Date.now() + offsetMs);
      expect(await later.query(ref)).toMatchObject({ t: 'paid' });
      const failed = { t: 'failed', code: 'ACQ.TRADE_HAS_FINISHED', next: 'manual' };
      expect(await later.refund(request)).toEqual(failed);
    } finally {
      await t.sandbox.control('POST', '/clock', { offsetMs: 0 });
    }
  });

  test('10000 alone is no refund: it is under way until the query finds it', async () => {
    const { ref, request } = await paid();
    const release = await t.fault('refund', { name: 'refund_processing', ms: 3_600_000 }, ref.merchantNo);
    const processing = { t: 'processing', retryAfterMs: expect.any(Number) };
    expect(await t.gateway.refund(request)).toEqual(processing);
    expect(await t.gateway.refund(request)).toEqual(processing);
    expect(await t.gateway.queryRefund(request)).toEqual({ t: 'absent' });
    expect(await t.refunds(ref.merchantNo)).toEqual([]);
    await release();
    expect(await t.gateway.queryRefund(request)).toEqual({ t: 'succeeded', refundId: request.refundNo });
    expect(await t.gateway.refund(request)).toEqual({ t: 'succeeded', refundId: request.refundNo });
    expect(await t.refunds(ref.merchantNo)).toHaveLength(1);
  });

  test('a refund that failed without a word succeeds under the same number', async () => {
    const { ref, request } = await paid();
    await t.fault('refund', { name: 'refund_closed' }, ref.merchantNo);
    expect(await t.gateway.refund(request)).toMatchObject({ t: 'processing' });
    expect(await t.gateway.queryRefund(request)).toEqual({ t: 'absent' });
    expect(await t.gateway.refund(request)).toMatchObject({ t: 'succeeded' });
    expect(await t.refunds(ref.merchantNo)).toHaveLength(1);
  });

  test("an empty seller's account needs a person", async () => {
    const { ref, request } = await paid();
    await t.fault('refund', { name: 'refund_abnormal' }, ref.merchantNo);
    const failed = { t: 'failed', code: 'ACQ.SELLER_BALANCE_NOT_ENOUGH', next: 'manual' };
    expect(await t.gateway.refund(request)).toEqual(failed);
    expect(await t.refunds(ref.merchantNo)).toEqual([]);
  });

  test('while the buyer is paying nothing is closed, and nothing said to be', async () => {
    const ref = await offered();
    await t.fault('close', { name: 'user_paying' }, ref.merchantNo);
    expect(await t.gateway.close(ref)).toMatchObject({ t: 'unknown', retryAfterMs: expect.any(Number) });
    expect(await t.gateway.query(ref)).toEqual({ t: 'pending' });
    expect(await t.ledger(ref.merchantNo)).toEqual(['created']);
  });

  test('an answer that names another seller is rejected', async () => {
    const { ref } = await paid();
    await t.fault('query', { name: 'wrong_app' }, ref.merchantNo);
    expect(await t.gateway.query(ref)).toEqual({ t: 'rejected', code: 'MERCHANT_MISMATCH' });
  });

  test('past its expiry an unscanned payment is absent for good, a scanned one closed by Alipay', async () => {
    const expiresAt = new Date(Date.now() + 60_000).toISOString();
    const [unscanned, scanned] = [1, 2].map(() => ({ ...t.newRequest(), expiresAt }));
    if (!unscanned || !scanned) throw new Error('expected two');
    for (const ref of [unscanned, scanned]) await t.gateway.createPayment(ref);
    await t.offer?.(scanned);
    await t.sandbox.control('POST', '/clock', { offsetMs: 90_000 });
    try {
      expect(await t.pay(unscanned.merchantNo)).toBeNull();
      expect(await t.gateway.close(unscanned)).toEqual({ t: 'absent', payableUntil: expiresAt });
      expect(await t.gateway.close(scanned)).toEqual({ t: 'closed', proof: 'query' });
    } finally {
      await t.sandbox.control('POST', '/clock', { offsetMs: 0 });
    }
  });

  test("a public key that isn't Alipay's believes nothing, success included", async () => {
    const stranger = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey;
    const alipayPublicKey = stranger.export({ type: 'spki', format: 'pem' }).toString();
    const ref = await offered();
    const gateway = t.build({ alipayPublicKey });
    expect(await gateway.query(ref)).toMatchObject({ t: 'unknown', cause: 'badSignature' });
    expect(await gateway.close(ref)).toMatchObject({ t: 'unknown', cause: 'badSignature' });
    expect(await t.ledger(ref.merchantNo)).toEqual(['created', 'closed']);
  });

  test('wrong credentials, and a clock of another time zone, are rejected with the code of the provider', async () => {
    const stranger = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
    const ref = t.newRequest();
    const wrongKey = t.build({ appPrivateKey: stranger.export({ type: 'pkcs8', format: 'pem' }).toString() });
    const rejected = { t: 'rejected', code: 'isv.invalid-signature' };
    expect(await wrongKey.createPayment(ref)).toEqual(rejected);
    expect(await wrongKey.query(ref)).toEqual(rejected);
    expect(await wrongKey.close(ref)).toEqual(rejected);
    const wrongApp = t.build({ appId: '2021999999999999' });
    expect(await wrongApp.close(ref)).toEqual({ t: 'rejected', code: 'isv.invalid-app-id' });
    const wrongClock = t.build({}, () => Date.now() - 8 * 3_600_000);
    expect(await wrongClock.close(ref)).toEqual({ t: 'rejected', code: 'isv.invalid-timestamp' });
    expect(await t.ledger(ref.merchantNo)).toEqual([]);
  });

  test('nothing but CNY is offered or refunded, and no call is made for it', async () => {
    const ref = { ...t.newRequest(), amount: { minor: 1999, currency: 'USD' } };
    const rejected = { t: 'rejected', code: 'CURRENCY_NOT_SUPPORTED' };
    expect(await t.gateway.createPayment(ref)).toEqual(rejected);
    expect(await t.gateway.refund(refundOf(ref, 'x'))).toEqual(rejected);
  });

  test('a description is made fit for the provider, never cut through a character', async () => {
    for (const description of ['茶'.repeat(500), `${'a'.repeat(255)}🍵🍵`, 'tea & sugar = 1/2 price, 100 %+']) {
      expect(await t.gateway.createPayment({ ...t.newRequest(), description })).toMatchObject({ t: 'created' });
    }
  });

  test('a provider that is not there is unknown', async () => {
    const gateway = t.build({ baseUrl: 'http://127.0.0.1:9/gateway.do' });
    expect(await gateway.close(t.newRequest())).toMatchObject({ t: 'unknown', cause: 'timeout' });
  });

  test('the log has operation, number, code and outcome, and neither keys nor buyers nor bodies', async () => {
    const log = new KeptLog();
    const gateway = createAlipayGateway(t.config(), { now: Date.now, log });
    const ref = t.newRequest();
    await gateway.createPayment(ref);
    await t.pay(ref.merchantNo);
    await gateway.query(ref);
    await gateway.close(ref);
    const fields = log.entries.map((entry) => entry.fields);
    expect(fields).toContainEqual(
      expect.objectContaining({ method: 'alipay.trade.close', code: 'ACQ.TRADE_STATUS_ERROR' }),
    );
    expect(fields).toContainEqual({ gateway: 'alipay', op: 'close', merchantNo: ref.merchantNo, outcome: 'paid' });
    const written = JSON.stringify(log.entries);
    for (const secret of ['PRIVATE', '2088100', 'qr.alipay', 'sandbox.example', ref.description]) {
      expect(written).not.toContain(secret);
    }
  });
});
