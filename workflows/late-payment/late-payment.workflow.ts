import { CancellationScope, continueAsNew } from '@temporalio/workflow';
import { keepBooks } from '../order/policies';
import { settleRefund } from '../refund/settle-refund';
import { type LatePaymentInput, type LatePaymentResult } from './contract';

/** Money without an order to pay: by the shop's policy it revives the order, or it goes back in full, exactly once. */
export function latePaymentWorkflow(input: LatePaymentInput): Promise<LatePaymentResult> {
  const { inboxId } = input;
  return CancellationScope.nonCancellable(async () => {
    const decision = await keepBooks('settleLatePayment', 'decide what becomes of it', { inboxId });
    if (decision.t !== 'refund') return { end: decision.t };
    await settleRefund({ ...decision, asked: input.asked }, (asked) =>
      continueAsNew<typeof latePaymentWorkflow>({ inboxId, asked }),
    );
    return { end: 'refunded' };
  });
}
