import { type GatewayTraits, type GatewayUnderTest, type Steps } from './gateway-under-test';

/** Clause 3. */
export function clausePaid(under: () => GatewayUnderTest, offered: Steps['offered']): void {
  describe('3. paid has been checked', () => {
    test('a payment is found by query and by close, with transaction, amount and time', async () => {
      const t = under();
      const request = await offered();
      const transactionId = await t.pay(request.merchantNo);
      const found = {
        t: 'paid',
        paid: { transactionId, amount: request.amount, paidAt: expect.stringMatching(/^\d{4}-.*Z$/) },
      };
      expect(await t.gateway.query(request)).toEqual(found);
      expect(await t.gateway.close(request)).toEqual(found);
      expect(await t.gateway.createPayment(request)).toMatchObject({ t: 'spent' });
    });

    test('another amount than the attempt asked for is rejected, by query and by close', async () => {
      const t = under();
      const request = await offered();
      await t.pay(request.merchantNo, { ...request.amount, minor: request.amount.minor - 1 });
      const rejected = { t: 'rejected', code: 'AMOUNT_MISMATCH' };
      expect(await t.gateway.query(request)).toEqual(rejected);
      expect(await t.gateway.close(request)).toEqual(rejected);
    });

    test('an answer that tells another amount or another app is rejected', async () => {
      const t = under();
      const request = await offered();
      await t.pay(request.merchantNo);
      await t.fault('query', { name: 'wrong_amount' }, request.merchantNo);
      expect(await t.gateway.query(request)).toEqual({ t: 'rejected', code: 'AMOUNT_MISMATCH' });
      await t.fault('query', { name: 'wrong_app' }, request.merchantNo);
      expect(await t.gateway.query(request)).toEqual({ t: 'rejected', code: 'MERCHANT_MISMATCH' });
    });
  });
}

/** Clause 4. */
export function clauseClosed(under: () => GatewayUnderTest, offered: Steps['offered'], traits: GatewayTraits): void {
  describe('4. closed is said on proof only', () => {
    test('a close is acknowledged; afterwards nobody can pay, and the number is spent', async () => {
      const t = under();
      const request = await offered();
      expect(await t.gateway.close(request)).toEqual({ t: 'closed', proof: 'ack' });
      expect(await t.pay(request.merchantNo)).toBeNull();
      expect(await t.gateway.query(request)).toEqual({ t: 'closedUnpaid' });
      expect(await t.gateway.createPayment(request)).toMatchObject({ t: 'spent' });
    });

    test('a second close is proved by the query', async () => {
      const t = under();
      const request = await offered();
      await t.gateway.close(request);
      expect(await t.gateway.close(request)).toEqual({ t: 'closed', proof: 'query' });
      expect(await t.ledger(request.merchantNo)).toEqual(['created', 'closed']);
    });

    test('a payment that arrives with the close wins', async () => {
      const t = under();
      const request = await offered();
      await t.fault('close', { name: 'pay_before_close' }, request.merchantNo);
      expect(await t.gateway.close(request)).toMatchObject({ t: 'paid', paid: { amount: request.amount } });
      expect(await t.ledger(request.merchantNo)).toEqual(['created', 'paid']);
    });

    test('a stale "not paid" behind a refused close is no proof', async () => {
      const t = under();
      const request = await offered();
      await t.pay(request.merchantNo);
      await t.fault('query', { name: 'stale_query' }, request.merchantNo);
      expect(await t.gateway.close(request)).toMatchObject({ t: 'unknown' });
      expect(await t.gateway.close(request)).toMatchObject({ t: 'paid' });
    });

    test('a refused close whose query fails is as unknown as the query', async () => {
      const t = under();
      const request = await offered();
      await t.gateway.close(request);
      await t.fault('query', { name: 'error_500_before' }, request.merchantNo);
      expect(await t.gateway.close(request)).toMatchObject({ t: 'unknown', cause: '5xx' });
    });

    test('while the buyer is paying, nothing is closed', async () => {
      const t = under();
      const request = await offered();
      await t.fault('close', { name: 'user_paying' }, request.merchantNo);
      await t.fault('query', { name: 'user_paying' }, request.merchantNo);
      expect(await t.gateway.close(request)).toEqual({ t: 'paying', retryAfterMs: expect.any(Number) });
      expect(await t.gateway.query(request)).toEqual({ t: 'paying' });
      expect(await t.ledger(request.merchantNo)).toEqual(['created']);
    });

    test('a close refused as too early is unknown, and done later', async () => {
      const t = under();
      const request = await offered();
      await t.fault('close', { name: 'early_close_failure' }, request.merchantNo);
      expect(await t.gateway.close(request)).toMatchObject({ t: 'unknown' });
      expect(await t.ledger(request.merchantNo)).toEqual(['created']);
      expect(await t.gateway.close(request)).toEqual({ t: 'closed', proof: 'ack' });
    });

    test('a close whose acknowledgement is lost, spoilt or forged is proved by the next one', async () => {
      const t = under();
      const spoilers = [
        'error_500_after',
        'html_body',
        'truncated_body',
        ...(traits.answersAreSigned ? ['bad_signature'] : []),
      ];
      for (const name of spoilers) {
        const request = await offered();
        await t.fault('close', { name }, request.merchantNo);
        expect(await t.gateway.close(request)).toMatchObject({ t: 'unknown' });
        expect(await t.gateway.close(request)).toEqual({ t: 'closed', proof: 'query' });
        expect(await t.ledger(request.merchantNo)).toEqual(['created', 'closed']);
      }
    });
  });
}
