import { type Clause, CLOSED } from './gateway-under-test';

/** Clause 3. */
export function clausePaid({ under, steps, traits }: Clause): void {
  describe('3. paid has been checked', () => {
    test('a payment is found by query and by close, with transaction, amount and time', async () => {
      const t = under();
      const ref = await steps.offered();
      const transactionId = await t.pay(ref.merchantNo);
      const paid = { transactionId, amount: ref.amount, paidAt: expect.stringMatching(/^\d{4}-.*Z$/) };
      const refunded = { minor: 0, currency: ref.amount.currency };
      expect(await t.gateway.query(ref)).toEqual({ t: 'paid', paid, refunded });
      expect(await t.gateway.close(ref)).toMatchObject({ t: 'paid', paid });
      expect(await t.gateway.createPayment(ref)).toMatchObject({ t: traits.repeatedCreate });
      expect(await t.ledger(ref.merchantNo)).toEqual(['created', 'paid']);
    });

    test('another amount than the attempt asked for is rejected, by query and by close', async () => {
      const t = under();
      const ref = await steps.offered();
      await t.pay(ref.merchantNo, { ...ref.amount, minor: ref.amount.minor - 1 });
      const rejected = { t: 'rejected', code: 'AMOUNT_MISMATCH' };
      expect(await t.gateway.query(ref)).toEqual(rejected);
      expect(await t.gateway.close(ref)).toEqual(rejected);
    });

    test('an answer that tells another amount is rejected', async () => {
      const t = under();
      const ref = await steps.offered();
      await t.pay(ref.merchantNo);
      await t.fault('query', { name: 'wrong_amount' }, ref.merchantNo);
      expect(await t.gateway.query(ref)).toEqual({ t: 'rejected', code: 'AMOUNT_MISMATCH' });
    });

    if (!traits.answersNameTheApp) return;
    test('an answer that tells another app is rejected', async () => {
      const t = under();
      const ref = await steps.offered();
      await t.pay(ref.merchantNo);
      await t.fault('query', { name: 'wrong_app' }, ref.merchantNo);
      expect(await t.gateway.query(ref)).toEqual({ t: 'rejected', code: 'MERCHANT_MISMATCH' });
    });
  });
}

/** Clause 4. */
export function clauseClosed(clause: Clause): void {
  describe('4. closed is said on proof only', () => {
    acknowledged(clause);
    refused(clause);
    notYet(clause);
    lost(clause);
  });
}

function acknowledged({ under, steps, traits }: Clause): void {
  test('a close is acknowledged; afterwards nobody can pay, and the number is spent', async () => {
    const t = under();
    const ref = await steps.offered();
    expect(await t.gateway.close(ref)).toEqual({ t: 'closed', proof: 'ack' });
    expect(await t.pay(ref.merchantNo)).toBeNull();
    expect(await t.gateway.query(ref)).toEqual({ t: 'closedUnpaid' });
    expect(await t.gateway.createPayment(ref)).toMatchObject({ t: traits.repeatedCreate });
    // Whatever a repeated create answers, it revives nothing.
    expect(await t.pay(ref.merchantNo)).toBeNull();
  });

  test('a second close is proved as well, and changes nothing', async () => {
    const t = under();
    const ref = await steps.offered();
    await t.gateway.close(ref);
    expect(await t.gateway.close(ref)).toEqual(CLOSED);
    expect(await t.ledger(ref.merchantNo)).toEqual(['created', 'closed']);
  });
}

function refused({ under, steps, traits }: Clause): void {
  test('a payment that arrives with the close wins', async () => {
    const t = under();
    const ref = await steps.offered();
    await t.fault('close', { name: 'pay_before_close' }, ref.merchantNo);
    expect(await t.gateway.close(ref)).toMatchObject({ t: 'paid', paid: { amount: ref.amount } });
    expect(await t.ledger(ref.merchantNo)).toEqual(['created', 'paid']);
  });

  test('a stale "not paid" behind a refused close is no proof', async () => {
    const t = under();
    const ref = await steps.offered();
    await t.pay(ref.merchantNo);
    await t.fault('query', { name: 'stale_query' }, ref.merchantNo);
    const outcome = await t.gateway.close(ref);
    expect(outcome).toMatchObject({ t: traits.refusedCloseAsksQuery ? 'unknown' : 'paid' });
    expect(await t.gateway.close(ref)).toMatchObject({ t: 'paid' });
  });

  if (!traits.refusedCloseAsksQuery) return;
  test('a refused close whose query fails is as unknown as the query', async () => {
    const t = under();
    const ref = await steps.offered();
    await t.gateway.close(ref);
    await t.fault('query', { name: 'error_500_before' }, ref.merchantNo);
    expect(await t.gateway.close(ref)).toMatchObject({ t: 'unknown', cause: '5xx' });
  });
}

function notYet({ under, steps, traits }: Clause): void {
  if (traits.tellsPaying) {
    test('while the buyer is paying, nothing is closed', async () => {
      const t = under();
      const ref = await steps.offered();
      // Twice: a refused close may ask as well. What is left over concerns nobody else.
      await t.fault('query', { name: 'user_paying', times: 2 }, ref.merchantNo);
      await t.fault('close', { name: 'user_paying' }, ref.merchantNo);
      expect(await t.gateway.close(ref)).toEqual({ t: 'paying', retryAfterMs: expect.any(Number) });
      expect(await t.gateway.query(ref)).toEqual({ t: 'paying' });
      expect(await t.ledger(ref.merchantNo)).toEqual(['created']);
    });
  }

  if (traits.refusesEarlyClose) {
    test('a close refused as too early is unknown, and done later', async () => {
      const t = under();
      const ref = await steps.offered();
      await t.fault('close', { name: 'early_close_failure' }, ref.merchantNo);
      expect(await t.gateway.close(ref)).toMatchObject({ t: 'unknown' });
      expect(await t.ledger(ref.merchantNo)).toEqual(['created']);
      expect(await t.gateway.close(ref)).toEqual({ t: 'closed', proof: 'ack' });
    });
  }
}

function lost({ under, steps, traits }: Clause): void {
  const signed = traits.answerForgeries.length > 0;
  test.each(['error_500_after', 'html_body', 'truncated_body', ...(signed ? ['bad_signature'] : [])])(
    'a close whose acknowledgement meets %s is proved by the next one',
    async (name) => {
      const t = under();
      const ref = await steps.offered();
      await t.fault('close', { name }, ref.merchantNo);
      expect(await t.gateway.close(ref)).toMatchObject({ t: 'unknown' });
      expect(await t.gateway.close(ref)).toEqual(CLOSED);
      expect(await t.ledger(ref.merchantNo)).toEqual(['created', 'closed']);
    },
  );
}
