import { condition, defineSignal, proxyLocalActivities, setHandler } from '@temporalio/workflow';

export interface BareActivities {
  confirm(orderId: string): Promise<void>;
  release(orderId: string): Promise<void>;
}

const { confirm, release } = proxyLocalActivities<BareActivities>({ startToCloseTimeout: '5s' });

export const paid = defineSignal('paid');

/** Held already: wait for the payment, then settle. No gateway is asked, so nothing proves that a released order can't be paid. */
export async function bareOrder(orderId: string): Promise<void> {
  let isPaid = false;
  setHandler(paid, () => {
    isPaid = true;
  });
  await ((await condition(() => isPaid, '30m')) ? confirm(orderId) : release(orderId));
}
