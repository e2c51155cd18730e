import { AlipaySdk } from 'alipay-sdk';
import { createAlipayGateway } from '../../../src/adapters/gateway/alipay/gateway';
import { AlipaySigner } from '../../support/alipay-signer';
import { type Answering, SILENT, startAnswering } from './support/answering';

/**
 * Why the adapter makes its own calls: what the SDK's `exec` believes, and what the adapter makes of the same bytes.
 * When an upgrade of the SDK turns one of the first expectations red, the adapter's reason is to be looked at again.
 */
const signer = new AlipaySigner();
const NO = 'pay_test_1';
const REF = {
  merchantNo: NO,
  gatewayRef: null,
  amount: { minor: 1999, currency: 'CNY' },
  expiresAt: '2099-01-01T00:00:00.000Z',
  description: 'A pot of tea',
};
const TRADE = { code: '10000', msg: 'Success', out_trade_no: NO, trade_no: '2026', total_amount: '19.99' };
const WAITING = JSON.stringify({ ...TRADE, trade_status: 'WAIT_BUYER_PAY' });
const CLOSED = JSON.stringify({ ...TRADE, trade_status: 'TRADE_CLOSED' });
const KEY = 'alipay_trade_query_response';

/** Alipay signed "waiting"; somebody on the way wants "closed" to be read. */
const FORGERIES = {
  unsigned: `{"${KEY}":${CLOSED}}`,
  "under another text's signature": `{"${KEY}":${CLOSED},"sign":"${signer.sign(WAITING)}"}`,
  'beside the signed member, its name spelt with an escape': `{"${KEY}":${WAITING},"sign":"${signer.sign(WAITING)}","${KEY.replace('q', '\\u0071')}":${CLOSED}}`,
  'beside the signed member, under the same name': `{"${KEY}":${WAITING},"sign":"${signer.sign(WAITING)}","${KEY}":${CLOSED}}`,
} as const;

let provider: Answering;
beforeAll(async () => {
  provider = await startAnswering();
});
afterAll(() => provider.close());

function sdk(): AlipaySdk {
  const { appId, appPrivateKey, alipayPublicKey } = signer.config();
  return new AlipaySdk({ appId, privateKey: appPrivateKey, keyType: 'PKCS8', alipayPublicKey, gateway: provider.url });
}

test.each([
  ['unsigned', false],
  ['beside the signed member, its name spelt with an escape', true],
  ['beside the signed member, under the same name', true],
] as const)('the SDK believes a TRADE_CLOSED %s (validateSign: %s)', async (name, validateSign) => {
  provider.say(FORGERIES[name]);
  const answer = (await sdk().exec('alipay.trade.query', { bizContent: { out_trade_no: NO } }, { validateSign })) as {
    tradeStatus?: string;
  };
  expect(answer.tradeStatus).toBe('TRADE_CLOSED');
});

test.each(Object.entries(FORGERIES))('the adapter refuses a TRADE_CLOSED %s', async (_name, body) => {
  const gateway = createAlipayGateway(signer.config({ baseUrl: provider.url }), { now: Date.now, log: SILENT });
  provider.say(body);
  expect(await gateway.query(REF)).toMatchObject({ t: 'unknown' });
  provider.say(
    signer.answer('alipay_trade_close_response', { code: '40004', sub_code: 'ACQ.TRADE_STATUS_ERROR' }),
    body,
  );
  expect(await gateway.close(REF)).toMatchObject({ t: 'unknown' });
});

test('the adapter believes the genuine one', async () => {
  const gateway = createAlipayGateway(signer.config({ baseUrl: provider.url }), { now: Date.now, log: SILENT });
  provider.say(signer.answer(KEY, CLOSED));
  expect(await gateway.query(REF)).toEqual({ t: 'closedUnpaid' });
});

test("the SDK stamps the machine's local time; given one, it leaves it alone", () => {
  const stamp = (parameters: object): string | null =>
    new URLSearchParams(sdk().sdkExecute('alipay.trade.query', parameters)).get('timestamp');
  expect(stamp({ timestamp: '2001-02-03 04:05:06' })).toBe('2001-02-03 04:05:06');
  expect(stamp({})).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);
});
