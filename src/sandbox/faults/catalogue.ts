/** What a fault can hit: the provider's operations and its notifications. */
export const FAULT_OPS = ['create', 'query', 'close', 'refund', 'queryRefund', 'notify'] as const;
export type FaultOp = (typeof FAULT_OPS)[number];

/** Any call that has an answer. */
const CALLS: readonly FaultOp[] = ['create', 'query', 'close', 'refund', 'queryRefund'];
const EVERYTHING: readonly FaultOp[] = FAULT_OPS;
const NOTIFY: readonly FaultOp[] = ['notify'];

/** What a fault may hit, and how many ms it takes when the caller names none (0: time plays no part). */
interface FaultSpec {
  readonly ops: readonly FaultOp[];
  readonly defaultMs: number;
}

/** Longer than any client of ours waits, shorter than a test's patience. */
const HOLD_MS = 30_000;
/** Long enough to be observed, short enough for a test. */
const SHORT_MS = 1_000;
/** The first figure outside the providers' signature window of ±300 s. */
const SKEW_MS = 301_000;

/** The one table of faults: names, and what each may hit. README.md tells what each does. */
export const FAULTS = {
  latency: { ops: EVERYTHING, defaultMs: SHORT_MS },
  drop_before_effect: { ops: EVERYTHING, defaultMs: 0 },
  timeout_after_effect: { ops: EVERYTHING, defaultMs: HOLD_MS },
  delayed_effect: { ops: CALLS, defaultMs: SHORT_MS },
  reset: { ops: CALLS, defaultMs: 0 },
  error_500_before: { ops: CALLS, defaultMs: 0 },
  error_500_after: { ops: CALLS, defaultMs: 0 },
  throttled_429: { ops: CALLS, defaultMs: 0 },
  html_body: { ops: EVERYTHING, defaultMs: 0 },
  truncated_body: { ops: EVERYTHING, defaultMs: 0 },
  bad_signature: { ops: EVERYTHING, defaultMs: 0 },
  missing_signature: { ops: EVERYTHING, defaultMs: 0 },
  unknown_serial: { ops: EVERYTHING, defaultMs: 0 },
  clock_skew: { ops: EVERYTHING, defaultMs: SKEW_MS },
  tampered_cipher: { ops: NOTIFY, defaultMs: 0 },
  stale_query: { ops: ['query'], defaultMs: 0 },
  early_close_failure: { ops: ['close'], defaultMs: 0 },
  user_paying: { ops: ['query', 'close'], defaultMs: 0 },
  pay_before_close: { ops: ['close'], defaultMs: 0 },
  // A provider that breaks its word: it acknowledges the close, and the payment stays payable.
  broken_close: { ops: ['close'], defaultMs: 0 },
  duplicate: { ops: NOTIFY, defaultMs: 0 },
  lost: { ops: NOTIFY, defaultMs: 0 },
  delayed: { ops: NOTIFY, defaultMs: 3 * SHORT_MS },
  reordered: { ops: NOTIFY, defaultMs: 5 * SHORT_MS },
  wrong_amount: { ops: ['query', 'notify'], defaultMs: 0 },
  wrong_app: { ops: ['query', 'notify'], defaultMs: 0 },
  refund_processing: { ops: ['refund'], defaultMs: 2 * SHORT_MS },
  refund_abnormal: { ops: ['refund'], defaultMs: 0 },
  refund_closed: { ops: ['refund'], defaultMs: 0 },
} as const satisfies Record<string, FaultSpec>;

export type FaultName = keyof typeof FAULTS;
export const FAULT_NAMES = Object.keys(FAULTS) as FaultName[];

/** The faults that may hit an operation. */
export function faultsFor(op: FaultOp): FaultName[] {
  return FAULT_NAMES.filter((name) => (FAULTS[name].ops as readonly FaultOp[]).includes(op));
}
