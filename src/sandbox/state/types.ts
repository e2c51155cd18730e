/** The providers the sandbox can speak for; each has its own folder beside `wechat/`. */
export const GATEWAY_NAMES = ['wechat', 'alipay', 'stripe'] as const;
export type GatewayName = (typeof GATEWAY_NAMES)[number];

/** Integer minor units (fen, cents) and an ISO 4217 code. */
export interface Money {
  readonly minor: number;
  readonly currency: string;
}

/** What the buyer's money did, once it moved. `at` is RFC 3339 UTC. */
export interface PaidFact {
  readonly transactionId: string;
  readonly amount: Money;
  readonly payerId: string;
  readonly at: string;
}

/** A provider's own refund states, in WeChat's words because they are the most explicit. */
export type RefundStatus = 'PROCESSING' | 'SUCCESS' | 'CLOSED' | 'ABNORMAL';

export interface Refund {
  readonly refundNo: string;
  readonly refundId: string;
  readonly amount: Money;
  readonly reason: string;
  readonly notifyUrl: string | null;
  readonly requestedAt: string;
  readonly status: RefundStatus;
  readonly settledAt: string | null;
}

/**
 * One payment as the provider knows it. `open` includes an expired one: expiry forbids paying, it closes nothing.
 * `wire` holds what only the provider's own format needs (trade type, credential, request fingerprint, …).
 */
export interface Payment {
  readonly gateway: GatewayName;
  readonly merchantNo: string;
  readonly amount: Money;
  readonly description: string;
  readonly notifyUrl: string | null;
  readonly expiresAt: string | null;
  readonly createdAt: string;
  readonly state: 'open' | 'paid' | 'closed';
  readonly paid: PaidFact | null;
  readonly closedAt: string | null;
  readonly refunds: readonly Refund[];
  readonly wire: Readonly<Record<string, string>>;
}

export type LedgerKind = 'created' | 'paid' | 'closed' | 'refunded' | 'notified';

/** One row of the append-only ledger that tests use as their oracle. `at` is RFC 3339 UTC by the sandbox's clock. */
export interface LedgerRow {
  readonly seq: number;
  readonly at: string;
  readonly gateway: GatewayName;
  readonly merchantNo: string;
  readonly kind: LedgerKind;
  readonly amount: Money;
  readonly transactionId?: string;
  readonly refundNo?: string;
}

/** One event owed to the merchant. `id` stays the same over all deliveries; `dueAt` is machine time in ms. */
export interface Notification {
  readonly id: string;
  readonly gateway: GatewayName;
  readonly merchantNo: string;
  readonly kind: 'paid' | 'refunded';
  readonly refundNo: string | null;
  readonly url: string;
  readonly createdAt: string;
  readonly attempts: number;
  readonly dueAt: number;
}

/** A command whose effect lands later (the `delayed_effect` fault, a refund in processing). `dueAt` is machine ms. */
export interface Deferred {
  readonly id: string;
  readonly gateway: GatewayName;
  readonly command: unknown;
  readonly dueAt: number;
}

/** Everything that ever changes the state: one journal line each, its ledger row on the same line. */
export type JournalRecord =
  | { readonly type: 'created'; readonly payment: Payment; readonly row: LedgerRow }
  | {
      readonly type: 'paid';
      readonly gateway: GatewayName;
      readonly merchantNo: string;
      readonly paid: PaidFact;
      readonly row: LedgerRow;
      readonly notification: Notification | null;
    }
  | {
      readonly type: 'closed';
      readonly gateway: GatewayName;
      readonly merchantNo: string;
      readonly at: string;
      readonly row: LedgerRow;
    }
  | {
      readonly type: 'refund';
      readonly gateway: GatewayName;
      readonly merchantNo: string;
      readonly refund: Refund;
      readonly row: LedgerRow | null;
      readonly notification: Notification | null;
    }
  | { readonly type: 'notification_postponed'; readonly id: string; readonly attempts: number; readonly dueAt: number }
  | {
      readonly type: 'notification_ended';
      readonly id: string;
      readonly end: 'acknowledged' | 'lost' | 'given_up';
      readonly row: LedgerRow | null;
    }
  | { readonly type: 'deferred'; readonly deferred: Deferred }
  | { readonly type: 'deferred_done'; readonly id: string };
