import { type EventEnvelope, type EventType } from '../domain/events';

export interface FeedQuery {
  /** Only events behind this position; `0` is before the first. */
  readonly after: string;
  /** Null: all. */
  readonly types: readonly EventType[] | null;
  readonly limit: number;
}

export interface FeedPage {
  readonly events: readonly EventEnvelope[];
  /** Up to here everything that was asked for has been seen: where the next read begins. */
  readonly upTo: string;
}

/**
 * All events in one order. Contract:
 * 1. Positions have no gaps, and a position that can be read has every earlier one readable: nothing is missed by reading on.
 * 2. Events of one subject stand in the order of its facts.
 */
export interface EventFeed {
  /** Gives positions to events that were committed since; answers to how many. Zero, too, while another process is at it. */
  sequence(): Promise<number>;
  read(query: FeedQuery): Promise<FeedPage>;
  /** Events that have no position yet. */
  unplaced(): Promise<number>;
}

/** Lanes of a subscriber that the caller may deliver from, with what is next in them. */
export interface FeedClaim extends FeedPage {
  readonly subscriber: string;
  readonly lanes: readonly number[];
  /** Proves that the lanes are still the caller's. */
  readonly lease: string;
}

export interface ClaimQuery {
  readonly subscriber: string;
  /** Null: all. */
  readonly types: readonly EventType[] | null;
  /** Lanes to take at most. */
  readonly lanes: number;
  /** Events to take at most. */
  readonly limit: number;
  readonly leaseMs: number;
}

/** How far a subscriber is behind the feed. */
export interface Standing {
  readonly subscriber: string;
  /** Events that its slowest lane has not got past. */
  readonly behind: number;
  /** Age of the oldest of them; zero when there is none. */
  readonly oldestSeconds: number;
}

/**
 * How far each subscriber has got. Each event belongs to one lane of a subscriber, those of one subject to the same. Contract:
 * 1. A lane is one claimer's at a time, unless its lease ran out.
 * 2. An event is claimed again until a position behind it was reached: at least once. Whoever is late with it after its lease ran out
 *    repeats what another began at the same place, so that the first deliveries are in order all the same.
 */
export interface EventCursors {
  /** Begins at the feed's first event or behind its last; a subscriber that is there stays where it is. `lanes`: 1 or FEED_LANES. */
  subscribe(subscriber: string, options: { readonly lanes: number; readonly from: 'first' | 'now' }): Promise<void>;
  /** Those of its free lanes that are furthest behind; null when there is none. */
  claim(query: ClaimQuery): Promise<FeedClaim | null>;
  /** Everything up to `position` was delivered. With `leaseMs` the lanes stay the caller's, otherwise they are free. False: they were not the caller's any more. */
  reached(claim: FeedClaim, position: string, leaseMs?: number): Promise<boolean>;
  /** Nothing more was delivered: the lanes are free. */
  release(claim: FeedClaim): Promise<void>;
  /** Every subscriber's. */
  standings(): Promise<readonly Standing[]>;
}

/** Lanes of a subscriber that several processes serve side by side: more than workers that a deployment has for it. */
export const FEED_LANES = 8;
