import { type EventEnvelope } from '../domain/events';

/** Events that consumers of the feed gave up on. */
export interface DeadEvents {
  /** Sets an event aside; a repeat changes nothing but that it is no longer due. */
  add(consumer: string, position: string): Promise<void>;
  /** The oldest that a person wants tried again; null when there is none. */
  due(consumer: string): Promise<EventEnvelope | null>;
  /** It has been handled after all. */
  remove(consumer: string, position: string): Promise<void>;
  count(consumer: string): Promise<number>;
  /** Marks all of the consumer's as due; answers how many. */
  replay(consumer: string): Promise<number>;
}
