import { TestAlipayClient } from './support/alipay-client';
import { newNo, TestSandbox } from './support/sandbox';

let sandbox: TestSandbox;
let client: TestAlipayClient;
beforeAll(async () => {
  sandbox = await TestSandbox.start();
  client = await TestAlipayClient.of(sandbox.url);
});
afterAll(() => sandbox.close());

const scan = (no: string) => sandbox.control('POST', `/payments/${no}/scan`);
async function opened(): Promise<string> {
  const no = newNo();
  await client.precreate(no);
  await scan(no);
  return no;
}
async function paid(): Promise<string> {
  const no = newNo();
  await client.precreate(no);
  await sandbox.pay(no);
  return no;
}

describe('requests', () => {
  test.each(['body', 'query', 'split'] as const)('parameters in the %s', async (carrier) => {
    const answer = await client.precreate(newNo(), {}, { carrier });
    expect(answer).toMatchObject({ status: 200, verified: true, body: { code: '10000' } });
    expect(answer.text).toContain('"qr_code":"https:\\/\\/qr.alipay.com\\/bax');
  });

  test('empty optional fields are tolerated, signed or not', async () => {
    const empty = { timeout_express: '', body: null };
    const parameters = { app_auth_token: '', notify_url: '' };
    expect((await client.precreate(newNo(), empty, { parameters })).body.code).toBe('10000');
  });

  const minutesOff = (minutes: number): string =>
    new Date(Date.now() + 8 * 3_600_000 + minutes * 60_000).toISOString().slice(0, 19).replace('T', ' ');
  test.each([
    [{ sign_type: 'RSA' }, 'isv.invalid-signature-type'],
    [{ sign_type: null }, 'isv.missing-signature-type'],
    [{ app_id: '2021999999999999' }, 'isv.invalid-app-id'],
    [{ charset: 'gbk' }, 'isv.invalid-charset'],
    [{ version: null }, 'isv.missing-version'],
    [{ timestamp: 'now' }, 'isv.invalid-timestamp'],
    [{ timestamp: minutesOff(11) }, 'isv.invalid-timestamp'],
    [{ timestamp: minutesOff(-480) }, 'isv.invalid-timestamp'],
  ])('refused although signed: %j', async (parameters, code) => {
    const no = newNo();
    const answer = await client.precreate(no, {}, { parameters });
    expect(answer).toMatchObject({ verified: true, body: { sub_code: code } });
    expect(await sandbox.ledger(no)).toEqual([]);
  });

  test.each([
    ['app_id'],
    ['method'],
    ['format'],
    ['charset'],
    ['sign_type'],
    ['timestamp'],
    ['version'],
    ['biz_content'],
    ['notify_url'],
  ])('a %s changed after signing has no effect', async (name) => {
    const no = newNo();
    const changed: Record<string, string> = {
      method: 'alipay.trade.close',
      format: 'json',
      charset: 'UTF-8',
      biz_content: JSON.stringify({ out_trade_no: no, total_amount: '0.01', subject: 'A pot of tea' }),
    };
    const afterSigning = { [name]: changed[name] ?? 'https://elsewhere.example' };
    const answer = await client.precreate(no, {}, { parameters: { notify_url: 'https://a.example' }, afterSigning });
    expect(answer.body.code).toMatch(/^4000[12]$/);
    expect(answer.verified).toBe(true);
    expect(await sandbox.ledger(no)).toEqual([]);
  });

  test('sign_type is part of what is signed', async () => {
    const parameters = client.parameters(
      'alipay.trade.query',
      { out_trade_no: newNo() },
      { parameters: { sign_type: null } },
    );
    const answer = await client.call('alipay.trade.query', {}, { afterSigning: { ...parameters, sign_type: 'RSA2' } });
    expect(answer.body.sub_code).toBe('isv.invalid-signature');
  });

  test.each([
    ['alipay.trade.cancel', 'error_response', 'isv.invalid-method'],
    ['', 'error_response', 'isv.missing-method'],
  ])('method %j', async (method, key, code) => {
    const answer = await client.call(method, {});
    expect(answer).toMatchObject({ key, verified: true, body: { sub_code: code } });
  });

  test.each([
    [{ total_amount: '19.999' }],
    [{ total_amount: '0' }],
    [{ total_amount: '-1' }],
    [{ total_amount: '1e3' }],
    [{ out_trade_no: 'a b' }],
    [{ subject: 'tea & sugar' }],
    [{ time_expire: '2099-01-01T08:00:00Z' }],
    [{ time_expire: '2001-01-01 08:00:00' }],
  ])('biz_content %j is refused', async (changes) => {
    const answer = await client.precreate(newNo(), changes);
    expect(answer).toMatchObject({ verified: true, body: { code: '40004', sub_code: 'ACQ.INVALID_PARAMETER' } });
  });
});

