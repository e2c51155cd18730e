import {
  type CloseOutcome,
  type CreateOutcome,
  type QueryOutcome,
  type RefundOutcome,
  type Unknown,
} from '../../../domain/payment';
import { type Logger } from '../../../ports/logger';
import {
  type NotificationReply,
  type PaymentGateway,
  type PaymentRef,
  type RefundRequest,
} from '../../../ports/payment-gateway';
import { type PointsPayments } from '../../../ports/points-store';
import {
  askedRefund,
  closeOutcome,
  createOutcome,
  queryOutcome,
  queryRefundOutcome,
  refundOutcome,
  refundRefusal,
} from './outcomes';

export interface PointsDeps {
  readonly store: PointsPayments;
  /** Gets operation, numbers and outcome; never buyers. */
  readonly log: Logger;
  /** The most that one call may take, in milliseconds. */
  readonly timeoutMs: number;
}

/** A lost answer is asked for at once, as its effect may stand. */
const TIMEOUT: Unknown = { t: 'unknown', cause: 'timeout', retryAfterMs: 1_000 };
/** A database in trouble gets room. */
const FAILED: Unknown = { t: 'unknown', cause: '5xx', retryAfterMs: 5_000 };

interface Numbers {
  readonly merchantNo: string;
  readonly refundNo?: string;
}

/**
 * The buyer's points as a gateway. Creating a payment spends them at once, so nothing is ever on offer, and nobody
 * notifies: every notification is forged and answered 401. Any amount can be taken, of any currency: one of nothing, too,
 * which costs no points and is how a free order is paid. What has no answer within the limit may still take effect, as
 * at any gateway; asking again tells.
 */
export function createPointsGateway({ store, log, timeoutMs }: PointsDeps): PaymentGateway {
  const ask = <T extends { readonly t: string }>(op: string, { merchantNo, refundNo }: Numbers, work: Promise<T>) =>
    known(work, timeoutMs, log, { gateway: 'points', op, merchantNo, ...(refundNo === undefined ? {} : { refundNo }) });
  return {
    name: 'points',
    refusal: () => null,
    createPayment: (ref) => ask('create', ref, create(store, ref)),
    query: (ref) => ask('query', ref, query(store, ref)),
    close: (ref) => ask('close', ref, close(store, ref)),
    refund: (request) => ask('refund', request, refund(store, request)),
    queryRefund: (request) => ask('queryRefund', request, queryRefund(store, request)),
    parseNotification: () => ({ t: 'forged', why: 'points send no notifications' }),
    notificationReply,
  };
}

async function create(store: PointsPayments, ref: PaymentRef): Promise<CreateOutcome> {
  return createOutcome(await store.spend(ref.merchantNo, ref.amount), ref);
}

async function query(store: PointsPayments, ref: PaymentRef): Promise<QueryOutcome> {
  return queryOutcome(await store.standing(ref.merchantNo), ref);
}

async function close(store: PointsPayments, ref: PaymentRef): Promise<CloseOutcome> {
  return closeOutcome(await store.close(ref.merchantNo), ref);
}

async function refund(store: PointsPayments, request: RefundRequest): Promise<RefundOutcome> {
  const refusal = refundRefusal(request);
  return refusal ?? refundOutcome(await store.refund(askedRefund(request), request.reason), request.refundNo);
}

async function queryRefund(store: PointsPayments, request: RefundRequest): Promise<RefundOutcome> {
  return queryRefundOutcome(await store.findRefund(request.refundNo), request);
}

/** The work's outcome, or `unknown` where the database failed or the limit was reached; the work then goes on by itself. */
async function known<T extends { readonly t: string }>(
  work: Promise<T>,
  timeoutMs: number,
  log: Logger,
  fields: object,
): Promise<T | Unknown> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<Unknown>((resolve) => {
    timer = setTimeout(() => resolve(TIMEOUT), timeoutMs);
  });
  const answered = work.catch((err: unknown): Unknown => {
    log.warn({ ...fields, err }, 'the points could not be asked');
    return FAILED;
  });
  const outcome = await Promise.race([answered, limit]);
  clearTimeout(timer);
  if (outcome.t === 'unknown') log.warn({ ...fields, outcome: outcome.t }, 'outcome unknown');
  else log.info({ ...fields, outcome: outcome.t }, 'outcome known');
  return outcome;
}

function notificationReply(accepted: boolean, why = ''): NotificationReply {
  return { status: accepted ? 200 : 401, contentType: 'text/plain; charset=utf-8', body: accepted ? 'ok' : why };
}
