import fc from 'fast-check';
import { decodeCursor, encodeCursor, pageOf } from '../../../src/adapters/store/prisma/cursor';
import { HoldfastError } from '../../../src/domain/errors';

const id = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9_.:-]{0,127}$/);
const base64url = (text: string | Buffer) => Buffer.from(text).toString('base64url');

function refusalOf(cursor: string): unknown {
  try {
    return decodeCursor(cursor);
  } catch (error) {
    return error;
  }
}

describe('a cursor', () => {
  test('leads back to the id it was made of, in letters that need no escape in a URL', () => {
    fc.assert(
      fc.property(id, (given) => {
        expect(decodeCursor(encodeCursor(given))).toBe(given);
        expect(encodeCursor(given)).toMatch(/^[\w-]+$/);
      }),
    );
  });

  test.each([
    ['nothing', ''],
    ['not base64', '%%%'],
    ['padded', `${base64url('sku_1')}=`],
    ['of another alphabet', Buffer.from('sku_?>?>1').toString('base64')],
    ['with a space', `${base64url('sku_1')} `],
    ['SQL', base64url("x' OR '1'='1")],
    ['not UTF-8', base64url(Buffer.from([0xff, 0xfe]))],
    ['a NUL', base64url('sku\0')],
    ['a line end', base64url('sku_1\n')],
  ])('that is %s is refused as such', (_what, cursor) => {
    const error = refusalOf(cursor);
    expect(error).toBeInstanceOf(HoldfastError);
    expect(error).toMatchObject({ code: 'validation_failed', context: { errors: [{ path: 'cursor' }] } });
  });

  test('that anybody makes up is refused, or is exactly what its id is given', () => {
    fc.assert(
      fc.property(fc.string(), (cursor) => {
        const found = refusalOf(cursor);
        if (typeof found === 'string') expect(encodeCursor(found)).toBe(cursor);
      }),
    );
  });
});

describe('pageOf', () => {
  const rows = (count: number) => Array.from({ length: count }, (_, index) => ({ id: `row_${index + 1}` }));

  test('ends with what there is, and says so', () => {
    expect(pageOf([], 2)).toEqual({ items: [], nextCursor: null });
    expect(pageOf(rows(1), 2)).toEqual({ items: rows(1), nextCursor: null });
    expect(pageOf(rows(2), 2)).toEqual({ items: rows(2), nextCursor: null });
  });

  test('leads on from its last row where there is one more', () => {
    expect(pageOf(rows(3), 2)).toEqual({ items: rows(2), nextCursor: encodeCursor('row_2') });
  });
});
