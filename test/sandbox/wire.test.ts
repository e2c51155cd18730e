import { randomBytes } from 'node:crypto';
import { newNo, TestSandbox } from './support/sandbox';
import { type SignedAnswer } from './support/wechat-client';

describe('WeChat Pay v3 wire', () => {
  let sandbox: TestSandbox;
  beforeAll(async () => void (sandbox = await TestSandbox.start()));
  afterAll(() => sandbox.close());

  const expectError = (answer: SignedAnswer, status: number, code: string): void => {
    expect({ status: answer.status, code: answer.json.code, verified: answer.verified }).toEqual({
      status,
      code,
      verified: true,
    });
  };

  describe('what it checks', () => {
    test.each([
      ['a wrong signature', { signature: Buffer.from('no').toString('base64') }],
      ['no authorization', { authorization: '' }],
      ['another scheme', { authorization: 'Bearer abc' }],
      ['another merchant', { mchid: '1900000000' }],
      ['another certificate', { serialNo: 'AB'.repeat(20) }],
    ])('refuses %s with a signed 401', async (_name, tweaks) => {
      expectError(await sandbox.client.query(newNo(), tweaks), 401, 'SIGN_ERROR');
    });

    test('accepts timestamps up to 300 s away, either way', async () => {
      const nowSeconds = 1_800_000_000;
      const frozen = await TestSandbox.start(() => nowSeconds * 1000);
      try {
        for (const [seconds, status, code] of [
          [-301, 401, 'SIGN_ERROR'],
          [-300, 404, 'ORDER_NOT_EXIST'],
          [300, 404, 'ORDER_NOT_EXIST'],
          [301, 401, 'SIGN_ERROR'],
        ] as const) {
          expectError(await frozen.client.query(newNo(), { timestamp: nowSeconds + seconds }), status, code);
        }
      } finally {
        await frozen.close();
      }
    });

    test('refuses a nonce that was used before', async () => {
      const nonce = randomBytes(16).toString('hex');
      expectError(await sandbox.client.query(newNo(), { nonce }), 404, 'ORDER_NOT_EXIST');
      expectError(await sandbox.client.query(newNo(), { nonce }), 401, 'SIGN_ERROR');
    });

    test('refuses a body that is not the signed one', async () => {
      const no = newNo();
      const sentBody = JSON.stringify(sandbox.client.prepayBody(no, { amount: { total: 1, currency: 'CNY' } }));
      expectError(await sandbox.client.create(no, {}, { sentBody }), 401, 'SIGN_ERROR');
      expect(await sandbox.kinds(no)).toEqual([]);
    });

    test.each<[string, Record<string, unknown>, string]>([
      ['a short number', { out_trade_no: 'abc12' }, '/out_trade_no'],
      ['a long number', { out_trade_no: 'a'.repeat(33) }, '/out_trade_no'],
      ['a number with a slash', { out_trade_no: 'abc/def' }, '/out_trade_no'],
      ['an expiry without offset', { time_expire: '2099-01-01T00:00:00' }, '/time_expire'],
      ['an expiry in the past', { time_expire: '2020-01-01T00:00:00Z' }, '/time_expire'],
      ['no money', { amount: { total: 0, currency: 'CNY' } }, '/amount/total'],
      ['half a fen', { amount: { total: 1.5, currency: 'CNY' } }, '/amount/total'],
      ['dollars', { amount: { total: 1, currency: 'USD' } }, '/amount/currency'],
      ['a notify_url with a query', { notify_url: 'http://127.0.0.1/n?a=1' }, '/notify_url'],
      ['a notify_url of another kind', { notify_url: 'ftp://127.0.0.1/n' }, '/notify_url'],
      ['no description', { description: '' }, '/description'],
      ['a long description', { description: 'x'.repeat(128) }, '/description'],
      ['no notify_url', { notify_url: undefined }, '/notify_url'],
    ])('refuses %s', async (_name, changes, field) => {
      const answer = await sandbox.client.create(newNo(), changes);
      expectError(answer, 400, 'PARAM_ERROR');
      expect(answer.json.detail?.field).toBe(field);
    });

    test('refuses what is not JSON, and other media types', async () => {
      const path = '/v3/pay/transactions/native';
      expectError(await sandbox.client.call('POST', path, '{'), 400, 'PARAM_ERROR');
      expectError(await sandbox.client.create(newNo(), {}, { headers: { Accept: 'text/html' } }), 400, 'PARAM_ERROR');
      const large = await sandbox.client.create(newNo(), { attach: 'x'.repeat(65_536) });
      expectError(large, 400, 'PARAM_ERROR');
      const form = { headers: { 'Content-Type': 'application/x-www-form-urlencoded' } };
      expectError(await sandbox.client.create(newNo(), {}, form), 400, 'PARAM_ERROR');
    });

    test('refuses another merchant or app', async () => {
      const { client } = sandbox;
      expectError(await client.create(newNo(), { mchid: '1900000000' }), 400, 'MCH_NOT_EXISTS');
      expectError(await client.create(newNo(), { appid: 'wx0000' }), 400, 'APPID_MCHID_NOT_MATCH');
      const path = `/v3/pay/transactions/out-trade-no/${newNo()}`;
      expectError(await client.call('GET', `${path}?mchid=1900000000`), 403, 'NO_AUTH');
      expectError(await client.call('GET', path), 400, 'PARAM_ERROR');
      expectError(await client.call('POST', `${path}/close`, { mchid: '1900000000' }), 403, 'NO_AUTH');
    });
  });

  describe('create', () => {
    test('answers a code_url and re-issues it for the same parameters in any order, with one ledger row', async () => {
      const no = newNo();
      const first = await sandbox.client.create(no);
      expect(first.verified).toBe(true);
      expect(first.json.code_url).toMatch(/^weixin:\/\/wxpay\/bizpayurl\?pr=.+/);
      const reordered = Object.fromEntries(Object.entries(sandbox.client.prepayBody(no)).reverse());
      const again = await sandbox.client.call('POST', '/v3/pay/transactions/native', reordered);
      expect(again.json).toEqual(first.json);
      expect(await sandbox.kinds(no)).toEqual(['created']);
    });

    test('refuses a used number with other parameters', async () => {
      const no = newNo();
      await sandbox.client.create(no);
      expectError(await sandbox.client.create(no, { description: 'Coffee' }), 400, 'INVALID_REQUEST');
    });

    test('refuses a closed and a paid number', async () => {
      const [closed, paid] = [newNo(), newNo()];
      await sandbox.client.create(closed);
      await sandbox.client.close(closed);
      expectError(await sandbox.client.create(closed), 400, 'ORDER_CLOSED');
      await sandbox.client.create(paid);
      await sandbox.pay(paid);
      expectError(await sandbox.client.create(paid), 400, 'ORDERPAID');
    });

    test('makes a prepay_id for JSAPI, which needs an openid that the payment then shows', async () => {
      const no = newNo();
      const path = '/v3/pay/transactions/jsapi';
      expectError(await sandbox.client.call('POST', path, sandbox.client.prepayBody(no)), 400, 'PARAM_ERROR');
      const body = sandbox.client.prepayBody(no, { payer: { openid: 'oBuyer1' } });
      expect((await sandbox.client.call('POST', path, body)).json.prepay_id).toMatch(/^wx/);
      await sandbox.pay(no);
      const answer = await sandbox.client.query(no);
      expect(answer.json).toMatchObject({ trade_type: 'JSAPI', payer: { openid: 'oBuyer1' } });
    });
  });

  describe('query and close', () => {
    test('NOTPAY, then SUCCESS with the facts', async () => {
      const no = newNo();
      await sandbox.client.create(no);
      expect((await sandbox.client.query(no)).json).toMatchObject({ out_trade_no: no, trade_state: 'NOTPAY' });
      const { body } = await sandbox.pay(no);
      const answer = await sandbox.client.query(no);
      expect(answer.verified).toBe(true);
      expect(body.transactionId).toMatch(/^\d{28}$/);
      expect(answer.json).toMatchObject({
        appid: sandbox.client.credentials.appid,
        mchid: sandbox.client.credentials.mchid,
        trade_state: 'SUCCESS',
        trade_type: 'NATIVE',
        transaction_id: body.transactionId,
        amount: { total: 1999, payer_total: 1999, currency: 'CNY', payer_currency: 'CNY' },
      });
      expect(answer.json.success_time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+08:00$/);
    });

    test('close is a signed empty 204, once in the ledger, and final', async () => {
      const no = newNo();
      await sandbox.client.create(no);
      const answer = await sandbox.client.close(no);
      expect({ status: answer.status, text: answer.text, verified: answer.verified }).toEqual({
        status: 204,
        text: '',
        verified: true,
      });
      expectError(await sandbox.client.close(no), 400, 'ORDER_CLOSED');
      expect((await sandbox.client.query(no)).json.trade_state).toBe('CLOSED');
      expect(await sandbox.pay(no)).toEqual({ status: 409, body: { accepted: false, reason: 'closed' } });
      expect(await sandbox.kinds(no)).toEqual(['created', 'closed']);
    });

    test('close of a paid and of an unknown number', async () => {
      const no = newNo();
      await sandbox.client.create(no);
      await sandbox.pay(no);
      expectError(await sandbox.client.close(no), 400, 'ORDERPAID');
      expectError(await sandbox.client.close(newNo()), 404, 'ORDERNOTEXIST');
      expect(await sandbox.kinds(no)).toEqual(['created', 'paid']);
    });

    test('a payment and a close at once: exactly one of them wins', async () => {
      for (let round = 0; round < 5; round += 1) {
        const no = newNo();
        await sandbox.client.create(no);
        const [closed, paid] = await Promise.all([sandbox.client.close(no), sandbox.pay(no)]);
        expect(closed.status === 204).toBe(!paid.body.accepted);
        expect(await sandbox.kinds(no)).toEqual(['created', closed.status === 204 ? 'closed' : 'paid']);
      }
    });

    test('after time_expire nobody can pay, the state stays NOTPAY, and a close still works', async () => {
      const no = newNo();
      await sandbox.client.create(no, { time_expire: new Date(Date.now() + 60_000).toISOString() });
      await sandbox.control('POST', '/clock', { offsetMs: 61_000 });
      try {
        expect(await sandbox.pay(no)).toEqual({ status: 409, body: { accepted: false, reason: 'expired' } });
        expect((await sandbox.client.query(no)).json.trade_state).toBe('NOTPAY');
        expect((await sandbox.client.close(no)).status).toBe(204);
      } finally {
        await sandbox.control('POST', '/clock', { offsetMs: 0 });
      }
      expect(await sandbox.kinds(no)).toEqual(['created', 'closed']);
    });
  });

  describe('serials', () => {
    test('signs under the public key id unless the request names the certificate', async () => {
      const list = await sandbox.client.call('GET', '/v3/certificates');
      const { platformCertificate, platformPublicKeyId } = sandbox.client.credentials;
      const item = list.json.data?.[0];
      expect(item && sandbox.client.decrypt(item.encrypt_certificate)).toBe(platformCertificate);
      const certificateSerial = item?.serial_no ?? '';
      expect(list.headers.get('Wechatpay-Serial')).toBe(certificateSerial);
      for (const [named, expected] of [
        [certificateSerial, certificateSerial],
        [platformPublicKeyId, platformPublicKeyId],
        ['', platformPublicKeyId],
      ] as const) {
        const answer = await sandbox.client.query(newNo(), { headers: named ? { 'Wechatpay-Serial': named } : {} });
        expect(answer.headers.get('Wechatpay-Serial')).toBe(expected);
        expect(answer.verified).toBe(true);
      }
    });

    test('an endpoint that does not exist is a signed 404', async () => {
      expectError(await sandbox.client.call('GET', '/v3/nothing'), 404, 'NOT_FOUND');
    });
  });
});
