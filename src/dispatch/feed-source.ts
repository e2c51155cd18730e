import { type DeadEvents } from '../ports/dead-events';
import { type DeadLetters, type EventConsumer, type EventSource } from '../ports/event-consumer';
import { type EventCursors, type FeedClaim } from '../ports/event-feed';
import { type Logger } from '../ports/logger';
import { FEED_FAILING, FEED_IDLE } from './event-relay';
import { Poller } from './poller';

/** Few enough for a lease, many enough that reading them costs little beside handling them. */
const BATCH = 50;
/** Longer than a consumer's tries of one event take; it is renewed with each. */
const LEASE_MS = 60_000;

export interface FeedSourceDeps {
  readonly cursors: EventCursors;
  readonly dead: DeadEvents;
  readonly log: Logger;
}

/** Where there is no broker: consumers read the feed themselves. One process at a time hands a consumer its events, in order. */
export class FeedSource implements EventSource {
  private readonly pollers: Poller[] = [];
  private stopping = false;

  constructor(private readonly deps: FeedSourceDeps) {}

  async run(consumer: EventConsumer): Promise<void> {
    await this.deps.cursors.subscribe(subscriberOf(consumer.name), { lanes: 1, from: 'first' });
    const poller = new Poller({
      name: `event-consumer ${consumer.name}`,
      look: () => this.look(consumer),
      idle: FEED_IDLE,
      failing: FEED_FAILING,
      log: this.deps.log,
    });
    this.pollers.push(poller);
    poller.start();
  }

  /** There may be something new in the feed. */
  wake(): void {
    this.pollers.forEach((poller) => poller.wake());
  }

  async stop(): Promise<void> {
    this.stopping = true;
    await Promise.all(this.pollers.map((poller) => poller.stop()));
  }

  private async look(consumer: EventConsumer): Promise<boolean> {
    const again = await this.tryAgain(consumer);
    const { name, types } = consumer;
    const query = { subscriber: subscriberOf(name), types, lanes: 1, limit: BATCH, leaseMs: LEASE_MS };
    const claim = await this.deps.cursors.claim(query);
    if (!claim) return again;
    try {
      await this.handOut(consumer, claim);
    } finally {
      await this.deps.cursors.release(claim);
    }
    return true;
  }

  private async handOut(consumer: EventConsumer, claim: FeedClaim): Promise<void> {
    const { cursors, dead } = this.deps;
    for (const event of claim.events) {
      try {
        await consumer.handle(event);
      } catch {
        await dead.add(consumer.name, event.position);
      }
      if (!(await cursors.reached(claim, event.position, LEASE_MS)) || this.stopping) return;
    }
    await cursors.reached(claim, claim.upTo);
  }

  /** One of those that a person wants tried again. */
  private async tryAgain(consumer: EventConsumer): Promise<boolean> {
    const { dead } = this.deps;
    const event = await dead.due(consumer.name);
    if (!event) return false;
    try {
      await consumer.handle(event);
      await dead.remove(consumer.name, event.position);
    } catch {
      await dead.add(consumer.name, event.position);
    }
    return true;
  }
}

/** Its place in the feed, beside those of the relay and of webhook endpoints. */
export function subscriberOf(consumer: string): string {
  return `consumer:${consumer}`;
}

/** The dead letters of consumers that read the feed themselves. */
export class FeedDeadLetters implements DeadLetters {
  constructor(
    private readonly dead: DeadEvents,
    private readonly consumers: readonly string[],
  ) {}

  async counts(): Promise<ReadonlyMap<string, number>> {
    return new Map(await Promise.all(this.consumers.map(async (name) => [name, await this.dead.count(name)] as const)));
  }

  async replay(consumer: string): Promise<number | null> {
    return this.consumers.includes(consumer) ? this.dead.replay(consumer) : null;
  }
}
