/** A request as it goes out: built ahead, so that the load client spends nothing on it while the clock runs. */
export interface PlannedRequest {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  /** JSON. */
  readonly body?: string;
  /** Beside the job's. */
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * `closed`: so many callers, each of whom sends its next request when the last is answered. `open`: requests come at a
 * rate, whatever the answers do; their latency counts from when they were due, so a server that stalls is not spared.
 */
export type Pace =
  { readonly t: 'closed'; readonly callers: number } | { readonly t: 'open'; readonly perSecond: number };

export interface LoadJob {
  /** Bare origins on this machine; requests go to them in turn. */
  readonly urls: readonly string[];
  readonly headers: Readonly<Record<string, string>>;
  readonly requests: readonly PlannedRequest[];
  readonly pace: Pace;
  /** Fields of a 2xx answer to bring back, as dotted paths: `payment.merchantNo`. */
  readonly keep: readonly string[];
}

/** One entry per request, in the order of the job. */
export interface LoadResult {
  /** From the first request to the last answer. */
  readonly wallMs: number;
  /** What the load client itself used of the CPU meanwhile. */
  readonly cpuMs: number;
  readonly latenciesMs: Float64Array;
  /** HTTP status; 0 where no answer came. */
  readonly statuses: Uint16Array;
  /** What was kept of each 2xx answer, else null. */
  readonly kept: readonly (readonly string[] | null)[];
}

export type LoadReply =
  { readonly t: 'done'; readonly result: LoadResult } | { readonly t: 'failed'; readonly why: string };
