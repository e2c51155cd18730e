import fc from 'fast-check';
import { createNewId } from '../../../src/adapters/ids/ulid';
import { ID_PREFIXES, type IdKind, isId } from '../../../src/domain/ids';

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
