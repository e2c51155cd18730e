import { type AlipayAnswer, TestAlipayClient } from './support/alipay-client';
import { until } from './support/poll';
import { newNo, TestSandbox } from './support/sandbox';

let sandbox: TestSandbox;
let client: TestAlipayClient;
beforeAll(async () => {
  sandbox = await TestSandbox.start();
  client = await TestAlipayClient.of(sandbox.url);
});
afterAll(() => sandbox.close());

async function opened(): Promise<string> {
  const no = newNo();
  await client.precreate(no);
  await sandbox.control('POST', `/payments/${no}/scan`);
  return no;
}
async function closeUnder(fault: string, more: Record<string, unknown> = {}): Promise<[string, AlipayAnswer]> {
  const no = await opened();
  await sandbox.fault('close', fault, no, more);
  return [no, await client.close(no)];
}

describe('transport', () => {
  test.each([
    ['error_500_before', 500, '20000', ['created']],
    ['error_500_after', 500, '20000', ['created', 'closed']],
    ['throttled_429', 429, '40005', ['created']],
  ])('%s answers %d, signed', async (fault, status, code, kinds) => {
    const [no, answer] = await closeUnder(fault);
    expect(answer).toMatchObject({ status, verified: true, body: { code } });
    expect(await sandbox.kinds(no)).toEqual(kinds);
  });

  test.each(['drop_before_effect', 'reset'])('%s: no answer, no effect', async (fault) => {
    const no = await opened();
    await sandbox.fault('close', fault, no);
    await expect(client.close(no)).rejects.toThrow();
    expect(await sandbox.kinds(no)).toEqual(['created']);
  });

  test('timeout_after_effect: no answer, but the effect', async () => {
    const no = await opened();
    await sandbox.fault('close', 'timeout_after_effect', no);
    const impatient = new AbortController();
    const answer = client.close(no, { signal: impatient.signal });
    const given = expect(answer).rejects.toThrow();
    await until('the close took effect', async () => (await sandbox.kinds(no)).includes('closed'));
    impatient.abort();
    await given;
  });

  test('delayed_effect: an error now, the effect when released', async () => {
    const no = await opened();
    const fault = await sandbox.fault('close', 'delayed_effect', no, { ms: 600_000 });
    expect((await client.close(no)).body.code).toBe('20000');
    expect(await sandbox.kinds(no)).toEqual(['created']);
    await sandbox.release(fault);
    expect(await sandbox.kinds(no)).toEqual(['created', 'closed']);
  });

  test.each(['html_body', 'truncated_body'])('%s keeps the effect and spoils the body', async (fault) => {
    const [no, answer] = await closeUnder(fault);
    expect(answer).toMatchObject({ status: 200, key: '', verified: false });
    expect(await sandbox.kinds(no)).toEqual(['created', 'closed']);
  });

  test.each(['bad_signature', 'missing_signature', 'unknown_serial'])('%s keeps effect and words', async (fault) => {
    const [no, answer] = await closeUnder(fault);
    expect(answer).toMatchObject({ status: 200, body: { code: '10000' }, verified: false });
    expect(await sandbox.kinds(no)).toEqual(['created', 'closed']);
  });

  test('refusals lose their signature as well', async () => {
    const no = newNo();
    await sandbox.fault('close', 'bad_signature', no);
    expect(await client.close(no)).toMatchObject({ body: { sub_code: 'ACQ.TRADE_NOT_EXIST' }, verified: false });
  });
});

