import { HoldfastError } from '../../../domain/errors';
import { type BatchObserver } from '../../../ports/batch-observer';

/** One request's answer within a batch. */
export type Settled<R> = { readonly ok: R } | { readonly error: unknown };

export interface GroupCommitOptions<Q, R> {
  /**
   * Runs a batch as one transaction and answers each request; a rejection means that nothing of it was done, or, where the connection
   * was lost, that nobody knows: whoever repeats it finds out.
   */
  readonly run: (batch: readonly Q[]) => Promise<readonly Settled<R>[]>;
  /** Requests that one transaction carries at most. */
  readonly maxBatch: number;
  /** Batches under way at once. */
  readonly lanes: number;
  /** Requests that may wait; one more is refused with `too_busy`. */
  readonly maxWaiting: number;
  /**
   * Milliseconds since it came in that a request may wait for its turn, that of a repeat included; then it is refused with `too_busy`, for its caller
   * has given up.
   */
  readonly longestWaitMs: number;
  /** Whether one request of the batch can have caused the failure: then each is tried alone. Anything else fails them all. */
  readonly causedByOne: (error: unknown) => boolean;
  readonly observer?: BatchObserver<Q>;
}

interface Waiting<Q, R> {
  readonly request: Q;
  readonly resolve: (answer: R) => void;
  readonly reject: (error: unknown) => void;
  /** Epoch milliseconds. */
  readonly since: number;
  readonly entered: unknown;
}

/**
 * A transaction costs its round trips and its commit, whatever it carries: behind one that is under way it pays to wait until
 * a second is worth it. So many make it so, and so long is waited for them: a first that hangs at a lock holds up nobody for longer.
 */
const COMPANY = 32;
const COMPANY_MS = 20;

/**
 * Merges concurrent requests into shared transactions. Contract:
 * 1. A lone request goes at once. While a batch is under way, those that arrive go together: when it ends, when `COMPANY` have
 *    come or the first of them has waited `COMPANY_MS`, and a lane is free.
 * 2. Each request gets its own answer. A batch that one of its requests can have failed is repeated one by one, so that a
 *    bad request sinks nobody but itself; `run` must therefore be safe to repeat. A database that is slow or away is not
 *    asked again: that would keep the others waiting behind it.
 * 3. The queue is bounded, in number and in time.
 */
export class GroupCommit<Q, R> {
  private readonly waiting: Waiting<Q, R>[] = [];
  private flying = 0;
  private called = false;
  private patience: NodeJS.Timeout | undefined;

  constructor(private readonly options: GroupCommitOptions<Q, R>) {}

  /** `since`: epoch milliseconds; earlier than now for a request that has waited elsewhere before. */
  submit(request: Q, since = Date.now()): Promise<R> {
    if (this.waiting.length >= this.options.maxWaiting) {
      return Promise.reject(tooBusy());
    }
    const entered = this.options.observer?.entered(request);
    return new Promise<R>((resolve, reject) => {
      this.waiting.push({ request, resolve, reject, since, entered });
      this.callForTakeOff();
    });
  }

  /** Once for all requests of this turn of the event loop, after the last of them, so that they share a transaction. */
  private callForTakeOff(): void {
    if (this.called) return;
    this.called = true;
    setImmediate(() => {
      this.called = false;
      this.takeOff();
    });
  }

  private takeOff(): void {
    while (this.flying < this.options.lanes && this.isWorthIt()) {
      const batch = this.inTime(this.waiting.splice(0, this.options.maxBatch));
      if (batch.length === 0) continue;
      this.flying += 1;
      void this.watched(batch).finally(() => {
        this.flying -= 1;
        this.takeOff();
      });
    }
  }

  /** Whether those that wait go now; if not, but somebody waits, it is asked again once they have waited long enough. */
  private isWorthIt(): boolean {
    const [first] = this.waiting;
    if (!first) return false;
    if (this.flying === 0 || this.waiting.length >= Math.min(COMPANY, this.options.maxBatch)) return true;
    const left = first.since + COMPANY_MS - Date.now();
    if (left <= 0) return true;
    this.patience ??= setTimeout(
      () => {
        this.patience = undefined;
        this.takeOff();
      },
      Math.min(left, COMPANY_MS),
    );
    return false;
  }

  private inTime(batch: readonly Waiting<Q, R>[]): readonly Waiting<Q, R>[] {
    const now = Date.now();
    const late = batch.filter((waiting) => this.isLate(waiting, now));
    if (late.length === 0) return batch;
    this.options.observer?.dropped(late.map(({ entered }) => entered));
    for (const each of late) each.reject(tooBusy());
    return batch.filter((waiting) => !this.isLate(waiting, now));
  }

  private isLate({ since }: Waiting<Q, R>, now = Date.now()): boolean {
    return since < now - this.options.longestWaitMs;
  }

  private watched(batch: readonly Waiting<Q, R>[]): Promise<void> {
    const { observer } = this.options;
    if (!observer) return this.fly(batch);
    return observer.took(
      batch.map(({ entered }) => entered),
      () => this.fly(batch),
    );
  }

  private async fly(batch: readonly Waiting<Q, R>[]): Promise<void> {
    try {
      const answers = await this.options.run(batch.map((waiting) => waiting.request));
      batch.forEach((waiting, index) => settle(waiting, answers[index]));
    } catch (error) {
      if (batch.length > 1 && this.options.causedByOne(error)) await this.oneByOne(batch);
      else batch.forEach((waiting) => waiting.reject(error));
    }
  }

  /** Each repeat takes its time, so that the last ones can be late by now. */
  private async oneByOne(batch: readonly Waiting<Q, R>[]): Promise<void> {
    for (const waiting of batch) {
      if (this.isLate(waiting)) waiting.reject(tooBusy());
      else await this.fly([waiting]);
    }
  }
}

function settle<Q, R>(waiting: Waiting<Q, R>, answer: Settled<R> | undefined): void {
  if (answer && 'ok' in answer) waiting.resolve(answer.ok);
  else waiting.reject(answer?.error ?? new Error('the batch left a request unanswered'));
}

/** The refusal of what may be asked again shortly. */
export function tooBusy(): HoldfastError {
  return new HoldfastError('too_busy', undefined, { retryAfterSeconds: 1 });
}
