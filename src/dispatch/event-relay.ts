import { type EventCursors, type EventFeed, FEED_LANES } from '../ports/event-feed';
import { type EventPublisher } from '../ports/event-publisher';
import { type Logger } from '../ports/logger';
import { Poller } from './poller';

/** The relay's place in the feed, shared by the relays of all processes. */
export const RELAY = 'broker';
/** A batch the broker confirms in some tens of milliseconds. */
const BATCH = 500;
/** Half of them: two relays that are busy find lanes to work on side by side. */
const LANES_AT_ONCE = FEED_LANES / 2;
/** Longer than a publish may take, so that a relay which is only slow keeps its lanes. */
const LEASE_MS = 30_000;

/** Quick enough for a consumer that people wait for, rare enough to cost an idle database nothing. */
export const FEED_IDLE = { first: 100, most: 1_000 };
/** An outage is over within seconds or takes minutes; looking more often would only fill the log. */
export const FEED_FAILING = { first: 250, most: 5_000 };

/** In a burst each look would find a few and wake every reader of the feed for them; nobody waits for an event so closely. */
const GATHER_MS = 200;

/** Gives committed events their places in the feed; `placed` is called when there were some. */
export function createSequencer(deps: { feed: EventFeed; placed: () => void; log: Logger }): Poller {
  return new Poller({
    name: 'event-sequencer',
    look: async () => {
      const placed = await deps.feed.sequence();
      if (placed > 0) deps.placed();
      return placed > 0;
    },
    idle: FEED_IDLE,
    gather: GATHER_MS,
    failing: FEED_FAILING,
    log: deps.log,
  });
}

export interface RelayDeps {
  readonly cursors: EventCursors;
  readonly publisher: EventPublisher;
  /** Counts events that the broker has confirmed. */
  readonly published: (count: number) => void;
  readonly log: Logger;
}

/** Publishes the feed, lane by lane, at least once and in order; any number of relays share the lanes. */
export function createRelay(deps: RelayDeps): Poller {
  return new Poller({
    name: 'event-relay',
    look: () => relayOnce(deps),
    idle: FEED_IDLE,
    failing: FEED_FAILING,
    log: deps.log,
  });
}

async function relayOnce({ cursors, publisher, published }: RelayDeps): Promise<boolean> {
  const query = { subscriber: RELAY, types: null, lanes: LANES_AT_ONCE, limit: BATCH, leaseMs: LEASE_MS };
  const claim = await cursors.claim(query);
  if (!claim) return false;
  try {
    await publisher.publish(claim.events);
  } catch (error) {
    await cursors.release(claim);
    throw error;
  }
  published(claim.events.length);
  await cursors.reached(claim, claim.upTo);
  return true;
}
