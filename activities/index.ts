import { createOffers } from './offers';
import { createPaymentActivities } from './payment';
import { type ActivityPorts } from './ports';
import { createRefundActivities } from './refund';
import { createStockActivities } from './stock';

export type { ActivityPorts } from './ports';
export { createOutageActivities } from './outage';
export type { OutageActivities, OutagePorts } from './outage';
export { createReconcileActivities } from './reconcile';
export type { ReconcileActivities, ReconcilePorts } from './reconcile';
export type { PaidAttempt } from './attempt';
export type { AttemptToOffer, ClosingAnswer, PaymentStanding } from './payment';
export type { RefundAnswer } from './refund';
export type { EndStatus, HeldOrder } from './stock';

/** Every activity, bound to its ports. */
export function createOrderActivities(ports: ActivityPorts) {
  const offers = createOffers(ports);
  return {
    ...createStockActivities(ports, offers),
    ...createPaymentActivities(ports, offers),
    ...createRefundActivities(ports),
  };
}

export type OrderActivities = ReturnType<typeof createOrderActivities>;
