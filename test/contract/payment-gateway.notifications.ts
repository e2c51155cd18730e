import { type RawNotification } from '../../src/ports/payment-gateway';
import { type Clause, type GatewayUnderTest, type SuiteFault } from './gateway-under-test';

/** Bytes changed at the body's beginning, middle and end, and the body without its headers. */
function tamperedAnywhere(raw: RawNotification): RawNotification[] {
  const positions = [0, Math.floor(raw.body.length / 2), raw.body.length - 1];
  const changed = positions.map((at) => {
    const body = Buffer.from(raw.body);
    body[at] = (body[at] ?? 0) ^ 1;
    return { ...raw, body };
  });
  return [...changed, { headers: {}, body: raw.body }];
}

async function told(t: GatewayUnderTest, fault?: SuiteFault) {
  const payment = await t.notified(fault);
  const raw = await payment.delivery(1);
  return { payment, raw, notification: t.gateway.parseNotification(raw) };
}

/** What `parseNotification` and `notificationReply` promise of payments. */
export function clauseNotifications(clause: Clause): void {
  describe('notifications', () => {
    good(clause);
    bad(clause);
    meaning(clause);
  });
}

function good({ under }: Clause): void {
  test('a payment is told with its number, transaction, amount and time', async () => {
    const { payment, notification } = await told(under());
    expect(notification).toEqual({
      t: 'paid',
      eventId: expect.stringMatching(/./),
      merchantNo: payment.ref.merchantNo,
      paid: {
        transactionId: payment.transactionId,
        amount: payment.ref.amount,
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
}

function bad({ under, traits }: Clause): void {
  test.each(traits.notificationForgeries)('%s is forged', async (name) =>
    expect((await told(under(), { name })).notification).toMatchObject({ t: 'forged' }),
  );

  if (traits.notificationsAreDated) {
    test.each([
      [290_000, 'paid'],
      [-290_000, 'paid'],
      [310_000, 'forged'],
      [-310_000, 'forged'],
    ])('a timestamp %d ms off is %s', async (ms, t) =>
      expect((await told(under(), { name: 'clock_skew', ms })).notification).toMatchObject({ t }),
    );
  }

  test('whatever is changed on the way makes it forged', async () => {
    const t = under();
    const { raw, notification } = await told(t);
    expect(notification.t).toBe('paid');
    const versions = t.tampered?.(raw) ?? tamperedAnywhere(raw);
    expect(versions.length).toBeGreaterThan(0);
    for (const version of versions) expect(t.gateway.parseNotification(version)).toMatchObject({ t: 'forged' });
  });

  test('good, forged and unprocessed notifications are answered apart', async () => {
    const { gateway } = under();
    const { notification } = await told(under(), { name: 'bad_signature' });
    if (notification.t !== 'forged') throw new Error('expected a forged notification');
    const replies = [
      gateway.notificationReply(true),
      gateway.notificationReply(false, notification.why),
      gateway.notificationReply(false),
    ];
    expect(replies.map((reply) => traits.acknowledges(reply))).toEqual([true, false, false]);
  });
}

function meaning({ under, traits }: Clause): void {
  test("a wrong amount is told as it stands, for the caller to hold against the order's; the query tells the truth", async () => {
    const t = under();
    const { payment, notification } = await told(t, { name: 'wrong_amount' });
    expect(notification).toMatchObject({ t: 'paid', merchantNo: payment.ref.merchantNo });
    expect(notification).not.toMatchObject({ paid: { amount: payment.ref.amount } });
    expect(await t.gateway.query(payment.ref)).toMatchObject({ t: 'paid', paid: { amount: payment.ref.amount } });
  });

  if (!traits.notificationsNameTheApp) return;
  test("another app's payment is ignored, with the reason", async () => {
    const { notification } = await told(under(), { name: 'wrong_app' });
    expect(notification).toEqual({
      t: 'ignored',
      eventId: expect.stringMatching(/./),
      why: expect.stringMatching(/app/),
    });
  });
}
