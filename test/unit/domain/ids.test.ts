import fc from 'fast-check';
import { createNewId } from '../../../src/adapters/ids/ulid';
import { ID_PREFIXES, idFrom, type IdKind, isId, timeOfId } from '../../../src/domain/ids';

const KINDS = Object.keys(ID_PREFIXES) as IdKind[];
const ULID = '01J9ZZZZZZ0123456789ABCDEF';

describe('ids', () => {
  test('have a prefix of their own for each kind', () => {
    expect(new Set(Object.values(ID_PREFIXES)).size).toBe(KINDS.length);
  });

  test.each(KINDS)('made for %s are of that kind and of no other', (kind) => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 48 - 1 }), (now) => {
        const id = createNewId(() => now)(kind);
        expect(KINDS.filter((other) => isId(other, id))).toEqual([kind]);
      }),
    );
  });

  test.each([
    ['nothing', ''],
    ['the prefix alone', 'ord_'],
    ['no prefix', ULID],
    ['another prefix', `pay_${ULID}`],
    ['a sign too few', `ord_${ULID.slice(1)}`],
    ['a sign too many', `ord_${ULID}0`],
    ['small letters', `ord_${ULID.toLowerCase()}`],
    ['a letter that Crockford leaves out', `ord_${ULID.slice(0, -1)}U`],
    ['more than 48 bits of time', `ord_8${ULID.slice(1)}`],
    ['something before it', `xord_${ULID}`],
    ['a line end after it', `ord_${ULID}\n`],
  ])('are not %s', (_what, id) => {
    expect(isId('order', id)).toBe(false);
    expect(isId('order', `ord_${ULID}`)).toBe(true);
  });

  test('sort by the time at which they were made, and by turn within a millisecond', () => {
    let now = 1_700_000_000_000;
    const newId = createNewId(() => now);
    const ids = Array.from({ length: 300 }, (_, index) => {
      if (index % 3 === 0) now += 1;
      return newId('order');
    });
    expect([...ids].sort()).toEqual(ids);
    expect(new Set(ids).size).toBe(ids.length);
  });
});

describe('idFrom', () => {
  const anyTime = fc.integer({ min: 0, max: 2 ** 48 - 1 });
  /** Draws in [0, 1), its ends included. */
  const draws = fc.array(
    fc.oneof(fc.constantFrom(0, 1 - Number.EPSILON), fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })),
    { minLength: 16, maxLength: 16 },
  );
  const from = (values: readonly number[]) => {
    const left = [...values];
    return () => left.shift() ?? 0;
  };

  test.each(KINDS)('makes an id of a %s and of no other kind, of any time and draw', (kind) => {
    fc.assert(
      fc.property(anyTime, draws, (now, values) => {
        const id = idFrom(kind, now, from(values));
        expect(KINDS.filter((other) => isId(other, id))).toEqual([kind]);
      }),
    );
  });

  test('is the same of the same time and draws: a replay makes it again', () => {
    fc.assert(
      fc.property(anyTime, draws, (now, values) => {
        expect(idFrom('payment', now, from(values))).toBe(idFrom('payment', now, from(values)));
      }),
    );
  });

  test('writes the time as NewId does, and draws all else', () => {
    fc.assert(
      // Of the year 1970's first millisecond the ULID library makes an id of today.
      fc.property(fc.integer({ min: 1, max: 2 ** 48 - 1 }), (now) => {
        expect(idFrom('payment', now, () => 0).slice(0, 14)).toBe(createNewId(() => now)('payment').slice(0, 14));
        expect(idFrom('payment', now, () => 0).slice(14)).toBe('0'.repeat(16));
        expect(idFrom('payment', now, () => 1 - Number.EPSILON).slice(14)).toBe('Z'.repeat(16));
      }),
    );
  });

  test('tells ids of one millisecond apart by their draws', () => {
    const ids = Array.from({ length: 1000 }, () => idFrom('payment', 1_700_000_000_000, Math.random));
    expect(new Set(ids).size).toBe(ids.length);
  });
});

describe('timeOfId', () => {
  it.each([0, 1, 1_700_000_000_123, 2 ** 48 - 1])('is when an id was made: %d', (now) => {
    expect(timeOfId(idFrom('order', now, () => 0.5))).toBe(now);
  });
});
