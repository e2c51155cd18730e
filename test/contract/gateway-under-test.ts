import { type Money } from '../../src/domain/money';
import {
  type NotificationReply,
  type PaymentGateway,
  type PaymentRef,
  type RawNotification,
  type RefundRequest,
} from '../../src/ports/payment-gateway';

export type SuiteOp = 'create' | 'query' | 'close';
export type RefundOp = 'refund' | 'queryRefund';

/** A fault of the sandbox, as its control API names it. */
export interface SuiteFault {
  readonly name: string;
  readonly ms?: number;
  readonly times?: number;
}

/** The notifications that come of one event, in the order of their arrival. */
export interface Deliveries {
  /** The n-th delivery, from 1, as soon as it is there. */
  delivery(nth: number): Promise<RawNotification>;
}

/** A payment that the buyer made, and what was told of it. */
export interface NotifiedPayment extends Deliveries {
  readonly ref: PaymentRef;
  readonly transactionId: string;
}

/** A refund of a paid payment, and what was told of it. */
export interface NotifiedRefund extends Deliveries {
  readonly request: RefundRequest;
}

/** A row `refunded` of the sandbox's ledger. */
export interface LedgerRefund {
  readonly refundNo: string;
  readonly minor: number;
}

/** An adapter against a sandbox of its own. Faults hit the given number only, so tests share the sandbox. */
export interface GatewayUnderTest {
  readonly gateway: PaymentGateway;
  /** The same, with a time limit that a silent provider exceeds soon. */
  readonly hasty: PaymentGateway;
  /** A payment that nobody has heard of, expiring far from now; `gatewayRef` null; at least 3 minor units. */
  newRequest(): PaymentRef;
  /** Does whatever else a created payment needs to be known to the provider (Alipay: the buyer scans). Absent: nothing. */
  offer?(ref: PaymentRef): Promise<void>;
  /** The buyer pays; the transaction as the adapter tells it, or null where the provider refuses. */
  pay(merchantNo: string, amount?: Money): Promise<string | null>;
  /** Arms a fault; the function it resolves to removes it and lets go what it still holds back. */
  fault(op: SuiteOp | RefundOp, fault: SuiteFault, merchantNo: string): Promise<() => Promise<void>>;
  /** What really happened, from the sandbox's ledger, notifications left out. */
  ledger(merchantNo: string): Promise<string[]>;
  /** Waits until the ledger says exactly that. */
  ledgerBecomes(merchantNo: string, kinds: readonly string[]): Promise<void>;
  /** The refunds that really happened, in order, from the sandbox's ledger. */
  refunds(merchantNo: string): Promise<LedgerRefund[]>;
  /** Creates a payment and has it paid, with a fault on its notification. */
  notified(fault?: SuiteFault): Promise<NotifiedPayment>;
  /** Refunds a paid payment in full, with a fault (`refund_…`) on the refund; left out where refunds aren't notified. */
  notifiedRefund?(fault?: SuiteFault): Promise<NotifiedRefund>;
  /**
   * Versions of a good notification that have to be forged. Left out: bytes changed at the body's beginning, middle and
   * end, and the body without its headers, which suits signatures over the whole body that travel in a header.
   */
  tampered?(good: RawNotification): RawNotification[];
  close(): Promise<void>;
}

