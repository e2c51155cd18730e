import { type StartIntent, type StartIntents } from '../ports/start-intents';
import { MOST_UNDER_WAY } from './pace';

/** Told once a second; what is older says nothing about now. */
const BEHIND_MS = 3_000;

/**
 * What a starter claims in a process without a worker. A start from there is not eager, and costs Temporal half as much again: what
 * waits in the table is left to starters beside a worker while one of them looks at it, and claimed like anywhere else while none does.
 */
export class LeaveToWorkers {
  private kept = false;
  private behindUntil = -Infinity;

  /** `now`: milliseconds that never go back, from any beginning. */
  constructor(
    private readonly intents: Pick<StartIntents, 'claim' | 'release' | 'attendance'>,
    private readonly now: () => number,
  ) {}

  /** Something may have been placed in a rush, and is kept for this process until the next claim. */
  keep(): void {
    this.kept = true;
  }

  /** While more waits than the others have under way, what is placed here waits behind it. */
  behind(): boolean {
    return this.now() < this.behindUntil;
  }

  async claim(limit: number, leaseMs: number): Promise<StartIntent[]> {
    await this.release();
    const { attended, backlog } = await this.intents.attendance(MOST_UNDER_WAY);
    this.behindUntil = attended && backlog ? this.now() + BEHIND_MS : -Infinity;
    return attended ? [] : this.intents.claim(limit, leaseMs);
  }

  private async release(): Promise<void> {
    if (!this.kept) return;
    this.kept = false;
    try {
      await this.intents.release();
    } catch (error) {
      this.kept = true;
      throw error;
    }
  }
}
