import { type StartIntent, type StartIntents } from '../ports/start-intents';

/** Nobody was at it: so long it is done here, before it is asked again whether somebody is. */
const STAND_IN_MS = 30_000;

/**
 * What a starter claims in a process without a worker. A start from there is not eager, and costs Temporal half as much again: what
 * waits in the table is left to the starters beside a worker, and claimed here only while none of them is at it. (Without any worker
 * a workflow that was started would not run either; but then it is there for whoever looks.)
 */
export class HandOver {
  private kept = false;
  private othersAreBehind = false;
  private standsInUntil = -Infinity;

  /** `now`: milliseconds that never go back, from any beginning. */
  constructor(
    private readonly intents: Pick<StartIntents, 'claim' | 'release' | 'standing'>,
    private readonly now: () => number,
  ) {}

  /** An order was placed in a rush, and is kept for this process until the next claim. */
  keep(): void {
    this.kept = true;
  }

  /** While others have more than they get on with, what is placed here waits behind it. */
  behind(): boolean {
    return this.othersAreBehind;
  }

  async claim(limit: number, leaseMs: number): Promise<StartIntent[]> {
    await this.release();
    if (this.now() >= this.standsInUntil) {
      const { overdue, attended } = await this.intents.standing(leaseMs);
      this.othersAreBehind = overdue && attended;
      if (!overdue || attended) return [];
      this.standsInUntil = this.now() + STAND_IN_MS;
    }
    return this.intents.claim(limit, leaseMs);
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
