import { type CloseOutcome, type CreateOutcome, type QueryOutcome, type RefundOutcome } from '../../../domain/payment';
import { type Clock } from '../../../ports/clock';
import { type Logger } from '../../../ports/logger';
import { type PaymentGateway } from '../../../ports/payment-gateway';
import { refusal } from './amounts';
import { closeAttempt, createAttempt, queryAttempt } from './attempt';
import { type Call, caller, type Op } from './calls';
import { createClient, limitOf } from './client';
import { isLive, type StripeConfig, validateStripeConfig } from './config';
import { findRefund } from './find';
import { notificationReply, parseNotification } from './notification';
import { refundPayment } from './refund';

export interface StripeDeps {
  readonly now: Clock;
  /** Gets operation, number, status, code and outcome; never bodies, keys or payers. */
  readonly log: Logger;
}

type Outcome = CreateOutcome | QueryOutcome | CloseOutcome | RefundOutcome;

/**
 * Stripe on its official SDK: Checkout sessions (a page that Stripe hosts) or PaymentIntents alone (`config.mode`); an
 * attempt is asked about and closed as what it was made as. Throws as `validateStripeConfig` does; afterwards the
 * contract of `PaymentGateway` holds, clause 2 apart: Stripe signs no answers, TLS vouches for them. One call of the
 * port takes at most `config.timeoutMs`, inner requests included. Source: docs.stripe.com/api.
 */
export function createStripeGateway(config: StripeConfig, deps: StripeDeps): PaymentGateway {
  validateStripeConfig(config);
  const live = isLive(config);
  const stripe = createClient(config);
  const start = caller(config, live, stripe, deps.log);
  const logged = reporter(deps.log);
  const run = async <R extends { readonly merchantNo: string }, T extends Outcome>(
    op: Op,
    subject: R,
    task: (call: Call, subject: R) => Promise<T>,
  ): Promise<T> =>
    logged(op, subject.merchantNo, await task(start(op, subject.merchantNo, limitOf(config.timeoutMs)), subject));
  return {
    name: 'stripe',
    refusal,
    createPayment: (ref) => run('create', ref, createAttempt),
    query: (ref) => run('query', ref, queryAttempt),
    close: (ref) => run('close', ref, closeAttempt),
    refund: (request) => run('refund', request, refundPayment),
    queryRefund: (request) => run('queryRefund', request, findRefund),
    parseNotification: (raw) =>
      parseNotification({ stripe, webhookSecret: config.webhookSecret, live, now: deps.now }, raw),
    notificationReply,
  };
}

/** Logs an outcome by what it asks of people: nothing, an eye on it, or a repair. */
function reporter(log: Logger) {
  return <T extends Outcome>(op: Op, merchantNo: string, outcome: T): T => {
    const fields = { gateway: 'stripe', op, merchantNo, outcome: outcome.t };
    if (outcome.t === 'rejected') log.error({ ...fields, code: outcome.code }, 'gateway refused');
    else if (outcome.t === 'unknown') log.warn({ ...fields, cause: outcome.cause }, 'outcome unknown');
    else log.info(fields, 'outcome known');
    return outcome;
  };
}
