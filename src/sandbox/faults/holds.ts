import { type Timers } from '../state/timers';

/**
 * What faults hold back for a while. Removing a fault (`DELETE /_sandbox/faults/{id}`) releases what it holds at once,
 * so that a test can keep a race window open for exactly as long as it needs: a long `ms`, then the release.
 */
export class Holds {
  private readonly held = new Map<() => void, string>();

  constructor(private readonly timers: Timers) {}

  /** Runs `task` once, after `ms` or at the release of `faultId`. Returns a function that cancels it. */
  after(faultId: string, ms: number, task: () => void): () => void {
    const cancel = (): void => {
      stopTimer();
      this.held.delete(go);
    };
    const go = (): void => {
      cancel();
      task();
    };
    const stopTimer = this.timers.after(ms, go);
    this.held.set(go, faultId);
    return cancel;
  }

  /** Lets go what one fault holds, or all without an id; returns how many that were. */
  release(faultId?: string): number {
    const released = [...this.held].filter(([, id]) => faultId === undefined || id === faultId);
    for (const [go] of released) go();
    return released.length;
  }
}
