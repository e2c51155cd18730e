import { type PaymentWindowBounds } from '../src/domain/draft';
import { type LatePaymentPolicy } from '../src/domain/refund';
import { type Alert } from '../src/ports/alert';
import { type Clock } from '../src/ports/clock';
import { type OrderStore } from '../src/ports/order-store';
import { type Gateways } from '../src/ports/payment-gateway';
import { type RefundStore } from '../src/ports/refund-store';
import { type WebhookInbox } from '../src/ports/webhook-inbox';

/** What the activities work with; composed in src/main. */
export interface ActivityPorts {
  readonly orders: OrderStore;
  readonly inbox: WebhookInbox;
  readonly refunds: RefundStore;
  readonly latePaymentPolicy: LatePaymentPolicy;
  readonly gateways: Gateways;
  readonly paymentWindow: PaymentWindowBounds;
  /** How long an order may be `closing` before a person is told. */
  readonly escalateAfterMs: number;
  readonly now: Clock;
  readonly alert: Alert;
}
