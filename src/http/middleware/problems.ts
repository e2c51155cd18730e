import { type ErrorRequestHandler, type RequestHandler } from 'express';
import { HoldfastError } from '../../domain/errors';
import { asHoldfastError, problemHeaders, problemOf } from '../errors';
import { requestIdOf } from './request-id';

/** Whatever no route took. */
export const nothingHere: RequestHandler = () => {
  throw new HoldfastError('not_found');
};

/** Answers every error as a problem; the unexpected ones go to the log with all they carry, to the client with nothing. */
export const problems: ErrorRequestHandler = (thrown: unknown, req, res, next) => {
  const error = asHoldfastError(thrown);
  if (error.code === 'internal') req.log.error({ err: thrown }, 'unexpected error');
  if (res.headersSent) {
    next(thrown);
    return;
  }
  const problem = problemOf(error, requestIdOf(req));
  res.status(problem.status).set(problemHeaders(error)).type('application/problem+json').send(JSON.stringify(problem));
};
