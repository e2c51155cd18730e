import { createPaymentActivities } from './payment';
import { type ActivityPorts } from './ports';
import { createRefundActivities } from './refund';
import { createStockActivities } from './stock';

export type { ActivityPorts } from './ports';
export type { AttemptToOffer, ClosingAnswer, PaidAttempt } from './payment';
export type { RefundAnswer } from './refund';
export type { EndStatus, HeldOrder } from './stock';

/** Every activity, bound to its ports. */
export function createOrderActivities(ports: ActivityPorts) {
  return { ...createStockActivities(ports), ...createPaymentActivities(ports), ...createRefundActivities(ports) };
}

export type OrderActivities = ReturnType<typeof createOrderActivities>;
