interface Waiting<Q, R> {
  readonly request: Q;
  readonly resolve: (answer: R) => void;
  readonly reject: (error: unknown) => void;
}

/** More would not make a statement cheaper per request. */
const MOST = 256;

/**
 * Group commit at its barest: while one batch is under way the next gathers; a failure fails all of a batch; the queue has no
 * bound. Not Holdfast's own, on purpose: what that one spends on more than this has to show in the comparison.
 */
export class BareBatcher<Q, R> {
  private waiting: Waiting<Q, R>[] = [];
  private flying = false;

  constructor(private readonly run: (batch: readonly Q[]) => Promise<readonly R[]>) {}

  submit(request: Q): Promise<R> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ request, resolve, reject });
      if (!this.flying) setImmediate(() => void this.fly());
    });
  }

  private async fly(): Promise<void> {
    if (this.flying || this.waiting.length === 0) return;
    this.flying = true;
    const batch = this.waiting.splice(0, MOST);
    try {
      const answers = await this.run(batch.map(({ request }) => request));
      batch.forEach(({ resolve }, index) => resolve(answers[index] as R));
    } catch (error) {
      batch.forEach(({ reject }) => reject(error));
    }
    this.flying = false;
    void this.fly();
  }
}
