import { createPaymentActivities } from './payment';
import { type ActivityPorts } from './ports';
import { createStockActivities } from './stock';

export type { ActivityPorts } from './ports';
export type { ClosingAnswer } from './payment';
export type { EndStatus, HeldOrder } from './stock';

/** Every activity of the order workflow, bound to its ports. */
export function createOrderActivities(ports: ActivityPorts) {
  return { ...createStockActivities(ports), ...createPaymentActivities(ports) };
}

export type OrderActivities = ReturnType<typeof createOrderActivities>;
