import { createCrypto } from '../../../src/adapters/gateway/alipay/crypto';
import { readAlipayKeys } from '../../../src/adapters/gateway/alipay/config';
import { rawMembers } from '../../../src/adapters/gateway/alipay/envelope';
import { AlipaySigner } from '../../support/alipay-signer';
import vectors from './fixtures/vectors.json';

/** Keys and signatures are OpenSSL's: see fixtures/vectors.json. */
const config = new AlipaySigner().config(vectors);
const crypto = createCrypto(config, readAlipayKeys(config));

const textOf = (answer: string, key: string): string => rawMembers(answer)?.get(key) ?? '';
const signOf = (answer: string): string => JSON.parse(rawMembers(answer)?.get('sign') ?? '""') as string;
const ANSWERS = [
  ['alipay_trade_close_response', vectors.closeAnswer],
  ['alipay_trade_query_response', vectors.queryAnswer],
] as const;

describe('requests', () => {
  const content = JSON.parse(vectors.request.bizContent) as Record<string, string>;
  const body = crypto.request(
    'alipay.trade.precreate',
    content,
    'https://shop.example/v1/webhooks/alipay',
    vectors.request.nowMs,
  );
  const sent = Object.fromEntries(new URLSearchParams(body));

  test('are signed as OpenSSL signs the documented text', () => {
    expect(sent['sign']).toBe(vectors.request.signature);
    const { sign: _, ...signed } = sent;
    const text = Object.keys(signed)
      .sort()
      .map((name) => `${name}=${signed[name] ?? ''}`)
      .join('&');
    expect(text).toBe(vectors.request.signedText);
  });

  test("are stamped with China's time, whatever zone the machine is in", () => {
    expect(sent['timestamp']).toBe('2026-01-01 08:00:00');
  });
});

describe('answers', () => {
  test.each(ANSWERS)('%s signed by OpenSSL verifies over the raw text', (key, answer) => {
    expect(crypto.verifies(textOf(answer, key), signOf(answer))).toBe(true);
  });

  test('serialised again, the same answer does not', () => {
    const [key, answer] = ANSWERS[1];
    const again = JSON.stringify(JSON.parse(textOf(answer, key)));
    expect(crypto.verifies(again, signOf(answer))).toBe(false);
  });

  test.each(ANSWERS)('%s: no byte of it may change', (key, answer) => {
    const text = textOf(answer, key);
    const verified = [...text].filter((_, at) => {
      const changed = `${text.slice(0, at)}${text[at] === 'x' ? 'y' : 'x'}${text.slice(at + 1)}`;
      return crypto.verifies(changed, signOf(answer));
    });
    expect(verified).toEqual([]);
  });

  test('a signature is believed in its one canonical spelling only', () => {
    const [key, answer] = ANSWERS[0];
    const good = signOf(answer);
    for (const signature of ['', ` ${good}`, `${good}\n`, good.replace(/=+$/, ''), good.replace(/\//g, '_'), 'AAAA']) {
      expect([signature, signature !== good && crypto.verifies(textOf(answer, key), signature)]).toEqual([
        signature,
        false,
      ]);
    }
  });
});

describe('notifications', () => {
  const fields = Object.fromEntries(new URLSearchParams(vectors.notification.body));

  test('signed by OpenSSL verify', () => expect(crypto.verifiesNotification(fields)).toBe(true));

  test.each(Object.keys(fields))('%s may not change, nor be left out', (name) => {
    expect(crypto.verifiesNotification({ ...fields, [name]: `${fields[name] ?? ''}0` })).toBe(false);
    const { [name]: _, ...rest } = fields;
    expect(crypto.verifiesNotification(rest)).toBe(false);
  });

  test('no field may be added', () => expect(crypto.verifiesNotification({ ...fields, refund_fee: '1' })).toBe(false));
});
