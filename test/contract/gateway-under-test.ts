import { type Money } from '../../src/domain/money';
import { type CreatePaymentRequest, type PaymentGateway, type RawNotification } from '../../src/ports/payment-gateway';

export type SuiteOp = 'create' | 'query' | 'close';

/** A fault of the sandbox, as its control API names it. */
export interface SuiteFault {
  readonly name: string;
  readonly ms?: number;
  readonly times?: number;
}

/** A payment that the buyer made, and the notifications that came of it, in the order of their arrival. */
export interface NotifiedPayment {
  readonly merchantNo: string;
  readonly amount: Money;
  readonly transactionId: string;
  /** The n-th delivery, from 1, as soon as it is there. */
  delivery(nth: number): Promise<RawNotification>;
}

/** An adapter against a sandbox of its own. Faults hit the given number only, so tests share the sandbox. */
export interface GatewayUnderTest {
  readonly gateway: PaymentGateway;
  /** The same, with a time limit that a silent provider exceeds soon. */
  readonly hasty: PaymentGateway;
  /** A payment that nobody has heard of, expiring far from now. */
  newRequest(): CreatePaymentRequest;
  /** The buyer pays; the transaction, or null where the provider refuses. */
  pay(merchantNo: string, amount?: Money): Promise<string | null>;
  fault(op: SuiteOp, fault: SuiteFault, merchantNo: string): Promise<void>;
  /** What really happened, from the sandbox's ledger, notifications left out. */
  ledger(merchantNo: string): Promise<string[]>;
  /** Waits until the ledger says exactly that. */
  ledgerBecomes(merchantNo: string, kinds: readonly string[]): Promise<void>;
  /** Creates a payment and has it paid, with a fault on its notification. */
  notified(fault?: SuiteFault): Promise<NotifiedPayment>;
  close(): Promise<void>;
}

/** What providers differ in. */
export interface GatewayTraits {
  /** Whether answers carry a signature (WeChat Pay, Alipay), or TLS is all there is (Stripe): then clause 2 is empty. */
  readonly answersAreSigned: boolean;
}

/** What the clauses do with an adapter, over and over. */
export interface Steps {
  ask(gateway: PaymentGateway, op: SuiteOp, request: CreatePaymentRequest): Promise<{ readonly t: string }>;
  ready(op: SuiteOp): Promise<CreatePaymentRequest>;
  offered(): Promise<CreatePaymentRequest>;
  readonly healthy: Readonly<Record<SuiteOp, string>>;
}
