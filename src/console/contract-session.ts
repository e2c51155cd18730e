/** Signing in, and the overview. */
import { type OrderStatus } from '../domain/order-status';
import { type GatewayName } from '../domain/payment';
import { type ActorView } from './contract-common';

/** POST /session, answered by Me; DELETE /session ends it (204). 401 `unauthenticated`, 429 `too_many_attempts`. */
export interface SignIn {
  readonly key: string;
}

/** GET /me: who is signed in and what they may do; 401 where nobody is. */
export interface Me {
  readonly actor: ActorView;
  readonly may: {
    /** Act on orders, adjust stock, settle cases, replay, run outages (role operator). */
    readonly act: boolean;
    /** Approve and decline what another asked for (role approver). */
    readonly approve: boolean;
  };
  /** By then one has to sign in again, whatever one does. */
  readonly signedInUntil: string;
  /** Without a call for so long the session ends. */
  readonly idleSeconds: number;
  /** Those that are configured here. */
  readonly gateways: readonly GatewayName[];
  /** Refunds and restocks of this amount (minor units) or more need a second person; null: never. */
  readonly twoPersonAboveMinor: number | null;
  readonly temporalUi: string | null;
}

/** GET /overview: what is going on, and what waits for a person. */
export interface Overview {
  readonly at: string;
  readonly orders: readonly { readonly status: OrderStatus; readonly count: number; readonly capped: boolean }[];
  /** The order that has been `closing` longest; null where none is. */
  readonly oldestClosing: { readonly orderId: string; readonly since: string } | null;
  readonly refunds: { readonly underWay: number; readonly manual: number };
  /** Payments of a wrong amount, kept for a person. */
  readonly heldForReview: number;
  readonly manualOrders: number;
  readonly approvalsWaiting: number;
  readonly openCases: number;
  readonly startIntents: number;
  readonly inboxUndelivered: number;
  readonly eventsUnplaced: number;
  readonly subscribers: readonly {
    readonly subscriber: string;
    readonly behind: number;
    readonly oldestSeconds: number;
  }[];
  /** Null where the broker did not answer. */
  readonly deadLetters: number | null;
}
