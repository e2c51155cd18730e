/** Every timer of one sandbox, so that stopping it leaves none behind. */
export class Timers {
  private readonly pending = new Set<NodeJS.Timeout>();
  private stopped = false;

  /** Runs `task` once after `ms`; never, when the sandbox stops before. Returns a function that cancels it. */
  after(ms: number, task: () => void): () => void {
    if (this.stopped) return () => undefined;
    const timer = setTimeout(
      () => {
        this.pending.delete(timer);
        task();
      },
      Math.max(0, ms),
    );
    this.pending.add(timer);
    return () => {
      clearTimeout(timer);
      this.pending.delete(timer);
    };
  }

  /** Cancels everything, for good. */
  stop(): void {
    this.stopped = true;
    for (const timer of this.pending) clearTimeout(timer);
    this.pending.clear();
  }
}
