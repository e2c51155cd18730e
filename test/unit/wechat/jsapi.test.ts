import { createPrivateKey, createPublicKey, verify } from 'node:crypto';
import { type JsapiInvocation, jsapiInvocation } from '../../../src/adapters/gateway/wechat/jsapi';
import { createOutcome } from '../../../src/adapters/gateway/wechat/outcomes';
import { createRequest, refundRequest } from '../../../src/adapters/gateway/wechat/requests';
import vectors from './fixtures/vectors.json';

const NOW = Date.parse('2026-01-01T00:00:00.999Z');
const key = createPrivateKey(vectors.privateKey);
const who = { mchid: '1900009191', appid: 'wx1234567890abcdef', notifyUrl: 'https://shop.example/v1/webhooks/wechat' };
const ref = {
  merchantNo: 'pay_test_1',
  gatewayRef: null,
  amount: { minor: 1999, currency: 'CNY' },
  expiresAt: '2026-01-01T00:30:00.000Z',
  description: 'A pot of tea',
};
const PREPAY_ID = 'wx201410272009395522657a690389285100';

/** What WeChat checks before it opens the cashier. */
function signatureHolds({ appId, timeStamp, nonceStr, package: packaged, paySign }: JsapiInvocation): boolean {
  const message = Buffer.from(`${appId}\n${timeStamp}\n${nonceStr}\n${packaged}\n`);
  return verify('RSA-SHA256', message, createPublicKey(vectors.publicKey), Buffer.from(paySign, 'base64'));
}

describe('the invocation', () => {
  const made = jsapiInvocation(who.appid, key, PREPAY_ID, () => NOW);

  test('has what the cashier is called with, signed by the merchant', () => {
    expect(made).toEqual({
      appId: who.appid,
      timeStamp: '1767225600',
      nonceStr: expect.stringMatching(/^[0-9a-f]{32}$/),
      package: `prepay_id=${PREPAY_ID}`,
      signType: 'RSA',
      paySign: expect.any(String),
    });
    expect(signatureHolds(made)).toBe(true);
  });

  test('each field that is signed counts', () => {
    for (const field of ['appId', 'timeStamp', 'nonceStr', 'package'] as const) {
      expect(signatureHolds({ ...made, [field]: `${made[field]}0` })).toBe(false);
    }
  });

  test('no two share a nonce', () => {
    expect(jsapiInvocation(who.appid, key, PREPAY_ID, () => NOW).nonceStr).not.toBe(made.nonceStr);
  });
});

describe('create', () => {
  test('goes to JSAPI with the payer, and to native without', () => {
    const native = createRequest(who, ref);
    const jsapi = createRequest(who, { ...ref, payer: { openid: 'oUpF8uMuAJO_M2pxb1Q9zNjWeS6o' } });
    expect(native.target).toBe('/v3/pay/transactions/native');
    expect(native.body).not.toHaveProperty('payer');
    expect(jsapi).toEqual({
      method: 'POST',
      target: '/v3/pay/transactions/jsapi',
      body: { ...native.body, payer: { openid: 'oUpF8uMuAJO_M2pxb1Q9zNjWeS6o' } },
    });
  });

  test('an answer is a JSAPI payment only with its prepay_id', () => {
    const offer = { by: 'jsapi', invocation: (id: string) => `for ${id}` } as const;
    const answered = (body: unknown) => createOutcome({ t: 'answer', status: 200, body }, offer);
    const created = { t: 'created', codeUrl: `for ${PREPAY_ID}`, payUrl: null, gatewayRef: null };
    expect(answered({ prepay_id: PREPAY_ID })).toEqual(created);
    for (const body of [null, {}, { prepay_id: '' }, { code_url: 'weixin://wxpay/bizpayurl?pr=abc' }]) {
      expect(answered(body)).toMatchObject({ t: 'unknown', cause: 'unparsable' });
    }
  });
});

describe('a refund request', () => {
  const request = {
    merchantNo: 'pay_test_1',
    gatewayRef: null,
    transactionId: '42',
    refundNo: 'ref_test_1',
    amount: ref.amount,
    refund: { minor: 500, currency: 'CNY' },
    reason: 'broken',
  };

  test('names payment, refund and both amounts', () => {
    expect(refundRequest(who, request)).toEqual({
      method: 'POST',
      target: '/v3/refund/domestic/refunds',
      body: {
        out_trade_no: 'pay_test_1',
        out_refund_no: 'ref_test_1',
        reason: 'broken',
        notify_url: who.notifyUrl,
        amount: { refund: 500, total: 1999, currency: 'CNY' },
      },
    });
  });

  test('a reason is cut to 80 units, never through a character, and left out where there is none', () => {
    const reasonOf = (reason: string) => refundRequest(who, { ...request, reason }).body?.['reason'];
    expect(reasonOf('茶'.repeat(100))).toBe('茶'.repeat(80));
    expect(reasonOf(`${'a'.repeat(79)}🍵`)).toBe('a'.repeat(79));
    expect(refundRequest(who, { ...request, reason: '' }).body).not.toHaveProperty('reason');
  });
});
