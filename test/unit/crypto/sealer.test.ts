import { createSealer } from '../../../src/adapters/crypto/node/sealer';
import { keyedDigests } from '../../../src/adapters/crypto/node/digests';

const master = (id: string, byte: number) => ({ id, key: Buffer.alloc(32, byte) });
const OWNER = { orderId: 'ord_1', buyerId: 'buyer_1' };
const DATA = { form: { sku_tea: { recipient: '李雷' } }, shippingAddress: null };

/** The bytes with one bit turned over. */
function flipped(bytes: Uint8Array, at: number): Uint8Array {
  return Uint8Array.from(bytes, (byte, index) => (index === at ? byte ^ 1 : byte));
}

describe('sealing', () => {
  const sealer = createSealer([master('a', 1)]);
  const key = sealer.newKey(OWNER.buyerId);
  const sealed = sealer.seal(OWNER, key, DATA);

  it('gives back what was sealed', () => expect(sealer.open(OWNER, key, sealed)).toEqual(DATA));

  it('shows nothing of it', () => {
    expect(Buffer.from(sealed).includes('recipient')).toBe(false);
    expect(Buffer.from(sealed).includes('李雷')).toBe(false);
  });

  it('never gives the same box twice', () => {
    expect(Buffer.from(sealer.seal(OWNER, key, DATA)).equals(sealed)).toBe(false);
    expect(Buffer.from(sealer.newKey(OWNER.buyerId).wrapped).equals(key.wrapped)).toBe(false);
  });

  it('fails for every bit that was changed, of the box and of the key', () => {
    for (let at = 0; at < sealed.length; at += 1) {
      expect(() => sealer.open(OWNER, key, flipped(sealed, at))).toThrow();
    }
    for (let at = 0; at < key.wrapped.length; at += 1) {
      const forged = { ...key, wrapped: flipped(key.wrapped, at) };
      expect(() => sealer.open(OWNER, forged, sealed)).toThrow();
      expect(sealer.unwraps(OWNER.buyerId, forged)).toBe(false);
    }
  });

  it.each([0, 1, 12, 28])('fails for a box cut to %d bytes', (length) => {
    expect(() => sealer.open(OWNER, key, sealed.subarray(0, length))).toThrow();
  });

  it('fails for the document of another order, and for the key of another buyer', () => {
    expect(() => sealer.open({ ...OWNER, orderId: 'ord_2' }, key, sealed)).toThrow();
    expect(() => sealer.open({ ...OWNER, buyerId: 'buyer_2' }, key, sealed)).toThrow();
    expect(() => sealer.open(OWNER, sealer.newKey(OWNER.buyerId), sealed)).toThrow();
  });
});

describe('master keys', () => {
  it('wrap by the first and unwrap by each', () => {
    const before = createSealer([master('a', 1)]);
    const key = before.newKey(OWNER.buyerId);
    const sealed = before.seal(OWNER, key, DATA);
    const after = createSealer([master('b', 2), master('a', 1)]);
    expect(after.masterKeyId).toBe('b');
    expect(after.open(OWNER, key, sealed)).toEqual(DATA);
    expect(after.newKey(OWNER.buyerId).masterKeyId).toBe('b');
  });

  it('wrap anew, so that the earlier one can go', () => {
    const key = createSealer([master('a', 1)]).newKey(OWNER.buyerId);
    const sealed = createSealer([master('a', 1)]).seal(OWNER, key, DATA);
    const anew = createSealer([master('b', 2), master('a', 1)]).rewrap(OWNER.buyerId, key);
    const onlyNew = createSealer([master('b', 2)]);
    expect(onlyNew.unwraps(OWNER.buyerId, key)).toBe(false);
    expect(onlyNew.open(OWNER, anew, sealed)).toEqual(DATA);
  });

  it('are told apart by what they are, not by their name alone', () => {
    const key = createSealer([master('a', 1)]).newKey(OWNER.buyerId);
    expect(createSealer([master('a', 9)]).unwraps(OWNER.buyerId, key)).toBe(false);
  });

  it('are needed to seal', () => {
    const none = createSealer([]);
    expect(none.masterKeyId).toBeNull();
    expect(() => none.newKey(OWNER.buyerId)).toThrow('DATA_KEYS');
  });
});

describe('keyed digests', () => {
  it('are the same for the same text and key, and no others', () => {
    const digests = keyedDigests([master('a', 1)]);
    expect(digests('text')).toEqual(keyedDigests([master('other id', 1)])('text'));
    expect(digests('text')).not.toEqual(digests('text '));
    expect(digests('text')).not.toEqual(keyedDigests([master('a', 2)])('text'));
    expect(digests('text')[0]).toMatch(/^[0-9a-f]{64}$/);
  });

  it('have the current key first and know those that were made under an earlier one', () => {
    const [before] = keyedDigests([master('a', 1)])('text');
    const after = keyedDigests([master('b', 2), master('a', 1)])('text');
    expect(after).toHaveLength(2);
    expect(after[1]).toBe(before);
  });
});
