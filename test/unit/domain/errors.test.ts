import { type ErrorCode, ERRORS, failureType, HoldfastError } from '../../../src/domain/errors';

const CODES = Object.keys(ERRORS) as ErrorCode[];

describe('the error table', () => {
  test.each(CODES)('%s is a snake_case code with a sentence', (code) => {
    expect(code).toMatch(/^[a-z]+(_[a-z]+)*$/);
    expect(ERRORS[code]).toMatch(/^[A-Z].*\.$/);
  });

  test.each(CODES)('%s has a failure type of its own that leads back to it', (code) => {
    expect(failureType(code)).toMatch(/^[A-Z]+(_[A-Z]+)*$/);
    expect(CODES.filter((other) => failureType(other) === failureType(code))).toEqual([code]);
    expect(failureType(code).toLowerCase()).toBe(code);
  });
});

describe('HoldfastError', () => {
  test('says what the table says unless told better, and carries nothing by itself', () => {
    const error = new HoldfastError('out_of_stock');
    expect(error).toBeInstanceOf(Error);
    expect(error.detail).toBe(ERRORS.out_of_stock);
    expect(error.context).toEqual({});
  });

  test('carries code, detail and context, and names the code in its message', () => {
    const shortages = [{ skuId: 'sku_tea', requested: 2, available: 1 }];
    const error = new HoldfastError('out_of_stock', 'one left', { shortages });
    expect(error).toMatchObject({ name: 'HoldfastError', code: 'out_of_stock', detail: 'one left' });
    expect(error.context.shortages).toEqual(shortages);
    expect(error.message).toBe('out_of_stock: one left');
  });
});
