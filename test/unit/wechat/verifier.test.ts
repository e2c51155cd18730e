import { createPublicKey } from 'node:crypto';
import { createVerifier } from '../../../src/adapters/gateway/wechat/verifier';
import vectors from './fixtures/vectors.json';

const SERIAL = 'PUB_KEY_ID_0000000000000000000000000000000001';
const SIGNED_AT = Number(vectors.answers[0]?.timestamp) * 1000;
const key = createPublicKey(vectors.publicKey);

interface Message {
  timestamp: string;
  nonce: string;
  body: string;
  signature: string;
}
const [answer, empty] = vectors.answers as [Message, Message];

function headersOf(message: Message): Record<string, string> {
  return {
    'wechatpay-serial': SERIAL,
    'wechatpay-timestamp': message.timestamp,
    'wechatpay-nonce': message.nonce,
    'wechatpay-signature': message.signature,
  };
}

function verdict(headers: Record<string, string>, body: string | Buffer, now = SIGNED_AT) {
  const verify = createVerifier(new Map([[SERIAL, key]]), () => now);
  return verify((name) => headers[name], Buffer.from(body));
}

/** The same text with one character replaced by another of base64. */
function flip(text: string, at: number): string {
  return text.slice(0, at) + (text[at] === 'A' ? 'B' : 'A') + text.slice(at + 1);
}

describe('createVerifier', () => {
  test.each([answer, empty])('believes what openssl signed: $body', (message) => {
    expect(verdict(headersOf(message), message.body)).toBeNull();
  });

  test('believes the key of a certificate as well', () => {
    const verify = createVerifier(new Map([[SERIAL, createPublicKey(vectors.certificate)]]), () => SIGNED_AT);
    expect(verify((name) => headersOf(answer)[name], Buffer.from(answer.body))).toBeNull();
  });

  test.each([
    [-300_000, null],
    [300_000, null],
    [-300_001, 'stale timestamp'],
    [300_001, 'stale timestamp'],
  ])('a clock %d ms away gives %s', (offset, expected) => {
    expect(verdict(headersOf(answer), answer.body, SIGNED_AT + offset)).toBe(expected);
  });

  test('each byte of the body counts, an added one too', () => {
    const bytes = Buffer.from(answer.body);
    for (const at of bytes.keys()) {
      const changed = Buffer.from(bytes);
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect(verdict(headersOf(answer), changed)).toBe('bad signature');
    }
    for (const body of [`${answer.body} `, `${answer.body}\n`, '']) {
      expect(verdict(headersOf(answer), body)).toBe('bad signature');
    }
    expect(verdict(headersOf(empty), '\n')).toBe('bad signature');
  });

  test('each character of the signature counts, the padding bits of its end included', () => {
    const end = answer.signature.indexOf('=') - 1;
    for (const at of [0, 100, end]) {
      const headers = { ...headersOf(answer), 'wechatpay-signature': flip(answer.signature, at) };
      expect(verdict(headers, answer.body)).toBe('bad signature');
    }
    for (const signature of [`${answer.signature}A`, answer.signature.replace(/=+$/, ''), ` ${answer.signature}`]) {
      expect(verdict({ ...headersOf(answer), 'wechatpay-signature': signature }, answer.body)).toBe('bad signature');
    }
  });

  test('timestamp and nonce are signed', () => {
    const later = String(Number(answer.timestamp) + 1);
    expect(verdict({ ...headersOf(answer), 'wechatpay-timestamp': later }, answer.body)).toBe('bad signature');
    expect(verdict({ ...headersOf(answer), 'wechatpay-nonce': flip(answer.nonce, 0) }, answer.body)).toBe(
      'bad signature',
    );
  });

  test.each(['wechatpay-serial', 'wechatpay-timestamp', 'wechatpay-nonce', 'wechatpay-signature'])(
    'without %s nothing is signed',
    (name) => {
      const { [name]: _, ...headers } = headersOf(answer);
      expect(verdict(headers, answer.body)).toBe('unsigned');
      expect(verdict({ ...headers, [name]: '' }, answer.body)).toBe('unsigned');
    },
  );

  test.each(['+1554209980', '1554209980.0', '0x5ca3ab3c', '1554209980, 1554209980', 'NaN', '-1'])(
    'a timestamp written %j is none',
    (timestamp) => {
      expect(verdict({ ...headersOf(answer), 'wechatpay-timestamp': timestamp }, answer.body)).toBe('stale timestamp');
    },
  );

  test('an unknown serial has no key, whatever the signature', () => {
    const headers = { ...headersOf(answer), 'wechatpay-serial': `${SERIAL.slice(0, -1)}2` };
    expect(verdict(headers, answer.body)).toBe('unknown serial');
  });

  test("the provider's probes are refused under their own name", () => {
    const headers = { ...headersOf(answer), 'wechatpay-signature': `WECHATPAY/SIGNTEST/${answer.signature.slice(19)}` };
    expect(verdict(headers, answer.body)).toBe('signature probe');
  });
});
