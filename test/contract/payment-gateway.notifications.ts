import { type GatewayUnderTest, type SuiteFault } from './gateway-under-test';

/** What `parseNotification` and `notificationReply` promise. */
export function clauseNotifications(under: () => GatewayUnderTest): void {
  describe('notifications', () => {
    async function told(t: GatewayUnderTest, fault?: SuiteFault) {
      const payment = await t.notified(fault);
      const raw = await payment.delivery(1);
      return { payment, raw, notification: t.gateway.parseNotification(raw) };
    }

    test('a payment is told with its number, transaction, amount and time', async () => {
      const { payment, notification } = await told(under());
      expect(notification).toEqual({
        t: 'paid',
        eventId: expect.stringMatching(/./),
        merchantNo: payment.merchantNo,
        paid: {
          transactionId: payment.transactionId,
          amount: payment.amount,
          paidAt: expect.stringMatching(/^\d{4}-.*Z$/),
        },
      });
    });

    test('two deliveries of one event say the same, its id included', async () => {
      const t = under();
      const { payment, notification } = await told(t, { name: 'duplicate' });
      expect(notification.t).toBe('paid');
      expect(t.gateway.parseNotification(await payment.delivery(2))).toEqual(notification);
    });

    test.each([
      'tampered_cipher',
      'bad_signature',
      'missing_signature',
      'unknown_serial',
      'html_body',
      'truncated_body',
    ])('%s is forged', async (name) =>
      expect((await told(under(), { name })).notification).toMatchObject({ t: 'forged' }),
    );

    test.each([
      [299_000, 'paid'],
      [-299_000, 'paid'],
      [301_000, 'forged'],
      [-301_000, 'forged'],
    ])('a timestamp %d ms off is %s', async (ms, t) =>
      expect((await told(under(), { name: 'clock_skew', ms })).notification).toMatchObject({ t }),
    );

    test('any byte changed on the way makes it forged', async () => {
      const t = under();
      const { raw } = await told(t);
      for (const at of [0, Math.floor(raw.body.length / 2), raw.body.length - 1]) {
        const body = Buffer.from(raw.body);
        body[at] = (body[at] ?? 0) ^ 1;
        expect(t.gateway.parseNotification({ ...raw, body })).toMatchObject({ t: 'forged' });
      }
      expect(t.gateway.parseNotification({ headers: {}, body: raw.body })).toMatchObject({ t: 'forged' });
    });

    test("a wrong amount is told as it stands, for the caller to hold against the order's; the query tells the truth", async () => {
      const t = under();
      const { payment, notification } = await told(t, { name: 'wrong_amount' });
      expect(notification).toMatchObject({ t: 'paid', merchantNo: payment.merchantNo });
      expect(notification).not.toMatchObject({ paid: { amount: payment.amount } });
      const ref = { merchantNo: payment.merchantNo, amount: payment.amount, expiresAt: '2099-01-01T00:00:00.000Z' };
      expect(await t.gateway.query(ref)).toMatchObject({ t: 'paid', paid: { amount: payment.amount } });
    });

    test("another app's payment is ignored, with the reason", async () => {
      const { notification } = await told(under(), { name: 'wrong_app' });
      expect(notification).toEqual({
        t: 'ignored',
        eventId: expect.stringMatching(/./),
        why: expect.stringMatching(/app/),
      });
    });

    test('good, forged and unprocessed notifications are answered apart', async () => {
      const { gateway } = under();
      const { notification } = await told(under(), { name: 'bad_signature' });
      if (notification.t !== 'forged') throw new Error('expected a forged notification');
      const statuses = [
        gateway.notificationReply(true),
        gateway.notificationReply(false, notification.why),
        gateway.notificationReply(false),
      ].map((reply) => reply.status);
      expect(statuses).toEqual([200, 401, 500]);
    });
  });
}
