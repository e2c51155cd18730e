import { ApplicationFailure } from '@temporalio/common';
import { asActivity, toFailure } from '../../../activities/failures';
import { type ErrorCode, ERRORS, failureType, HoldfastError } from '../../../src/domain/errors';

const VERDICTS = (Object.keys(ERRORS) as ErrorCode[]).filter((code) => code !== 'too_busy');

describe('toFailure', () => {
  test.each(VERDICTS)('%s is a verdict: typed by its code, never repeated', (code) => {
    const context = { errors: [{ path: 'lines', message: 'no' }] };
    const error = new HoldfastError(code, 'why', context);
    const failure = toFailure(error);
    expect(failure).toBeInstanceOf(ApplicationFailure);
    expect(failure).toMatchObject({
      type: failureType(code),
      nonRetryable: true,
      message: 'why',
      details: [context],
      cause: error,
    });
  });

  test.each([new HoldfastError('too_busy'), new Error('no connection'), new TypeError('a bug'), 'text', undefined])(
    'leaves %p as it is: it may pass',
    (error) => {
      expect(toFailure(error)).toBe(error);
    },
  );
});

describe('asActivity', () => {
  test('hands on what the body returns', async () => {
    await expect(asActivity(() => Promise.resolve(7))).resolves.toBe(7);
  });

  test('translates what the body throws, at once or later', async () => {
    const verdict = { type: 'OUT_OF_STOCK', nonRetryable: true };
    const later = asActivity(() => Promise.reject(new HoldfastError('out_of_stock')));
    await expect(later).rejects.toMatchObject(verdict);
    const atOnce = asActivity(() => {
      throw new HoldfastError('out_of_stock');
    });
    await expect(atOnce).rejects.toMatchObject(verdict);
  });
});
