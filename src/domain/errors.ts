/**
 * Every error code of the product, once. The HTTP status table (src/http/errors.ts), Temporal failure types
 * (activities/failures.ts) and docs/errors.md are derived from or checked against this table.
 */
export const ERRORS = {
  validation_failed: 'The request does not fit its schema; `errors` lists every path and what is wrong there.',
  malformed_json: 'The body is not JSON.',
  malformed_csv: 'The body is not a CSV file with the columns that the call takes.',
  unsupported_media_type: 'The body must be sent as the media type that the call takes.',
  body_too_large: 'The body is larger than the limit.',
  not_found: 'There is nothing at this address.',
  method_not_allowed: 'The address exists, but not for this method.',
  unauthenticated: 'The API key is missing or not known.',
  forbidden: 'The API key lacks the scope that this call needs.',
  csrf_rejected: 'The call does not come from the console’s own pages.',
  too_many_attempts: 'Too many sign-ins were tried from this address; try again later.',
  invalid_idempotency_key: 'The Idempotency-Key is not 1 to 255 printable ASCII characters.',
  idempotency_key_required: 'This call needs an Idempotency-Key header.',
  idempotency_key_reused: 'The Idempotency-Key was used before with another body.',
  request_in_progress: 'A request with this Idempotency-Key is still being answered; ask again shortly.',
  order_not_found: 'No order has this id.',
  sku_not_found: 'No SKU has this id.',
  sku_exists: 'A SKU with this id exists already.',
  sku_off_shelf: 'A SKU of the order is not on sale.',
  product_not_found: 'No product has this id.',
  product_exists: 'A product with this id exists already.',
  cart_empty: 'The cart has no lines.',
  cart_full: 'The cart has as many lines as an order may have.',
  cart_changed: 'The cart no longer holds what was to be ordered; read it and check out again.',
  mixed_currencies: 'The lines of one order must share a currency.',
  amount_out_of_range: 'The amount of the order is outside what can be charged.',
  gateway_not_available: 'The payment gateway is not configured here.',
  gateway_cannot_take: 'The payment gateway can never take this amount.',
  out_of_stock: 'There is not enough stock; `shortages` names each SKU, what was asked and what is available.',
  sold_out: 'A SKU of the order is sold out for now; `shortages` names each, what was asked and what is available.',
  promotion_not_found: 'No promotion has this id.',
  promotion_exists: 'A promotion with this id exists already.',
  promotion_not_running: 'The promotion has not begun, or is over.',
  promotion_not_applicable: 'The promotion is not for this store, or for none of the SKUs.',
  promotion_limit_reached: 'The buyer has had as much of the promotion as one buyer may.',
  promotion_quota_reached:
    'The promotion has been used as often as it may be, or what is left of it is held by open orders.',
  already_paid: 'The order is paid; it can be refunded, not cancelled.',
  not_payable: 'The order no longer waits for a payment.',
  previous_payment_open: 'The earlier payment attempt could not be proved closed yet; ask again shortly.',
  not_refundable: 'The order has no payment that could be refunded.',
  amount_exceeds_refundable: 'The amount is more than is left to refund.',
  order_closing: 'The order is being closed; its deadline can no longer be moved.',
  deadline_out_of_bounds: 'The deadline is not later than the present one, or too far ahead.',
  nothing_to_retry: 'Nothing of the order waits for a gateway.',
  not_restockable: 'The order has fewer units that were sold and are not back, or on their way back, than this takes.',
  operator_action_not_found: 'No operator action has this id.',
  not_awaiting_approval: 'The action awaits nobody: it was decided, or is too old.',
  second_person_needed: 'Another person than the one who asked has to approve this.',
  outage_not_found: 'No outage has this id.',
  not_cancellable: 'The order can no longer be cancelled.',
  process_ended: 'The workflow of the order was ended by hand before the order was; start it again to go on.',
  insufficient_stock: 'The adjustment would take more units than are available.',
  stock_limit_exceeded: 'The adjustment would make more units available than can be counted.',
  stock_import_refused: 'A line of the import cannot be done; `errors` names every such line. Nothing was imported.',
  insufficient_points: 'The buyer has fewer points than this takes.',
  points_limit_exceeded: 'The adjustment would give the buyer more points than an account holds.',
  order_rejected: 'The order never held its stock.',
  illegal_transition: 'The order is not in a state from which this can happen.',
  invalid_order_id: 'The workflow id is not `order:` followed by an order id.',
  event_consumer_not_found: 'No consumer of events has this name.',
  reconcile_case_not_found: 'No case of the reconciliation has this id.',
  reconcile_case_settled: 'The case is settled already.',
  reconcile_run_not_found: 'No run of the reconciliation has this id.',
  webhook_endpoint_not_found: 'No webhook endpoint has this id.',
  too_many_webhook_endpoints: 'There are as many webhook endpoints as there may be.',
  invalid_signature: 'The notification is not signed by the gateway.',
  gateway_unknown: 'No gateway has this name.',
  too_busy:
    'The service has as many requests waiting as it takes, or what this one wants is locked; ask again shortly.',
  not_ready: 'A component that the service needs is not reachable, or does not answer in time.',
  internal: 'Something unexpected happened; the log has it under the request id.',
} as const;

export type ErrorCode = keyof typeof ERRORS;

/**
 * Why the catalogue, a gateway, a promotion or an account refuses an order: nothing is held, and asking again changes nothing.
 * Short stock is told apart from these, as its answer names the SKUs.
 */
export const PLACING_REFUSALS = [
  'sku_not_found',
  'sku_off_shelf',
  'mixed_currencies',
  'amount_out_of_range',
  'gateway_cannot_take',
  'promotion_not_found',
  'promotion_not_running',
  'promotion_not_applicable',
  'promotion_limit_reached',
  'promotion_quota_reached',
  'insufficient_points',
] as const satisfies readonly ErrorCode[];

/** What an error may carry beside its code, for the caller to act on. */
export interface ErrorContext {
  readonly errors?: readonly { path: string; message: string }[];
  readonly shortages?: readonly Shortage[];
  readonly retryAfterSeconds?: number;
}

/** One SKU that could not be held: what was asked for and what is there. */
export interface Shortage {
  readonly skuId: string;
  readonly requested: number;
  readonly available: number;
}

/** An error with a code of the table. `detail` is for the person who reads it and holds no personal data. */
export class HoldfastError extends Error {
  override readonly name = 'HoldfastError';
  constructor(
    readonly code: ErrorCode,
    readonly detail: string = ERRORS[code],
    readonly context: ErrorContext = {},
  ) {
    super(`${code}: ${detail}`);
  }
}

/** `validation_failed` with every path and what is wrong there; the detail names the first. */
export function validationFailed(errors: readonly { path: string; message: string }[]): HoldfastError {
  const [first] = errors;
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : '';
  const detail = first ? `${first.path || 'the body'}: ${first.message}${more}` : 'the request does not fit its schema';
  return new HoldfastError('validation_failed', detail, { errors });
}

/** The Temporal failure type of a code: `out_of_stock` → `OUT_OF_STOCK`. */
export function failureType(code: ErrorCode): string {
  return code.toUpperCase();
}
