import { type EventEnvelope, type EventType } from '../domain/events';

/**
 * Something that acts on events. Events of one order come in the order of its facts, one at a time; each comes at least
 * once, so `handle` de-duplicates by the event's id. What it rejects is tried again a few times and then set aside as a
 * dead letter, so that one bad event doesn't hold up the others.
 */
export interface EventConsumer<T extends EventType = EventType> {
  /** Names its queue or cursor: lower-case words joined by `-`, never changed. */
  readonly name: string;
  readonly types: readonly T[];
  handle(event: EventEnvelope<T>): Promise<void>;
}

/** Brings events to consumers, from a broker or from the outbox itself. */
export interface EventSource {
  /** Subscribes the consumer, for good, and begins to hand it events. Resolves once it is subscribed. */
  run(consumer: EventConsumer): Promise<void>;
  /** Hands out nothing more and waits for what is being handled. */
  stop(): Promise<void>;
}

/** Events that a consumer gave up on, kept until a person has them tried again. */
export interface DeadLetters {
  /** How many wait, per consumer that has ever subscribed. */
  counts(): Promise<ReadonlyMap<string, number>>;
  /** Hands them to the consumer once more; answers how many, or null where no consumer has that name. */
  replay(consumer: string): Promise<number | null>;
}
