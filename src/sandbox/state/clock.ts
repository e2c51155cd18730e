/**
 * The provider's clock: the machine's time plus an offset set by tests. Expiry, timestamps and signatures follow it;
 * retry schedules don't (they use machine time, so that moving the clock floods nobody). Not durable: a restart is back
 * on machine time.
 */
export class SandboxClock {
  private offset = 0;

  constructor(private readonly machineNow: () => number) {}

  /** Machine time, ms since the epoch. */
  machineMs(): number {
    return this.machineNow();
  }

  /** The provider's time, ms since the epoch. */
  nowMs(): number {
    return this.machineNow() + this.offset;
  }

  /** The provider's time as RFC 3339 UTC. */
  nowIso(): string {
    return new Date(this.nowMs()).toISOString();
  }

  get offsetMs(): number {
    return this.offset;
  }

  set offsetMs(value: number) {
    this.offset = value;
  }
}
