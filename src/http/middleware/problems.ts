import { type ErrorRequestHandler, type RequestHandler } from 'express';
import { HoldfastError } from '../../domain/errors';
import { type Logger } from '../../ports/logger';
import { asHoldfastError, problemHeaders, problemOf } from '../errors';

export const PROBLEM_TYPE = 'application/problem+json; charset=utf-8';

/** Whatever no route took. */
export const nothingHere: RequestHandler = () => {
  throw new HoldfastError('not_found');
};

/**
 * Any thrown value as an error of the table; the unexpected ones go to the log with all they carry, to the client with
 * nothing. What `isAway` knows passes by itself and is `not_ready`.
 */
export function expectedError(
  thrown: unknown,
  log: Logger,
  isAway: (thrown: unknown) => boolean = () => false,
): HoldfastError {
  const away = isAway(thrown);
  const error = away
    ? new HoldfastError('not_ready', 'PostgreSQL cannot be reached, or does not answer in time')
    : asHoldfastError(thrown);
  if (away) log.error({ err: thrown }, 'PostgreSQL could not be reached, or did not answer in time');
  else if (error.code === 'internal') log.error({ err: thrown }, 'unexpected error');
  return error;
}

/** Answers every error as a problem. */
export function problems(isAway?: (thrown: unknown) => boolean): ErrorRequestHandler {
  return (thrown: unknown, req, res, next) => {
    const error = expectedError(thrown, req.log, isAway);
    if (res.headersSent) {
      next(thrown);
      return;
    }
    req.errorCode = error.code;
    const problem = problemOf(error, req.id);
    res
      .status(problem.status)
      .set(problemHeaders(error))
      .set('Content-Type', PROBLEM_TYPE)
      .send(JSON.stringify(problem));
  };
}
