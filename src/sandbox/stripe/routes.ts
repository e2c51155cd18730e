import { timingSafeEqual } from 'node:crypto';
import express, { type ErrorRequestHandler, type Request, type RequestHandler, type Response, Router } from 'express';
import { type Answer, perform, transmit, type WireAnswer } from '../faults/http-faults';
import { type Fault } from '../faults/registry';
import { type StripeDesk } from './desk';
import { endpointRoutes } from './endpoints';
import { serverError, StripeRefusal, throttled } from './errors';
import { API_VERSION } from './events';
import { fingerprintOf, type FormObject } from './form';
import { newId } from './ids';
import * as plans from './plans';
import { type StoredAnswer } from './records';

/** A request whose key has been looked up. `stored` is what the key answered before. */
interface Keyed {
  readonly key: string | null;
  readonly fingerprint: string;
  readonly stored: StoredAnswer | null;
}

/** Stripe's longest Idempotency-Key. */
const LONGEST_KEY = 255;

/** Stripe's used endpoints. API key first, then the idempotency key, then the form, then the fault, then the effect. */
export function stripeRoutes(desk: StripeDesk): Router {
  const router = Router();
  router.use('/v1', express.raw({ type: () => true, limit: '64kb' }), (req, _res, next) => {
    authenticate(req, desk.keys.secretKey);
    next();
  });
  const call = (planner: plans.Planner): RequestHandler => answerCall(desk, planner);
  router.post('/v1/payment_intents', call(plans.createIntent));
  router.get('/v1/payment_intents', call(plans.list('payment_intent')));
  router.get('/v1/payment_intents/:id', call(plans.retrieve('payment_intent')));
  router.post('/v1/payment_intents/:id/confirm', call(plans.confirm));
  router.post('/v1/payment_intents/:id/cancel', call(plans.close('payment_intent')));
  router.post('/v1/checkout/sessions', call(plans.createSession));
  router.get('/v1/checkout/sessions', call(plans.list('checkout.session')));
  router.get('/v1/checkout/sessions/:id', call(plans.retrieve('checkout.session')));
  router.post('/v1/checkout/sessions/:id/expire', call(plans.close('checkout.session')));
  router.post('/v1/refunds', call(plans.refund));
  router.get('/v1/refunds', call(plans.listRefunds));
  router.get('/v1/refunds/:id', call(plans.retrieveRefund));
  router.use('/v1/webhook_endpoints', endpointRoutes(desk));
  router.use('/v1', (req) => {
    throw new StripeRefusal(
      404,
      'invalid_request_error',
      `Unrecognized request URL (${req.method}: ${req.originalUrl})`,
    );
  });
  router.use('/v1', refusals);
  return router;
}

/** What faults are matched by where there is neither a plan nor a stored answer, which can't be. */
const NOBODY = { op: null, merchantNo: '' };

function answerCall(desk: StripeDesk, planner: plans.Planner): RequestHandler {
  const { store, faults, holds, deferrals, clock } = desk.core;
  return async (req, res) => {
    const form = formOf(req);
    const keyed = lookUp(desk, req, form);
    // A replay is answered before anything is validated: what was valid then need not be so now.
    const plan = keyed.stored ? null : planner(desk, req, form);
    const { op, merchantNo } = plan ?? keyed.stored ?? NOBODY;
    const fault = op === null ? null : faults.take(op, 'stripe', merchantNo);
    let replayed = keyed.stored !== null;
    const keep = (answer: Answer): void => {
      const { key, fingerprint } = keyed;
      if (key !== null && op !== null)
        desk.records.keepAnswer({ ...answer, key, fingerprint, merchantNo, op, at: clock.nowIso() });
    };
    await perform(
      {
        effect: () => {
          const earlier = keyed.key === null ? null : desk.records.answer(keyed.key, clock.nowMs());
          if (earlier) replayed = true;
          if (earlier || !plan) return earlier ?? serverError();
          const answer = desk.execute(plan.command, fault);
          keep(fault?.name === 'error_500_after' ? serverError() : answer);
          return answer;
        },
        defer: (delay: Fault) => {
          if (!plan) return;
          keep(serverError());
          deferrals.defer('stripe', plan.command, delay);
        },
        serverError,
        throttled,
        settled: async () => void (await Promise.all([store.synced(), desk.records.synced()])),
        sign: (answer) => dressed(answer, keyed.key, replayed),
      },
      res,
      fault,
      holds,
    );
  };
}

/** @throws StripeRefusal 400 idempotency_error when the key stands for another request */
function lookUp(desk: StripeDesk, req: Request, form: FormObject): Keyed {
  const key = plans.keyOf(req);
  const fingerprint = fingerprintOf(req.path, form);
  if (key === null) return { key, fingerprint, stored: null };
  if (key.length > LONGEST_KEY)
    throw StripeRefusal.param('Idempotency-Key', 'Idempotency keys are at most 255 characters');
  const stored = desk.records.answer(key, desk.core.clock.nowMs());
  if (stored && stored.fingerprint !== fingerprint) {
    const message = `Keys for idempotent requests can only be used with the same parameters they were first used with. Try using a key other than '${key}'.`;
    throw new StripeRefusal(400, 'idempotency_error', message);
  }
  return { key, fingerprint, stored };
}

/** `Authorization: Bearer sk_…`, or basic with the key as the user. @throws StripeRefusal 401 */
function authenticate(req: Request, secretKey: string): void {
  const [scheme = '', value = ''] = (req.get('Authorization') ?? '').split(' ');
  const basic =
    scheme.toLowerCase() === 'basic' ? Buffer.from(value, 'base64').toString('utf8').split(':')[0] : undefined;
  const given = Buffer.from(basic ?? (scheme.toLowerCase() === 'bearer' ? value : ''));
  const wanted = Buffer.from(secretKey);
  if (given.length === 0) throw new StripeRefusal(401, 'invalid_request_error', 'You did not provide an API key.');
  if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) {
    throw new StripeRefusal(401, 'invalid_request_error', 'Invalid API Key provided');
  }
}

/** The parameters: a POST's body, else the query string. */
function formOf(req: Request): FormObject {
  return req.method === 'POST' ? plans.postedForm(req) : plans.queryForm(req);
}

/** Stripe signs no answers: TLS is what vouches for them. */
function dressed(answer: Answer, key: string | null, replayed: boolean): WireAnswer {
  return {
    ...answer,
    headers: {
      'Content-Type': 'application/json',
      'Request-Id': newId('req'),
      'Stripe-Version': API_VERSION,
      ...(key === null ? {} : { 'Idempotency-Key': key }),
      ...(replayed ? { 'Idempotent-Replayed': 'true' } : {}),
    },
  };
}

/** Every refusal is answered in Stripe's form; what isn't one is the sandbox's own failure, hence a 500. */
const refusals: ErrorRequestHandler = (error: unknown, req, res: Response, next) => {
  if (res.headersSent) return next(error);
  transmit(res, dressed(refusalAnswer(error), plans.keyOf(req), false), null);
};

function refusalAnswer(error: unknown): Answer {
  if (error instanceof StripeRefusal) return error.toAnswer();
  const isTooLarge = error instanceof Error && 'type' in error && error.type === 'entity.too.large';
  const message = isTooLarge ? 'The body is too large' : `Sandbox failure: ${String(error)}`;
  return new StripeRefusal(
    isTooLarge ? 400 : 500,
    isTooLarge ? 'invalid_request_error' : 'api_error',
    message,
  ).toAnswer();
}
