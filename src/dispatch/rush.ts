/** What a door in a rush is judged by. */
export interface RushDeps {
  /** Milliseconds that never go back, from any beginning. */
  readonly elapsed: () => number;
  /** The share of the time since it was last asked in which this process had something to do: 0 to 1. */
  readonly utilisation: () => number;
}

/** Placings are judged together that came within so long. */
const WINDOW_MS = 100;
/** Fewer a second than this leave room for their starts, whatever else the process does. */
const FEWEST_A_SECOND = 100;
/** So many placings at once wait for one another, not for the network. */
const CROWD = 16;
/** A process that is busy for so much of its time answers later for anything else that it does. */
const BUSY = 0.9;
/** A pause between two waves is no end: starts that set in would meet the next wave. */
const CALM_MS = 300;
/**
 * How long starts may be held back in a row. In that time a door takes more orders than Temporal starts in minutes, so that who waits for
 * the last of them hardly notices; who placed the first looks again once or twice.
 */
export const LONGEST_RUSH_MS = 20_000;

/**
 * Whether placings come so fast that starting their workflows would keep those who still wait for an answer. A rush is on as soon as
 * a window is crowded (by its crowd within it, by its load at its end) until none has been for a while, and for `LONGEST_RUSH_MS` at
 * most; the next one comes after a calm.
 */
export class Rush {
  private window = { begunAt: 0, arrived: 0, most: 0 };
  private inside = 0;
  private begunAt: number | null = null;
  private crowdedAt = -Infinity;

  constructor(private readonly deps: RushDeps) {
    this.window.begunAt = deps.elapsed();
  }

  /** A placing comes in; answers `on`. Each is followed by one `leave`. */
  enter(): boolean {
    const now = this.deps.elapsed();
    this.turn(now);
    this.inside += 1;
    this.window.arrived += 1;
    this.window.most = Math.max(this.window.most, this.inside);
    // The rest of the window could only make them more: each start that is not made meanwhile is one that nobody waits for.
    if (this.isCrowd(WINDOW_MS)) this.crowded(now);
    return this.isOn(now);
  }

  /** It has its answer. `refused` by the gate: there is nothing to start, so it does not count as having come. */
  leave(refused = false): void {
    this.inside -= 1;
    // The window in which it came may be over.
    if (refused) this.window.arrived = Math.max(0, this.window.arrived - 1);
  }

  /** Whether starts are held back now. */
  on(): boolean {
    const now = this.deps.elapsed();
    this.turn(now);
    return this.isOn(now);
  }

  private isOn(now: number): boolean {
    return this.begunAt !== null && now - this.begunAt < LONGEST_RUSH_MS;
  }

  /** Judges the window once it is over, and begins the next. */
  private turn(now: number): void {
    const length = now - this.window.begunAt;
    if (length < WINDOW_MS) return;
    // Asked in every window: it tells of the time since it was last asked.
    const busy = this.deps.utilisation() >= BUSY;
    if (this.isCrowd(length) || (busy && this.isFast(length))) this.crowded(now);
    else if (now - this.crowdedAt >= CALM_MS) this.begunAt = null;
    this.window = { begunAt: now, arrived: 0, most: this.inside };
  }

  private isFast(ms: number): boolean {
    return (this.window.arrived * 1_000) / ms >= FEWEST_A_SECOND;
  }

  private isCrowd(ms: number): boolean {
    return this.isFast(ms) && this.window.most >= CROWD;
  }

  private crowded(now: number): void {
    this.crowdedAt = now;
    this.begunAt ??= now;
  }
}
