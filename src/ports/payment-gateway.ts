import { type Money } from '../domain/money';
import {
  type CloseOutcome,
  type CreateOutcome,
  type GatewayName,
  type Paid,
  type QueryOutcome,
} from '../domain/payment';

/** What identifies an attempt at its gateway, and what any answer about it is checked against. */
export interface PaymentRef {
  readonly merchantNo: string;
  readonly amount: Money;
  /** The last moment at which the gateway takes money for it; RFC 3339. */
  readonly expiresAt: string;
}

export interface CreatePaymentRequest extends PaymentRef {
  /** Shown to the buyer; no personal data. */
  readonly description: string;
}

/** A notification exactly as it came: the bytes are verified before anything is parsed. Header names in lower case. */
export interface RawNotification {
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Buffer;
}

export type Notification =
  /** Verified: the gateway says that this number was paid. The amount is not yet held against the order's. */
  | { readonly t: 'paid'; readonly eventId: string; readonly merchantNo: string; readonly paid: Paid }
  /** Verified, but nothing that concerns us (another event type, another of the merchant's apps). */
  | { readonly t: 'ignored'; readonly eventId: string; readonly why: string }
  /** Not proved to come from the gateway, or not readable: change nothing. */
  | { readonly t: 'forged'; readonly why: string };

/** What to answer the gateway's HTTP call with. */
export interface NotificationReply {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

/**
 * A payment provider. Contract, proved by test/contract/payment-gateway.suite.ts for every adapter:
 * 1. Nothing throws for what the provider or the network does: every answer is an outcome, and one that is not listed is `unknown`.
 * 2. An answer whose signature does not verify, whatever its status, is `unknown`.
 * 3. `paid` has been checked for merchant, amount and currency; a mismatch is `rejected`.
 * 4. `closed` is said only on a verified success of close or a verified terminal query.
 * 5. Every call ends within the adapter's time limit, and may be repeated with the same arguments.
 */
export interface PaymentGateway {
  readonly name: GatewayName;
  createPayment(request: CreatePaymentRequest): Promise<CreateOutcome>;
  query(ref: PaymentRef): Promise<QueryOutcome>;
  close(ref: PaymentRef): Promise<CloseOutcome>;
  parseNotification(raw: RawNotification): Notification;
  /** The provider's own form of "got it" and of "send it again". */
  notificationReply(accepted: boolean, why?: string): NotificationReply;
}

/** The configured gateways by name. */
export type Gateways = ReadonlyMap<GatewayName, PaymentGateway>;
