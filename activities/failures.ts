import { ApplicationFailure } from '@temporalio/common';
import { failureType, HoldfastError } from '../src/domain/errors';

/**
 * The only place where an error becomes a Temporal failure. A coded error is a verdict: the same input fails the same way,
 * so it is not repeated (`too_busy` excepted). Anything else is taken as passing: no connection, a lock, a crash.
 */
export function toFailure(error: unknown): unknown {
  if (!(error instanceof HoldfastError) || error.code === 'too_busy') return error;
  return ApplicationFailure.create({
    message: error.detail,
    type: failureType(error.code),
    nonRetryable: true,
    details: [error.context],
    cause: error,
  });
}

/** Runs an activity's body with its errors translated. */
export async function asActivity<T>(body: () => Promise<T>): Promise<T> {
  try {
    return await body();
  } catch (error) {
    throw toFailure(error);
  }
}