describe('lazy creation', () => {
  test('an unscanned order does not exist, cannot be closed, and stays payable', async () => {
    const no = newNo();
    await client.precreate(no);
    const absent = { verified: true, body: { code: '40004', sub_code: 'ACQ.TRADE_NOT_EXIST' } };
    expect(await client.query(no)).toMatchObject(absent);
    expect(await client.close(no)).toMatchObject(absent);
    expect((await sandbox.pay(no)).body.accepted).toBe(true);
    expect((await client.query(no)).body).toMatchObject({ trade_status: 'TRADE_SUCCESS', total_amount: '19.99' });
    expect(await sandbox.kinds(no)).toEqual(['created', 'paid']);
  });

  test('a scanned one waits for the buyer, over a restart too, and can be closed once', async () => {
    const no = await opened();
    await sandbox.restart();
    client = await TestAlipayClient.of(sandbox.url);
    expect((await client.query(no)).body.trade_status).toBe('WAIT_BUYER_PAY');
    expect((await client.close(no)).body).toMatchObject({ code: '10000', out_trade_no: no });
    expect((await client.close(no)).body.sub_code).toBe('ACQ.REASON_TRADE_STATUS_INVALID');
    expect((await client.query(no)).body.trade_status).toBe('TRADE_CLOSED');
    expect((await sandbox.pay(no)).body).toEqual({ accepted: false, reason: 'closed' });
    expect((await client.precreate(no)).body.sub_code).toBe('ACQ.TRADE_HAS_CLOSE');
    expect(await sandbox.kinds(no)).toEqual(['created', 'closed']);
  });

  test('after time_expire nobody can scan or pay; a scanned one is closed by Alipay itself', async () => {
    const inAMinute = new Date(Date.now() + 8 * 3_600_000 + 60_000).toISOString().slice(0, 19).replace('T', ' ');
    const [unscanned, scanned] = [newNo(), newNo()];
    for (const no of [unscanned, scanned]) await client.precreate(no, { time_expire: inAMinute });
    await scan(scanned);
    await sandbox.control('POST', '/clock', { offsetMs: 90_000 });
    try {
      expect((await scan(unscanned)).status).toBe(409);
      expect((await sandbox.pay(unscanned)).body.reason).toBe('expired');
      expect((await client.query(unscanned)).body.sub_code).toBe('ACQ.TRADE_NOT_EXIST');
      expect((await client.query(scanned)).body.trade_status).toBe('TRADE_CLOSED');
      expect(await sandbox.kinds(scanned)).toEqual(['created', 'closed']);
    } finally {
      await sandbox.control('POST', '/clock', { offsetMs: 0 });
    }
  });

  test('the same order issues the same code; other parameters, or a paid number, do not', async () => {
    const no = newNo();
    const first = await client.precreate(no);
    expect((await client.precreate(no)).body.qr_code).toBe(first.body.qr_code);
    expect((await client.precreate(no, { total_amount: '20.00' })).body.sub_code).toBe('ACQ.CONTEXT_INCONSISTENT');
    await sandbox.pay(no);
    expect((await client.precreate(no)).body.sub_code).toBe('ACQ.TRADE_HAS_SUCCESS');
    expect((await client.close(no)).body.sub_code).toBe('ACQ.TRADE_STATUS_ERROR');
    expect(await sandbox.kinds(no)).toEqual(['created', 'paid']);
  });
});