describe('meaning', () => {
  test('stale_query: waiting although paid', async () => {
    const no = await opened();
    await sandbox.pay(no);
    await sandbox.fault('query', 'stale_query', no);
    const stale = (await client.query(no)).body;
    expect(stale).toMatchObject({ trade_status: 'WAIT_BUYER_PAY' });
    expect(stale).not.toHaveProperty('send_pay_date');
    expect((await client.query(no)).body.trade_status).toBe('TRADE_SUCCESS');
  });

  test('user_paying: the buyer has scanned; the query waits, the close is refused without effect', async () => {
    const no = newNo();
    await client.precreate(no);
    await sandbox.fault('query', 'user_paying', no);
    await sandbox.fault('close', 'user_paying', no);
    expect((await client.query(no)).body.trade_status).toBe('WAIT_BUYER_PAY');
    expect((await client.close(no)).body.sub_code).toBe('ACQ.TRADE_STATUS_ERROR');
    expect((await client.close(no)).body.code).toBe('10000');
  });

  test('pay_before_close: the payment wins, scanned before or not', async () => {
    const unscanned = newNo();
    await client.precreate(unscanned);
    for (const no of [unscanned, await opened()]) {
      await sandbox.fault('close', 'pay_before_close', no);
      expect((await client.close(no)).body.sub_code).toBe('ACQ.TRADE_STATUS_ERROR');
      expect(await sandbox.kinds(no)).toEqual(['created', 'paid']);
    }
  });

  test('early_close_failure: refused without effect', async () => {
    const [no, answer] = await closeUnder('early_close_failure');
    expect(answer.body.sub_code).toBe('ACQ.REASON_ILLEGAL_STATUS');
    expect(await sandbox.kinds(no)).toEqual(['created']);
  });

  test('broken_close: acknowledged, and yet payable', async () => {
    const [no, answer] = await closeUnder('broken_close');
    expect(answer).toMatchObject({ verified: true, body: { code: '10000', out_trade_no: no } });
    expect((await sandbox.pay(no)).body).toMatchObject({ accepted: true });
    expect(await sandbox.kinds(no)).toEqual(['created', 'paid']);
  });

  test('wrong_amount and wrong_app on a query are signed and false', async () => {
    const no = await opened();
    await sandbox.pay(no);
    await sandbox.fault('query', 'wrong_amount', no);
    expect(await client.query(no)).toMatchObject({ verified: true, body: { total_amount: '20.00' } });
    await sandbox.fault('query', 'wrong_app', no);
    expect((await client.query(no)).body['seller_id']).not.toBe(client.credentials.sellerId);
    expect((await client.query(no)).body).not.toHaveProperty('seller_id');
  });
});

describe('refunds', () => {
  async function paid(): Promise<string> {
    const no = await opened();
    await sandbox.pay(no);
    return no;
  }

  test('refund_processing: 10000 alone, no status, then through', async () => {
    const no = await paid();
    const fault = await sandbox.fault('refund', 'refund_processing', no, { ms: 600_000 });
    expect((await client.refund(no, `${no}_r`, '19.99')).body).toMatchObject({ code: '10000', fund_change: 'N' });
    expect((await client.queryRefund(no, `${no}_r`)).body).not.toHaveProperty('refund_status');
    expect(await sandbox.kinds(no)).toEqual(['created', 'paid']);
    await sandbox.release(fault);
    expect((await client.queryRefund(no, `${no}_r`)).body.refund_status).toBe('REFUND_SUCCESS');
    expect((await client.refund(no, `${no}_r`, '19.99')).body.fund_change).toBe('N');
    expect(await sandbox.kinds(no)).toEqual(['created', 'paid', 'refunded']);
  });

  test('refund_abnormal: the account is empty; refund_closed: taken on and failed. The same number may try again', async () => {
    for (const [fault, first] of [
      ['refund_abnormal', { sub_code: 'ACQ.SELLER_BALANCE_NOT_ENOUGH' }],
      ['refund_closed', { code: '10000', fund_change: 'N' }],
    ] as const) {
      const no = await paid();
      await sandbox.fault('refund', fault, no);
      expect((await client.refund(no, `${no}_r`, '19.99')).body).toMatchObject(first);
      expect((await client.queryRefund(no, `${no}_r`)).body).not.toHaveProperty('refund_status');
      expect(await sandbox.kinds(no)).toEqual(['created', 'paid']);
      expect((await client.refund(no, `${no}_r`, '19.99')).body.fund_change).toBe('Y');
      expect(await sandbox.kinds(no)).toEqual(['created', 'paid', 'refunded']);
    }
  });

  test('a refund whose answer is lost happens once', async () => {
    const no = await paid();
    await sandbox.fault('refund', 'error_500_after', no);
    expect((await client.refund(no, `${no}_r`, '19.99')).body.code).toBe('20000');
    expect((await client.refund(no, `${no}_r`, '19.99')).body).toMatchObject({ code: '10000', fund_change: 'N' });
    expect(await sandbox.kinds(no)).toEqual(['created', 'paid', 'refunded']);
  });
});
