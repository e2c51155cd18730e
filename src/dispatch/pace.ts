import { HoldfastError } from '../domain/errors';

/** How one delivery went, for whoever decides how many may be under way. */
export interface Delivered {
  /** Milliseconds on the same clock as the pace's own. */
  readonly begunAt: number;
  /** As many as allowed were under way when it began. */
  readonly atLimit: boolean;
  /** What it failed with; absent where it succeeded. */
  readonly error?: unknown;
}

/** How many deliveries may be under way at once. */
export interface Pace {
  readonly limit: number;
  now(): number;
  ended(delivery: Delivered): void;
}

/** A limit that stays, for servers that don't share one another's load. */
export function fixedPace(limit: number): Pace {
  return { limit, now: () => performance.now(), ended: () => undefined };
}

/**
 * So few overwhelm no server: one that is slow with them is slow for another reason, or far away, and fewer would only make
 * it slower for us.
 */
const FEWEST = 16;
/** More only wait within the server: 200 of them at 10 ms each are 20,000 a second. */
export const MOST_UNDER_WAY = 200;
/** About what one Temporal dev server answers in the time of one start. */
const AT_FIRST = 50;
/** A server that has room answers in some ten milliseconds; one that takes longer than this is being waited in. */
const SLOW_MS = 250;
/** What is left of the limit by a sign of too much. */
const CUT = 0.7;

/** Codes by which the process behind says that it has too much to do, or does not answer at all. */
const OVERLOAD: readonly string[] = ['too_busy', 'not_ready'];

/**
 * Finds the rate that the server carries, as TCP finds a line's: one more under way for each round in which all places
 * were taken and the answers came quickly, 30 % fewer when one came slowly or said that it is too much. What was sent
 * before a cut says nothing about the limit after it, so one wave of slow answers cuts once.
 */
export class AdaptivePace implements Pace {
  private places = AT_FIRST;
  private cutAt = -Infinity;

  constructor(private readonly clock: () => number) {}

  get limit(): number {
    return Math.floor(this.places);
  }

  now(): number {
    return this.clock();
  }

  ended({ begunAt, atLimit, error }: Delivered): void {
    const now = this.clock();
    if (now - begunAt > SLOW_MS || isOverload(error)) {
      if (begunAt < this.cutAt) return;
      this.places = Math.max(FEWEST, this.places * CUT);
      this.cutAt = now;
    } else if (atLimit && error === undefined) {
      this.places = Math.min(MOST_UNDER_WAY, this.places + 1 / this.places);
    }
  }
}

function isOverload(error: unknown): boolean {
  return error instanceof HoldfastError && OVERLOAD.includes(error.code);
}
