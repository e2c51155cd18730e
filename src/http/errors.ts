import { type ErrorCode, ERRORS, HoldfastError } from '../domain/errors';
import { type Problem } from './schemas/problem';

/** HTTP status of every code; docs/errors.md says the same, and a test compares them. */
export const STATUS_OF = {
  validation_failed: 422,
  malformed_json: 400,
  malformed_csv: 400,
  unsupported_media_type: 415,
  body_too_large: 413,
  not_found: 404,
  method_not_allowed: 405,
  unauthenticated: 401,
  forbidden: 403,
  csrf_rejected: 403,
  too_many_attempts: 429,
  invalid_idempotency_key: 400,
  idempotency_key_required: 400,
  idempotency_key_reused: 422,
  request_in_progress: 409,
  order_not_found: 404,
  sku_not_found: 404,
  sku_exists: 409,
  sku_off_shelf: 409,
  product_not_found: 404,
  product_exists: 409,
  cart_empty: 409,
  cart_full: 409,
  cart_changed: 409,
  mixed_currencies: 422,
  amount_out_of_range: 422,
  gateway_not_available: 422,
  gateway_cannot_take: 422,
  out_of_stock: 409,
  sold_out: 409,
  promotion_not_found: 404,
  promotion_exists: 409,
  promotion_not_running: 409,
  promotion_not_applicable: 422,
  promotion_limit_reached: 409,
  promotion_quota_reached: 409,
  already_paid: 409,
  not_payable: 409,
  previous_payment_open: 409,
  not_refundable: 409,
  amount_exceeds_refundable: 422,
  order_closing: 409,
  deadline_out_of_bounds: 422,
  nothing_to_retry: 409,
  not_restockable: 409,
  operator_action_not_found: 404,
  not_awaiting_approval: 409,
  second_person_needed: 403,
  outage_not_found: 404,
  not_cancellable: 409,
  process_ended: 409,
  insufficient_stock: 409,
  stock_limit_exceeded: 409,
  stock_import_refused: 422,
  insufficient_points: 409,
  points_limit_exceeded: 409,
  order_rejected: 409,
  illegal_transition: 409,
  invalid_order_id: 422,
  event_consumer_not_found: 404,
  reconcile_case_not_found: 404,
  reconcile_case_settled: 409,
  reconcile_run_not_found: 404,
  webhook_endpoint_not_found: 404,
  too_many_webhook_endpoints: 409,
  invalid_signature: 401,
  gateway_unknown: 404,
  too_busy: 503,
  not_ready: 503,
  internal: 500,
} as const satisfies Record<ErrorCode, number>;

/** Seconds after which a refusal that passes by itself is worth another try, where whoever refused gave none. */
const RETRY_AFTER_SECONDS: Partial<Record<ErrorCode, number>> = { request_in_progress: 1, too_busy: 1, not_ready: 1 };

/** A stable name for the code, not an address: nothing is fetched from it. */
export function problemType(code: ErrorCode): string {
  return `urn:holdfast:error:${code}`;
}

/** The RFC 9457 body of an error. What went wrong inside (`internal`) is in the log only, under the request id. */
export function problemOf(error: HoldfastError, requestId: string): Problem {
  const { errors, shortages } = error.context;
  return {
    type: problemType(error.code),
    title: ERRORS[error.code],
    status: STATUS_OF[error.code],
    code: error.code,
    detail: error.code === 'internal' ? ERRORS.internal : error.detail,
    instance: requestId,
    ...(errors && { errors: errors.map(({ path, message }) => ({ path, message })) }),
    ...(shortages && { shortages: shortages.map((each) => ({ ...each })) }),
  };
}

/** Headers that belong to an error: how to authenticate, when to come back. */
export function problemHeaders(error: HoldfastError): Record<string, string> {
  const retryAfter = error.context.retryAfterSeconds ?? RETRY_AFTER_SECONDS[error.code];
  return {
    ...(error.code === 'unauthenticated' && { 'WWW-Authenticate': 'Bearer realm="holdfast"' }),
    ...(retryAfter !== undefined && { 'Retry-After': String(retryAfter) }),
  };
}

/** Any thrown value as an error of the table. What nobody expected is `internal`. */
export function asHoldfastError(thrown: unknown): HoldfastError {
  if (thrown instanceof HoldfastError) return thrown;
  // The router's own: percent-encoding in the path that stands for no text, so nothing can be there.
  if (thrown instanceof Error && thrown.name === 'URIError') {
    return new HoldfastError('not_found', 'the path is not validly percent-encoded');
  }
  return new HoldfastError('internal');
}
