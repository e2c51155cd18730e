import { open, type Sealed } from '../../../src/adapters/gateway/wechat/cipher';
import vectors from './fixtures/vectors.json';

const { plain, key: keyText, ...sealed } = vectors.sealed;
const key = Buffer.from(keyText);

function withByte(at: number): Sealed {
  const bytes = Buffer.from(sealed.ciphertext, 'base64');
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  return { ...sealed, ciphertext: bytes.toString('base64') };
}

describe('open', () => {
  test('opens what another implementation sealed', () => {
    expect(open(sealed, key)?.toString('utf8')).toBe(plain);
  });

  test('each byte of ciphertext and tag counts', () => {
    const length = Buffer.from(sealed.ciphertext, 'base64').length;
    for (let at = 0; at < length; at += 1) expect(open(withByte(at), key)).toBeNull();
  });

  test('nonce, associated data and key count', () => {
    expect(open({ ...sealed, nonce: 'd215b0511e9d' }, key)).toBeNull();
    expect(open({ ...sealed, associatedData: 'transaction ' }, key)).toBeNull();
    expect(open({ ...sealed, associatedData: '' }, key)).toBeNull();
    expect(open(sealed, Buffer.from(keyText.toUpperCase()))).toBeNull();
  });

  test('a cut tag or a nonce of another length is refused', () => {
    const bytes = Buffer.from(sealed.ciphertext, 'base64');
    for (const length of [0, 12, 15, bytes.length - 1]) {
      expect(open({ ...sealed, ciphertext: bytes.subarray(0, length).toString('base64') }, key)).toBeNull();
    }
    for (const nonce of ['', 'd215b0511e9', 'd215b0511e9c0']) expect(open({ ...sealed, nonce }, key)).toBeNull();
  });
});
