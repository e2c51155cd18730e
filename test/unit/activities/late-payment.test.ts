import { createOrderActivities } from '../../../activities';
import { type LateDecision } from '../../../src/ports/refund-store';
import { fakePorts } from './support/activity-fakes';

describe('settleLatePayment', () => {
  test.each(['refund', 'revive'] as const)(
    "asks for the decision by the shop's policy, %s",
    async (latePaymentPolicy) => {
      const decision: LateDecision = { t: 'refund', refundId: 'ref_01J9ZZZZZZ0123456789ABCDEF', gateway: 'wechat' };
      const asked: unknown[] = [];
      const { ports } = fakePorts({
        latePaymentPolicy,
        refunds: {
          settleLate: (...request) => {
            asked.push(request);
            return Promise.resolve(decision);
          },
        },
      });
      const { settleLatePayment } = createOrderActivities(ports);
      await expect(settleLatePayment({ inboxId: 'evt_1' })).resolves.toEqual(decision);
      expect(asked).toEqual([['evt_1', latePaymentPolicy]]);
    },
  );
});
