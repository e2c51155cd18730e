import { type Alert } from '../ports/alert';
import { type EventConsumer } from '../ports/event-consumer';
import { type Logger } from '../ports/logger';

/** Milliseconds before each further try: a deadlock is over at once, a restart within seconds; what fails longer is set aside. */
export const DEFAULT_RETRIES: readonly number[] = [100, 400, 1_600, 6_400];

export interface RetryDeps {
  readonly alert: Alert;
  readonly log: Logger;
  readonly retries?: readonly number[];
}

/** The consumer, tried again with growing pauses; rejects, and tells a person, once it has failed the last time. */
export function withRetries(
  consumer: EventConsumer,
  { alert, log, retries = DEFAULT_RETRIES }: RetryDeps,
): EventConsumer {
  const { name, types } = consumer;
  return {
    name,
    types,
    handle: async (event) => {
      const about = { consumer: name, eventId: event.id, type: event.type };
      for (const pause of [...retries, null]) {
        try {
          return await consumer.handle(event);
        } catch (error) {
          if (pause === null) {
            alert('event_dead', about);
            throw error;
          }
          log.warn({ ...about, err: error, againInMs: pause }, 'a consumer failed; trying again');
          await new Promise((resolve) => setTimeout(resolve, pause));
        }
      }
    },
  };
}
