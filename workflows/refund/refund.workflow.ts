import { CancellationScope, continueAsNew } from '@temporalio/workflow';
import { type RefundInput, type RefundResult } from './contract';
import { settleRefund } from './settle-refund';

/** One refund, from its request to the money being on its way. It is never given up, nor torn by a cancellation. */
export async function refundWorkflow(input: RefundInput): Promise<RefundResult> {
  await CancellationScope.nonCancellable(() =>
    settleRefund(input, (asked) => continueAsNew<typeof refundWorkflow>({ ...input, asked })),
  );
  return { refundId: input.refundId, status: 'succeeded' };
}
