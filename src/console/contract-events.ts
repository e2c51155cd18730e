/** Events, dead letters, and the gateways' health. */
import { type GatewayName } from '../domain/payment';
import { type KeptEvent } from '../ports/console-reads';

/**
 * GET /events?orderId=&type=&cursor=&limit=: PageOf<EventView>, newest first; with a filter a page may have few items, or
 * none, and still be followed by more.
 */
export type EventView = KeptEvent;

/** GET /dead-letters. `reachable: false`: the broker that has them did not answer. POST /dead-letters/{consumer}/replay {}. */
export interface DeadLettersView {
  readonly reachable: boolean;
  readonly consumers: readonly {
    readonly consumer: string;
    readonly count: number;
    /** The oldest of them, where they are kept in the database and not in a broker. */
    readonly events: readonly EventView[];
  }[];
}
export interface Replayed {
  readonly replayed: number;
}

/** GET /gateways. */
export interface GatewaysView {
  readonly at: string;
  /** Since when answers are counted: at most 15 minutes back, less under load. */
  readonly since: string;
  readonly gateways: readonly GatewayHealth[];
}

export interface GatewayHealth {
  readonly gateway: GatewayName;
  /** Of the process that answers this: whether it asks the gateway at present. */
  readonly circuit: 'closed' | 'open' | 'halfOpen' | null;
  /** Calls a second that each process may send; null: no limit. */
  readonly ratePerSecond: number | null;
  /** Answers told in the window, by all processes. */
  readonly answers: number;
  readonly unknown: number;
  readonly rejected: number;
  /** 0 to 1; null where nothing was answered. */
  readonly unknownRate: number | null;
  /** The most frequent causes of `unknown`. */
  readonly causes: readonly { readonly cause: string; readonly count: number }[];
  /** From an attempt's record to its credential, milliseconds; null where there was none. */
  readonly offerMs: { readonly p50: number; readonly p95: number } | null;
  readonly lastAnswerAt: string | null;
  readonly openAttempts: number;
  readonly closing: number;
  readonly refundsUnderWay: number;
}
