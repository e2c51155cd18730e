import { type Alert } from '../../src/ports/alert';
import { type EventFeed } from '../../src/ports/event-feed';
import { type Logger } from '../../src/ports/logger';
import { type OrderProcess } from '../../src/ports/order-process';
import { type OrderStore } from '../../src/ports/order-store';
import { type Gateways } from '../../src/ports/payment-gateway';
import { type PointsPayments } from '../../src/ports/points-store';
import { type ProcessStanding } from '../../src/ports/process-standing';
import { type ReconcileReads } from '../../src/ports/reconcile-reads';
import { type ReconcileBooks } from '../../src/ports/reconciliation';
import { type SkuCache, type SkuReader } from '../../src/ports/sku-cache';
import { type WebhookInbox } from '../../src/ports/webhook-inbox';

export interface ReconcileSettings {
  /** Between the two looks that anything is seen by before it is acted on. */
  readonly secondLookMs: number;
  /** A workflow whose order was settled this long ago, and which began at least as long ago, has outlived it. */
  readonly outlivedMs: number;
  readonly retentionDays: number;
}

/** What reconciliation works with: of each port what it uses. */
export interface ReconcilePorts {
  readonly reads: ReconcileReads;
  readonly books: ReconcileBooks;
  readonly processes: ProcessStanding;
  readonly process: Pick<OrderProcess, 'refundChanged'>;
  readonly orders: Pick<OrderStore, 'find' | 'findPayment'>;
  readonly inbox: Pick<WebhookInbox, 'store'>;
  readonly points: Pick<PointsPayments, 'close'>;
  readonly events: Pick<EventFeed, 'sequence'>;
  readonly skus: SkuReader;
  /** Null where there is no cache. */
  readonly cache: SkuCache | null;
  readonly gateways: Gateways;
  readonly settings: ReconcileSettings;
  readonly alert: Alert;
  readonly log: Logger;
}
