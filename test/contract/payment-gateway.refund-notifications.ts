import { type Clause } from './gateway-under-test';

/** What `parseNotification` promises of refunds; empty where the provider doesn't notify them. */
export function clauseRefundNotifications({ under, traits }: Clause): void {
  describe('notifications of refunds', () => {
    const ends = [
      [null, { t: 'succeeded', refundId: expect.stringMatching(/./) }],
      ['refund_abnormal', { t: 'failed', code: expect.stringMatching(/./), next: 'manual' }],
      ['refund_closed', { t: 'failed', code: expect.stringMatching(/./), next: 'newNumber' }],
    ] as const;
    test.each(ends.filter(([fault]) => fault === null || traits.refundEnds.includes(fault)))(
      'the end of a refund (%s) is told with its numbers, and agrees with the query',
      async (fault, outcome) => {
        const t = under();
        if (!t.notifiedRefund) return;
        const { request, delivery } = await t.notifiedRefund(fault === null ? undefined : { name: fault, ms: 1 });
        const raw = await delivery(1);
        const { merchantNo, refundNo } = request;
        const notification = t.gateway.parseNotification(raw);
        expect(notification).toEqual({
          t: 'refund',
          eventId: expect.stringMatching(/./),
          merchantNo,
          refundNo,
          outcome,
        });
        expect(await t.gateway.queryRefund(request)).toEqual(outcome);
        for (const bad of t.tampered?.(raw) ?? [{ ...raw, body: Buffer.concat([raw.body, Buffer.from(' ')]) }]) {
          expect(t.gateway.parseNotification(bad)).toMatchObject({ t: 'forged' });
        }
      },
    );
  });
}
