import { ANONYMOUS } from '../../src/http/auth';
import { canonicalJson, idempotencyOf } from '../../src/http/idempotency';

const call = (...idempotencyKeys: string[]) => ({ idempotencyKeys, client: { ...ANONYMOUS, digest: 'client' } });

describe('canonicalJson', () => {
  it('sorts keys at every depth, and leaves lists in their order', () => {
    const text = canonicalJson({ b: [{ z: 1, y: [2, 1] }], a: { d: null, c: 'x' } });
    expect(text).toBe('{"a":{"c":"x","d":null},"b":[{"y":[2,1],"z":1}]}');
  });

  it('takes a field that is undefined for one that is absent', () => {
    expect(canonicalJson({ a: 1, b: undefined })).toBe(canonicalJson({ a: 1 }));
  });
});

describe('idempotencyOf', () => {
  it('tells calls and bodies apart, and nothing else', () => {
    const of = (action: string, body: unknown) => idempotencyOf(call('k'), action, body)?.fingerprint;
    expect(of('POST /v1/orders', { a: 1, b: 2 })).toBe(of('POST /v1/orders', { b: 2, a: 1 }));
    expect(of('POST /v1/orders', { a: 1 })).not.toBe(of('POST /v1/orders', { a: 2 }));
    expect(of('POST /v1/orders', { a: 1 })).not.toBe(of('POST /v1/skus/x/stock', { a: 1 }));
  });

  it('is null where there is no key', () => {
    expect(idempotencyOf(call(), 'POST /v1/orders', {})).toBeNull();
  });

  it.each([' ~', 'k'.repeat(255)])('takes the printable key %j', (key) => {
    expect(idempotencyOf(call(key), 'POST /v1/orders', {})).toMatchObject({ client: 'client', key });
  });

  it.each([[['']], [['k'.repeat(256)]], [['a\u007f']], [['é']], [['a', 'a']]])('refuses %j', (keys) => {
    expect(() => idempotencyOf(call(...keys), 'POST /v1/orders', {})).toThrow('invalid_idempotency_key');
  });
});
