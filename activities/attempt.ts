import { type Paid } from '../src/domain/payment';

/** One attempt of an order. */
export interface AttemptCommand {
  readonly orderId: string;
  readonly paymentId: string;
}

/** An attempt and the payment that the gateway vouches for. */
export interface PaidAttempt {
  readonly paymentId: string;
  readonly paid: Paid;
}
