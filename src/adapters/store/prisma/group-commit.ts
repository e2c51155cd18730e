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
}

interface Waiting<Q, R> {
  readonly request: Q;
  readonly resolve: (answer: R) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Merges concurrent requests into shared transactions. Contract:
 * 1. A lone request goes at once; while lanes are busy, those that arrive wait and go together.
 * 2. Each request gets its own answer. A batch that fails as a whole is repeated one by one, so that a bad request
 *    sinks nobody but itself; `run` must therefore be safe to repeat.
 * 3. The queue is bounded.
 */
export class GroupCommit<Q, R> {
  private readonly waiting: Waiting<Q, R>[] = [];
  private flying = 0;

  constructor(private readonly options: GroupCommitOptions<Q, R>) {}

  submit(request: Q): Promise<R> {
    if (this.waiting.length >= this.options.maxWaiting) {
      return Promise.reject(new HoldfastError('too_busy', undefined, { retryAfterSeconds: 1 }));
    }
    return new Promise<R>((resolve, reject) => {
      this.waiting.push({ request, resolve, reject });
      // After the requests of this turn of the event loop, so that they share a transaction.
      setImmediate(() => this.takeOff());
    });
  }

  private takeOff(): void {
    while (this.flying < this.options.lanes && this.waiting.length > 0) {
      const batch = this.waiting.splice(0, this.options.maxBatch);
      this.flying += 1;
      void this.fly(batch).finally(() => {
        this.flying -= 1;
        this.takeOff();
      });
    }
  }

  private async fly(batch: readonly Waiting<Q, R>[]): Promise<void> {
    try {
      const answers = await this.options.run(batch.map((waiting) => waiting.request));
      batch.forEach((waiting, index) => settle(waiting, answers[index]));
    } catch (error) {
      if (batch.length === 1) batch[0]?.reject(error);
      else for (const waiting of batch) await this.fly([waiting]);
    }
  }
}

function settle<Q, R>(waiting: Waiting<Q, R>, answer: Settled<R> | undefined): void {
  if (answer && 'ok' in answer) waiting.resolve(answer.ok);
  else waiting.reject(answer?.error ?? new Error('the batch left a request unanswered'));
}
