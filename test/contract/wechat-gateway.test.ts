import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { downloadCertificates } from '../../src/adapters/gateway/wechat/certificates';
import { readWechatKeys } from '../../src/adapters/gateway/wechat/config';
import { createWechatGateway } from '../../src/adapters/gateway/wechat/gateway';
import { STRICT_TRAITS } from './gateway-under-test';
import { paymentGatewaySuite } from './payment-gateway.suite';
import { KeptLog, startWechatUnderTest, type WechatUnderTest } from './wechat-under-test';

paymentGatewaySuite('WeChat Pay', startWechatUnderTest, { ...STRICT_TRAITS, tellsRefunded: false });

describe('WeChat Pay in particular', () => {
  let t: WechatUnderTest;
  beforeAll(async () => {
    t = await startWechatUnderTest();
  });
  afterAll(() => t.close());

  const gatewayWith = (overrides: Parameters<WechatUnderTest['config']>[0], now = Date.now) =>
    createWechatGateway(t.config(overrides), { now, log: t.log });

  test('a native payment has its QR code, and the cashier page where there is one', async () => {
    const request = t.newRequest();
    const created = await t.gateway.createPayment(request);
    const payUrl = `${t.sandbox.url}/pay/${request.merchantNo}`;
    expect(created).toEqual({
      t: 'created',
      codeUrl: expect.stringMatching(/^weixin:\/\/wxpay\//),
      payUrl,
      gatewayRef: null,
    });
    expect((await fetch(payUrl)).status).toBe(200);
    const bare = gatewayWith({ cashierBaseUrl: null });
    expect(await bare.createPayment(t.newRequest())).toMatchObject({ t: 'created', payUrl: null });
  });

  test('a refunded payment was paid', async () => {
    const request = t.newRequest();
    await t.gateway.createPayment(request);
    const transactionId = await t.pay(request.merchantNo);
    await t.sandbox.client.refund(request.merchantNo, `re_${request.merchantNo}`, 1);
    expect((await t.sandbox.client.query(request.merchantNo)).json.trade_state).toBe('REFUND');
    expect(await t.gateway.query(request)).toMatchObject({
      t: 'paid',
      paid: { transactionId, amount: request.amount },
    });
  });

  test('answers are signed under the preferred key; certificate and public key are believed side by side', async () => {
    const { platformCertificate, platformPublicKeyId, platformPublicKey } = t.sandbox.client.credentials;
    const certificate = {
      serial: new X509Certificate(platformCertificate).serialNumber,
      publicKeyPem: platformCertificate,
    };
    const publicKey = { serial: platformPublicKeyId, publicKeyPem: platformPublicKey };
    for (const platformKeys of [[certificate], [certificate, publicKey], [publicKey, certificate]]) {
      const gateway = gatewayWith({ platformKeys });
      const request = t.newRequest();
      expect(await gateway.createPayment(request)).toMatchObject({ t: 'created' });
      expect(await gateway.close(request)).toEqual({ t: 'closed', proof: 'ack' });
    }
  });

  test('JSAPI: with the payer, the credential is what a page inside WeChat calls the cashier with', async () => {
    const request = { ...t.newRequest(), payer: { openid: 'oPayer00000000000000000000001' } };
    const created = await t.gateway.createPayment(request);
    if (created.t !== 'created') throw new Error(`expected created, got ${created.t}`);
    expect(created).toMatchObject({ payUrl: null, gatewayRef: null });
    expect(JSON.parse(created.codeUrl ?? '')).toMatchObject({
      appId: t.config().appid,
      package: expect.stringMatching(/^prepay_id=wx/),
      signType: 'RSA',
    });
    const transactionId = await t.pay(request.merchantNo);
    expect(await t.gateway.query(request)).toMatchObject({
      t: 'paid',
      paid: { transactionId, amount: request.amount },
    });
    expect(JSON.stringify(t.log.entries)).not.toContain(request.payer.openid);
  });

  test('JSAPI: a repeat pays the same payment, another payer is another payment', async () => {
    const request = { ...t.newRequest(), payer: { openid: 'oPayer00000000000000000000001' } };
    const packages = [];
    for (let nth = 0; nth < 2; nth += 1) {
      const created = await t.gateway.createPayment(request);
      if (created.t !== 'created') throw new Error(`expected created, got ${created.t}`);
      packages.push((JSON.parse(created.codeUrl ?? '') as { package: string }).package);
    }
    expect(packages[0]).toBe(packages[1]);
    const other = { ...request, payer: { openid: 'oPayer00000000000000000000002' } };
    expect(await t.gateway.createPayment(other)).toMatchObject({ t: 'rejected' });
    expect(await t.ledger(request.merchantNo)).toEqual(['created']);
  });

  test("the platform's certificate list is downloaded and believed, on the strength of the APIv3 key alone", async () => {
    const { platformCertificate } = t.sandbox.client.credentials;
    const config = t.config();
    const { merchantKey, apiV3Key } = readWechatKeys(config);
    const signer = { mchid: config.mchid, merchantSerial: config.merchantSerial, merchantKey };
    const http = { baseUrl: config.baseUrl, signer, preferredSerial: null, now: Date.now };
    const ask = (key: Buffer) =>
      downloadCertificates(
        { http, apiV3Key: key, trusted: new Map(), now: Date.now },
        AbortSignal.timeout(config.timeoutMs),
      );
    const certificate = new X509Certificate(platformCertificate);
    const [learnt, ...more] = await ask(apiV3Key);
    expect(more).toEqual([]);
    expect(learnt).toMatchObject({ serial: certificate.serialNumber, validUntilMs: Date.parse(certificate.validTo) });
    expect(await ask(Buffer.alloc(32))).toBe('tampered certificate');
  });

  test('a second close is proved by the query', async () => {
    const request = t.newRequest();
    await t.gateway.createPayment(request);
    expect(await t.gateway.close(request)).toEqual({ t: 'closed', proof: 'ack' });
    expect(await t.gateway.close(request)).toEqual({ t: 'closed', proof: 'query' });
  });

  test("a platform key that isn't the platform's believes nothing, success included", async () => {
    const stranger = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey;
    const publicKeyPem = stranger.export({ type: 'spki', format: 'pem' }).toString();
    const { platformPublicKeyId: serial } = t.sandbox.client.credentials;
    const request = t.newRequest();
    await t.gateway.createPayment(request);
    const gateway = gatewayWith({ platformKeys: [{ serial, publicKeyPem }] });
    expect(await gateway.query(request)).toMatchObject({ t: 'unknown', cause: 'badSignature' });
    expect(await gateway.close(request)).toMatchObject({ t: 'unknown', cause: 'badSignature' });
    expect(await t.ledger(request.merchantNo)).toEqual(['created', 'closed']);
  });

  test('wrong credentials are rejected with the code of the provider', async () => {
    const stranger = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
    const merchantPrivateKey = stranger.export({ type: 'pkcs8', format: 'pem' }).toString();
    const request = t.newRequest();
    const gateway = gatewayWith({ merchantPrivateKey });
    const rejected = { t: 'rejected', code: 'SIGN_ERROR' };
    expect(await gateway.createPayment(request)).toEqual(rejected);
    expect(await gateway.query(request)).toEqual(rejected);
    expect(await gateway.close(request)).toEqual(rejected);
    expect(await gatewayWith({ appid: 'wx0000000000000000' }).createPayment(request)).toMatchObject({ t: 'rejected' });
    expect(await t.ledger(request.merchantNo)).toEqual([]);
  });

  test('a clock of ours beyond the window makes everything unknown, never a verdict', async () => {
    const request = t.newRequest();
    await t.gateway.createPayment(request);
    for (const offset of [302_000, -302_000]) {
      const gateway = gatewayWith({}, () => Date.now() + offset);
      expect(await gateway.query(request)).toMatchObject({ t: 'unknown', cause: 'badSignature' });
      expect(await gateway.close(request)).toMatchObject({ t: 'unknown', cause: 'badSignature' });
    }
    expect(await t.ledger(request.merchantNo)).toEqual(['created']);
  });

  test('nothing but CNY is offered, and no call is made for it', async () => {
    const request = { ...t.newRequest(), amount: { minor: 1999, currency: 'USD' } };
    expect(await t.gateway.createPayment(request)).toEqual({ t: 'rejected', code: 'CURRENCY_NOT_SUPPORTED' });
    expect(await t.ledger(request.merchantNo)).toEqual([]);
  });

  test('a long description is cut to what the provider takes, never through a character', async () => {
    for (const description of ['茶'.repeat(500), `${'a'.repeat(126)}🍵🍵`]) {
      expect(await t.gateway.createPayment({ ...t.newRequest(), description })).toMatchObject({ t: 'created' });
    }
  });

  test('a payment past its expiry is pending and refuses the buyer, and can still be closed', async () => {
    const request = { ...t.newRequest(), expiresAt: new Date(Date.now() + 60_000).toISOString() };
    await t.gateway.createPayment(request);
    await t.sandbox.control('POST', '/clock', { offsetMs: 90_000 });
    try {
      expect(await t.pay(request.merchantNo)).toBeNull();
      expect(await t.gateway.query(request)).toEqual({ t: 'pending' });
      expect(await t.gateway.close(request)).toEqual({ t: 'closed', proof: 'ack' });
    } finally {
      await t.sandbox.control('POST', '/clock', { offsetMs: 0 });
    }
  });

  test('a provider that is not there is unknown', async () => {
    const gateway = gatewayWith({ baseUrl: 'http://127.0.0.1:9' });
    expect(await gateway.close(t.newRequest())).toMatchObject({ t: 'unknown', cause: 'timeout' });
  });

  test('the log has operation, number, status, code and outcome, and neither keys nor payers nor bodies', async () => {
    const log = new KeptLog();
    const gateway = createWechatGateway(t.config(), { now: Date.now, log });
    const request = t.newRequest();
    await gateway.createPayment(request);
    await t.pay(request.merchantNo);
    await gateway.query(request);
    await gateway.close(request);
    const fields = log.entries.map((entry) => entry.fields);
    expect(fields).toContainEqual(expect.objectContaining({ op: 'close', status: 400, code: 'ORDERPAID' }));
    expect(fields).toContainEqual({ gateway: 'wechat', op: 'close', merchantNo: request.merchantNo, outcome: 'paid' });
    const written = JSON.stringify(log.entries);
    for (const secret of ['PRIVATE', 'openid', 'oSandbox', 'weixin:', request.description, t.config().apiV3Key]) {
      expect(written).not.toContain(secret);
    }
  });
});
