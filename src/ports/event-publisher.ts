import { type EventEnvelope } from '../domain/events';

/**
 * Hands events to a broker. Contract, proved by test/contract/event-publisher.suite.ts:
 * 1. Resolves once the broker has answered for every event of the batch: it is stored, and survives the broker's restart.
 * 2. Of events with one subject, a later one is not sent before the earlier one is answered for: what arrives first of each
 *    is in order, whatever fails in between.
 * 3. Rejects otherwise, within the adapter's time limit; some of the batch may then have arrived. Repeat it.
 */
export interface EventPublisher {
  publish(events: readonly EventEnvelope[]): Promise<void>;
}
