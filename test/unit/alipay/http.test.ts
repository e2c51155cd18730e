import { readAlipayKeys } from '../../../src/adapters/gateway/alipay/config';
import { createCrypto } from '../../../src/adapters/gateway/alipay/crypto';
import { exchange } from '../../../src/adapters/gateway/alipay/http';
import { createAlipayGateway } from '../../../src/adapters/gateway/alipay/gateway';
import { AlipaySigner } from '../../support/alipay-signer';
import { type Answering, SILENT, startAnswering } from './support/answering';

const signer = new AlipaySigner();
const CLOSE = 'alipay_trade_close_response';
const DONE = { code: '10000', msg: 'Success', out_trade_no: 'pay_test_1', trade_no: '2026' };
const REF = {
  merchantNo: 'pay_test_1',
  gatewayRef: null,
  amount: { minor: 1999, currency: 'CNY' },
  expiresAt: '2099-01-01T00:00:00.000Z',
  description: 'A pot of tea',
};

let provider: Answering;
beforeAll(async () => {
  provider = await startAnswering();
});
afterAll(() => provider.close());

function ask(answer: string | { status: number; body: string }) {
  provider.say(answer);
  const config = signer.config();
  const deps = { baseUrl: provider.url, crypto: createCrypto(config, readAlipayKeys(config)), now: Date.now };
  const content = { out_trade_no: 'pay_test_1' };
  return exchange(deps, { method: 'alipay.trade.close', content, signal: AbortSignal.timeout(30_000) });
}

test('a signed answer is believed, the sign first or last, slashes escaped or not', async () => {
  const text = '{"code":"10000","u":"https:\\/\\/a.example/茶"}';
  const first = `{"sign":"${signer.sign(text)}","${CLOSE}":${text}}`;
  for (const answer of [signer.answer(CLOSE, text), first]) {
    const { result } = await ask(answer);
    expect(result).toMatchObject({ t: 'answer', code: '10000', body: { u: 'https://a.example/茶' } });
  }
});

test("the gateway's own refusal is believed when it is signed", async () => {
  const refused = { code: '40002', msg: 'Invalid Arguments', sub_code: 'isv.invalid-app-id' };
  expect((await ask(signer.answer('error_response', refused))).result).toMatchObject({ subCode: 'isv.invalid-app-id' });
  expect((await ask(JSON.stringify({ error_response: refused }))).result).toMatchObject({ cause: 'badSignature' });
});

const signed = (body: object) => signer.answer(CLOSE, body);
test.each<[string, string | { status: number; body: string }, string, string | null]>([
  ['no signature', JSON.stringify({ [CLOSE]: DONE }), 'badSignature', 'unsigned'],
  ['an empty signature', JSON.stringify({ [CLOSE]: DONE, sign: '' }), 'badSignature', 'unsigned'],
  ['a signature that is no text', JSON.stringify({ [CLOSE]: DONE, sign: 1 }), 'badSignature', 'unsigned'],
  ['no base64', JSON.stringify({ [CLOSE]: DONE, sign: '?' }), 'badSignature', 'bad signature'],
  [
    "another method's answer",
    signer.answer('alipay_trade_query_response', DONE),
    'badSignature',
    'not the answer to this call',
  ],
  ['a page', '<html>Bad Gateway</html>', 'unparsable', null],
  ['nothing', '', 'unparsable', null],
  ['half an answer', signed(DONE).slice(0, 60), 'unparsable', null],
  ['a signed answer without a code', signed({ msg: 'Success' }), 'unparsable', null],
  ['a signed text that is no JSON', signer.answer(CLOSE, '{code}'), 'unparsable', null],
  ['a page of a proxy in trouble', { status: 502, body: '<html></html>' }, '5xx', null],
  ['a signed answer under 500', { status: 500, body: signed(DONE) }, '5xx', null],
  ['an unsigned answer under 500', { status: 500, body: JSON.stringify({ [CLOSE]: DONE }) }, '5xx', 'unsigned'],
  [
    'a forged answer under 500',
    { status: 500, body: signed(DONE).replace('2026', '2027') },
    'badSignature',
    'bad signature',
  ],
  ['throttling', { status: 429, body: '' }, 'throttled', null],
  ['a redirect', { status: 302, body: '' }, 'unlisted', null],
  ['more than any answer has', `{"${CLOSE}":"${'x'.repeat(300_000)}"}`, 'unparsable', null],
])('%s is unknown', async (_what, answer, cause, disbelief) => {
  expect(await ask(answer)).toMatchObject({ disbelief, result: { t: 'unknown', cause } });
});

test('no changed byte of a good answer leads to another verdict than the genuine one or unknown', async () => {
  const gateway = createAlipayGateway(signer.config({ baseUrl: provider.url }), { now: Date.now, log: SILENT });
  const good = signed({ ...DONE, out_trade_no: 'pay_test_2' });
  provider.say(good);
  expect(await gateway.close(REF)).toEqual({ t: 'rejected', code: 'NUMBER_MISMATCH' });
  // A replayed answer of another trade is the best that a forger without the key has: changed, it is worth nothing.
  for (let at = 0; at < good.length; at += 3) {
    provider.say(`${good.slice(0, at)}${good[at] === '1' ? '2' : '1'}${good.slice(at + 1)}`);
    expect(await gateway.close(REF)).toMatchObject({ t: 'unknown' });
  }
});

test('a request is one form post with everything in its body', async () => {
  await ask(signed(DONE));
  const sent = Object.fromEntries(new URLSearchParams(provider.requests.at(-1)));
  expect(sent).toMatchObject({
    method: 'alipay.trade.close',
    sign_type: 'RSA2',
    charset: 'utf-8',
    biz_content: '{"out_trade_no":"pay_test_1"}',
  });
});