/** What providers differ in. `STRICT_TRAITS` is the most that a provider can promise; an adapter states what it lacks. */
export interface GatewayTraits {
  /** Faults that spoil an answer's signature; none where TLS is all there is (Stripe): then clause 2 is empty. */
  readonly answerForgeries: readonly SuiteFault[];
  /** Whether answers carry a signed time (WeChat Pay ±300 s), so that one a little off is still believed. */
  readonly answersAreDated: boolean;
  /** Whether answers name the merchant's app (`wrong_app` on query): false where only the number and the money are told. */
  readonly answersNameTheApp: boolean;
  /** False where a payment exists only after `offer` (Alipay): created and not yet offered, it is absent. */
  readonly createdIsKnown: boolean;
  /**
   * What asking about a number that the provider never saw finds: `absent`, or `created` where the adapter has to repeat
   * the create to learn `gatewayRef` (Stripe): then it is pending, and closed by the close.
   */
  readonly unheard: 'absent' | 'created';
  /** What a create on a paid or closed number comes to: refused as `spent`, or the first answer again (`created`). */
  readonly repeatedCreate: 'spent' | 'created';
  /** True where a 5xx is stored and answered for ever to the same request (Stripe's Idempotency-Key). */
  readonly errorsAreReplayed: boolean;
  /** False where a refused close tells the payment's state itself (Stripe), so that no query follows. */
  readonly refusedCloseAsksQuery: boolean;
  /** Whether the provider tells that a buyer is just paying (`user_paying`). */
  readonly tellsPaying: boolean;
  /** Whether a close may be refused as too early (`early_close_failure`). */
  readonly refusesEarlyClose: boolean;
  /** Whether the query tells how much was refunded; else `refunded` is zero. */
  readonly tellsRefunded: boolean | 'whole';
  /** Ends of a refund that the provider knows, by the sandbox's faults. */
  readonly refundEnds: readonly ('refund_processing' | 'refund_abnormal' | 'refund_closed')[];
  /** Faults that make a notification forged. */
  readonly notificationForgeries: readonly string[];
  /** Whether notifications carry a signed time with a window of ±300 s. */
  readonly notificationsAreDated: boolean;
  /** Whether notifications name the merchant's app (`wrong_app` on notify). */
  readonly notificationsNameTheApp: boolean;
  /** Whether the provider takes a reply for an acknowledgement. */
  acknowledges(reply: NotificationReply): boolean;
}

/** WeChat Pay's, but for `tellsRefunded`. */
export const STRICT_TRAITS: GatewayTraits = {
  answerForgeries: [
    { name: 'bad_signature' },
    { name: 'missing_signature' },
    { name: 'unknown_serial' },
    { name: 'clock_skew', ms: 310_000 },
    { name: 'clock_skew', ms: -310_000 },
  ],
  answersAreDated: true,
  answersNameTheApp: true,
  createdIsKnown: true,
  unheard: 'absent',
  repeatedCreate: 'spent',
  errorsAreReplayed: false,
  refusedCloseAsksQuery: true,
  tellsPaying: true,
  refusesEarlyClose: true,
  tellsRefunded: true,
  refundEnds: ['refund_processing', 'refund_abnormal', 'refund_closed'],
  notificationForgeries: [
    'tampered_cipher',
    'bad_signature',
    'missing_signature',
    'unknown_serial',
    'html_body',
    'truncated_body',
  ],
  notificationsAreDated: true,
  notificationsNameTheApp: true,
  acknowledges: ({ status }) => status === 200 || status === 204,
};

/** What the clauses do with an adapter, over and over. */
export interface Steps {
  ask(gateway: PaymentGateway, op: SuiteOp, ref: PaymentRef): Promise<{ readonly t: string }>;
  /** A number in the state in which the operation does something. */
  ready(op: SuiteOp): Promise<PaymentRef>;
  /** A payment on offer, with its `gatewayRef` where there is one. */
  offered(): Promise<PaymentRef>;
  /** A payment on offer that the buyer paid, and a request to refund all of it. */
  refundable(): Promise<{ readonly ref: PaymentRef; readonly request: RefundRequest }>;
  readonly healthy: Readonly<Record<SuiteOp, string>>;
}

/** All that a clause needs. `under` answers the adapter, which exists only once the tests run. */
export interface Clause {
  readonly under: () => GatewayUnderTest;
  readonly steps: Steps;
  readonly traits: GatewayTraits;
}

/** Proved by whichever: the contract leaves it to the provider. */
export const CLOSED = { t: 'closed', proof: expect.stringMatching(/^(ack|query)$/) as string };