describe('the buyer', () => {
  test('page.pay verifies the signature and leads to the cashier, which takes the money', async () => {
    const no = newNo();
    const content = { out_trade_no: no, total_amount: 19.99, subject: '茶', product_code: 'FAST_INSTANT_TRADE_PAY' };
    const parameters = client.parameters('alipay.trade.page.pay', content);
    const url = (fields: Record<string, string>) =>
      `${client.credentials.baseUrl}?${new URLSearchParams(fields).toString()}`;
    const forged = await fetch(url({ ...parameters, biz_content: JSON.stringify({ ...content, total_amount: 1 }) }));
    expect(await forged.text()).toContain('isv.invalid-signature');
    const page = await fetch(url(parameters));
    expect(page.url).toBe(`${sandbox.url}/pay/${no}`);
    expect(await page.text()).toContain('data-state="open"');
    expect(await (await fetch(page.url, { method: 'POST' })).text()).toContain('data-state="paid"');
    expect(await sandbox.kinds(no)).toEqual(['created', 'paid']);
  });

  test("the QR code's content leads to the cashier", async () => {
    const no = newNo();
    const { qr_code: code = '' } = (await client.precreate(no)).body;
    const page = await fetch(`${sandbox.url}/pay?code=${encodeURIComponent(code)}`);
    expect(page.url).toBe(`${sandbox.url}/pay/${no}`);
  });
});

describe('refunds', () => {
  test('refund_fee adds up, fund_change is Y once a number, and a full refund closes the trade', async () => {
    const no = await paid();
    expect((await client.refund(no, `${no}_1`, '5.00')).body).toMatchObject({ fund_change: 'Y', refund_fee: '5.00' });
    expect((await client.refund(no, `${no}_1`, '5')).body).toMatchObject({ fund_change: 'N', refund_fee: '5.00' });
    expect((await client.refund(no, `${no}_1`, '6')).body.sub_code).toBe('ACQ.DISCORDANT_REPEAT_REQUEST');
    expect((await client.refund(no, `${no}_2`, '15')).body.sub_code).toBe('ACQ.REFUND_AMT_NOT_EQUAL_TOTAL');
    expect((await client.query(no)).body.trade_status).toBe('TRADE_SUCCESS');
    expect((await client.refund(no, `${no}_2`, '14.99')).body).toMatchObject({ fund_change: 'Y', refund_fee: '19.99' });
    expect((await client.query(no)).body).toMatchObject({
      trade_status: 'TRADE_CLOSED',
      send_pay_date: expect.any(String),
    });
    expect(await sandbox.kinds(no)).toEqual(['created', 'paid', 'refunded', 'refunded']);
  });

  test('the refund query tells a status only of what went back', async () => {
    const no = await paid();
    expect((await client.queryRefund(no, `${no}_1`)).body).toEqual({ code: '10000', msg: 'Success' });
    await client.refund(no, `${no}_1`, '1.00');
    const found = { refund_status: 'REFUND_SUCCESS', refund_amount: '1.00', total_amount: '19.99' };
    expect((await client.queryRefund(no, `${no}_1`)).body).toMatchObject(found);
  });

  test('what was not paid, or is final, is not refunded', async () => {
    const no = await opened();
    expect((await client.refund(no, `${no}_1`, '1')).body.sub_code).toBe('ACQ.TRADE_STATUS_ERROR');
    expect((await client.refund(newNo(), 'r', '1')).body.sub_code).toBe('ACQ.TRADE_NOT_EXIST');
    const old = await paid();
    const yearAndDay = 366 * 24 * 3_600_000;
    await sandbox.control('POST', '/clock', { offsetMs: yearAndDay });
    try {
      const timestamp = new Date(Date.now() + yearAndDay + 8 * 3_600_000).toISOString().slice(0, 19).replace('T', ' ');
      const tweaks = { parameters: { timestamp } };
      expect((await client.query(old, tweaks)).body.trade_status).toBe('TRADE_FINISHED');
      const content = { out_trade_no: old, refund_amount: '1.00', out_request_no: 'late' };
      expect((await client.call('alipay.trade.refund', content, tweaks)).body.sub_code).toBe('ACQ.TRADE_HAS_FINISHED');
    } finally {
      await sandbox.control('POST', '/clock', { offsetMs: 0 });
    }
  });
});
