import { HoldfastError } from '../../../domain/errors';

/** One request's answer within a batch. */
export type Settled<R> = { readonly ok: R } | { readonly error: unknown };

export interface GroupCommitOptions<Q, R> {
  /** Runs a batch as one transaction and answers each request; a rejection means that nothing of it was done. */
  readonly run: (batch: readonly Q[]) => Promise<readonly Settled<R>[]>;
  /** Requests that one transaction carries at most. */
  readonly maxBatch: number;
  /** Batches under way at once. */
  readonly lanes: number;
  /** Requests that may wait; one more is refused with `too_busy`. */
  readonly maxWaiting: number;
  /** Milliseconds that a request may wait for its turn; then it is refused with `too_busy`, for its caller has given up. */
  readonly longestWaitMs: number;
  /** Whether one request of the batch can have caused the failure: then each is tried alone. Anything else fails them all. */
  readonly causedByOne: (error: unknown) => boolean;
}

interface Waiting<Q, R> {
  readonly request: Q;
  readonly resolve: (answer: R) => void;
  readonly reject: (error: unknown) => void;
  /** Epoch milliseconds. */
  readonly since: number;
}

/**
 * Merges concurrent requests into shared transactions. Contract:
 * 1. A lone request goes at once; while lanes are busy, those that arrive wait and go together.
 * 2. Each request gets its own answer. A batch that one of its requests can have failed is repeated one by one, so that a
 *    bad request sinks nobody but itself; `run` must therefore be safe to repeat. A database that is slow or away is not
 *    asked again: that would keep the others waiting behind it.
 * 3. The queue is bounded, in number and in time.
 */
export class GroupCommit<Q, R> {
  private readonly waiting: Waiting<Q, R>[] = [];
  private flying = 0;

  constructor(private readonly options: GroupCommitOptions<Q, R>) {}

  submit(request: Q): Promise<R> {
    if (this.waiting.length >= this.options.maxWaiting) {
      return Promise.reject(tooBusy());
    }
    return new Promise<R>((resolve, reject) => {
      this.waiting.push({ request, resolve, reject, since: Date.now() });
      // After the requests of this turn of the event loop, so that they share a transaction.
      setImmediate(() => this.takeOff());
    });
  }

  private takeOff(): void {
    while (this.flying < this.options.lanes && this.waiting.length > 0) {
      const batch = this.inTime(this.waiting.splice(0, this.options.maxBatch));
      if (batch.length === 0) continue;
      this.flying += 1;
      void this.fly(batch).finally(() => {
        this.flying -= 1;
        this.takeOff();
      });
    }
  }

  private inTime(batch: readonly Waiting<Q, R>[]): Waiting<Q, R>[] {
    const oldest = Date.now() - this.options.longestWaitMs;
    for (const late of batch) if (late.since < oldest) late.reject(tooBusy());
    return batch.filter(({ since }) => since >= oldest);
  }

  private async fly(batch: readonly Waiting<Q, R>[]): Promise<void> {
    try {
      const answers = await this.options.run(batch.map((waiting) => waiting.request));
      batch.forEach((waiting, index) => settle(waiting, answers[index]));
    } catch (error) {
      if (batch.length > 1 && this.options.causedByOne(error)) for (const waiting of batch) await this.fly([waiting]);
      else batch.forEach((waiting) => waiting.reject(error));
    }
  }
}

function settle<Q, R>(waiting: Waiting<Q, R>, answer: Settled<R> | undefined): void {
  if (answer && 'ok' in answer) waiting.resolve(answer.ok);
  else waiting.reject(answer?.error ?? new Error('the batch left a request unanswered'));
}

function tooBusy(): HoldfastError {
  return new HoldfastError('too_busy', undefined, { retryAfterSeconds: 1 });
}
