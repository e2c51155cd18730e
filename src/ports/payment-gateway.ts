import { HoldfastError } from '../domain/errors';
import { type Money } from '../domain/money';
import {
  type CloseOutcome,
  type CreateOutcome,
  type GatewayName,
  type Paid,
  type PaymentMethod,
  type QueryOutcome,
  type RefundOutcome,
} from '../domain/payment';

/** An attempt at its gateway: what identifies it, what a create is made of, what any answer about it is checked against. */
export interface PaymentRef {
  readonly merchantNo: string;
  /** The gateway's own id, where its calls need it (Stripe); null until a create was answered. */
  readonly gatewayRef: string | null;
  readonly amount: Money;
  /** The last moment at which the gateway takes money for it; RFC 3339. */
  readonly expiresAt: string;
  /** Shown to the buyer; no personal data. The same at every call, for a create may have to be repeated to learn `gatewayRef`. */
  readonly description: string;
  /** The way that the buyer chose; without it the configured one, a code to scan as a rule. */
  readonly method?: PaymentMethod;
  /**
   * The buyer's id at the gateway's app, where paying inside that app is wanted (WeChat Pay JSAPI); without it a payment
   * is offered by code. As fixed as the rest: a repeat with another payer is another payment under a used number.
   */
  readonly payer?: { readonly openid: string };
}

/** A refund of a payment. A repeat with the same number is the same refund; another number is another one. */
export interface RefundRequest {
  readonly merchantNo: string;
  readonly gatewayRef: string | null;
  readonly transactionId: string;
  /** Ours, at most 64 of [0-9A-Za-z_]. */
  readonly refundNo: string;
  /** What was paid in all. */
  readonly amount: Money;
  /** What goes back with this refund. */
  readonly refund: Money;
  /** Shown to the buyer; no personal data. */
  readonly reason: string;
}

/** A notification exactly as it came: the bytes are verified before anything is parsed. Header names in lower case. */
export interface RawNotification {
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Buffer;
}

export type Notification =
  /** Verified: the gateway says that this number was paid. The amount is not yet held against the order's. */
  | { readonly t: 'paid'; readonly eventId: string; readonly merchantNo: string; readonly paid: Paid }
  /** Verified: what became of one of our refunds. */
  | {
      readonly t: 'refund';
      readonly eventId: string;
      readonly merchantNo: string;
      readonly refundNo: string;
      readonly outcome: RefundOutcome;
    }
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
 * 5. A refund number refunds once, however often it is sent; money is `succeeded` only when the gateway says that it is on its way back.
 * 6. Every call ends within the adapter's time limit, and may be repeated with the same arguments.
 */
export interface PaymentGateway {
  readonly name: GatewayName;
  /** Why it can never take this amount, as a predicate on it ("takes CNY, not USD"); null when it can. Pure: asks nobody. */
  refusal(amount: Money): string | null;
  createPayment(ref: PaymentRef): Promise<CreateOutcome>;
  query(ref: PaymentRef): Promise<QueryOutcome>;
  close(ref: PaymentRef): Promise<CloseOutcome>;
  refund(request: RefundRequest): Promise<RefundOutcome>;
  queryRefund(request: RefundRequest): Promise<RefundOutcome>;
  /** Verifies the raw bytes first. */
  parseNotification(raw: RawNotification): Notification;
  /** The provider's own form of "got it" and of "send it again". */
  notificationReply(accepted: boolean, why?: string): NotificationReply;
}

/** Throws `gateway_cannot_take` for an amount that the gateway can never take: nothing is held or offered for it. */
export function demandTakes({ name, refusal }: Pick<PaymentGateway, 'name' | 'refusal'>, amount: Money): void {
  const why = refusal(amount);
  if (why !== null) throw new HoldfastError('gateway_cannot_take', `${name} ${why}`);
}

/** The configured gateways by name. */
export type Gateways = ReadonlyMap<GatewayName, PaymentGateway>;
