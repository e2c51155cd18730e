import { newNo, TestSandbox } from './support/sandbox';
import { until } from './support/poll';

/** Longer than any test: what is held so long comes only by a release. */
const HOUR_MS = 3_600_000;

describe('faults on calls', () => {
  let sandbox: TestSandbox;
  beforeAll(async () => void (sandbox = await TestSandbox.start()));
  afterAll(() => sandbox.close());

  const created = async (): Promise<string> => {
    const no = newNo();
    await sandbox.client.create(no);
    return no;
  };

  test.each(['drop_before_effect', 'reset'])('%s: no answer and no effect', async (fault) => {
    const no = await created();
    await sandbox.fault('close', fault, no);
    await expect(sandbox.client.close(no)).rejects.toThrow();
    expect(await sandbox.kinds(no)).toEqual(['created']);
    expect((await sandbox.client.close(no)).status).toBe(204);
  });

  test('timeout_after_effect: no answer until the client gives up, and yet it is closed', async () => {
    const no = await created();
    await sandbox.fault('close', 'timeout_after_effect', no, { ms: HOUR_MS });
    const givingUp = new AbortController();
    const answer = expect(sandbox.client.close(no, { signal: givingUp.signal })).rejects.toThrow('aborted');
    await until('the close took effect', async () => (await sandbox.kinds(no)).includes('closed'));
    givingUp.abort();
    await answer;
    expect((await sandbox.client.close(no)).json.code).toBe('ORDER_CLOSED');
  });

  test('timeout_after_effect: drops the connection after ms', async () => {
    const no = newNo();
    await sandbox.fault('create', 'timeout_after_effect', no, { ms: 1 });
    await expect(sandbox.client.create(no)).rejects.toThrow();
    expect(await sandbox.kinds(no)).toEqual(['created']);
  });

  test('delayed_effect: 500 now, the effect later', async () => {
    const no = newNo();
    const delay = await sandbox.fault('create', 'delayed_effect', no, { ms: HOUR_MS });
    const answer = await sandbox.client.create(no);
    expect({ status: answer.status, code: answer.json.code, verified: answer.verified }).toEqual({
      status: 500,
      code: 'SYSTEM_ERROR',
      verified: true,
    });
    expect(await sandbox.kinds(no)).toEqual([]);
    await sandbox.release(delay);
    expect(await sandbox.kinds(no)).toEqual(['created']);
  });

  test('delayed_effect: lands by itself after ms', async () => {
    const no = newNo();
    await sandbox.fault('create', 'delayed_effect', no, { ms: 1 });
    await sandbox.client.create(no);
    await until('the prepay landed', async () => (await sandbox.kinds(no)).includes('created'));
  });

  test.each([
    ['error_500_before', 500, 'SYSTEM_ERROR', ['created']],
    ['error_500_after', 500, 'SYSTEM_ERROR', ['created', 'closed']],
    ['throttled_429', 429, 'FREQUENCY_LIMITED', ['created']],
    ['early_close_failure', 403, 'RULE_LIMIT', ['created']],
    ['user_paying', 202, 'USERPAYING', ['created']],
    ['pay_before_close', 400, 'ORDERPAID', ['created', 'paid']],
  ])('%s on close: a signed %i %s', async (fault, status, code, kinds) => {
    const no = await created();
    await sandbox.fault('close', fault, no);
    const answer = await sandbox.client.close(no);
    expect({ status: answer.status, code: answer.json.code, verified: answer.verified }).toEqual({
      status,
      code,
      verified: true,
    });
    expect(await sandbox.kinds(no)).toEqual(kinds);
  });

  test('latency: the effect and the answer come after ms', async () => {
    const no = newNo();
    await sandbox.fault('create', 'latency', no, { ms: 1 });
    expect((await sandbox.client.create(no)).status).toBe(200);
    expect(await sandbox.kinds(no)).toEqual(['created']);
  });

  test('latency holds a close back so that a payment gets in first', async () => {
    const no = await created();
    const latency = await sandbox.fault('close', 'latency', no, { ms: HOUR_MS });
    const closing = sandbox.client.close(no);
    await sandbox.faultsUsed();
    expect((await sandbox.pay(no)).body.accepted).toBe(true);
    await sandbox.release(latency);
    expect((await closing).json.code).toBe('ORDERPAID');
  });

  test.each(['bad_signature', 'missing_signature', 'unknown_serial'])(
    '%s on the 204 of close: not verifiable, and yet it is closed',
    async (fault) => {
      const no = await created();
      await sandbox.fault('close', fault, no);
      const answer = await sandbox.client.close(no);
      expect({ status: answer.status, verified: answer.verified }).toEqual({ status: 204, verified: false });
      expect(answer.headers.has('Wechatpay-Signature')).toBe(fault !== 'missing_signature');
      const { platformPublicKeyId } = sandbox.client.credentials;
      expect(answer.headers.get('Wechatpay-Serial') === platformPublicKeyId).toBe(fault !== 'unknown_serial');
      expect(await sandbox.kinds(no)).toEqual(['created', 'closed']);
    },
  );

  test('broken_close: acknowledged, and yet payable; a payment that is not open is closed as ever', async () => {
    const no = await created();
    await sandbox.fault('close', 'broken_close', no, { times: 2 });
    expect((await sandbox.client.close(no)).status).toBe(204);
    expect((await sandbox.pay(no)).body).toMatchObject({ accepted: true });
    expect((await sandbox.client.close(no)).json.code).toBe('ORDERPAID');
    expect(await sandbox.kinds(no)).toEqual(['created', 'paid']);
  });

  test('bad_signature on an error leaves its status alone', async () => {
    const no = newNo();
    await sandbox.fault('query', 'bad_signature', no);
    const answer = await sandbox.client.query(no);
    expect({ status: answer.status, verified: answer.verified }).toEqual({ status: 404, verified: false });
  });

  test.each([-301_000, 299_000])('clock_skew of %i ms: validly signed at another time', async (ms) => {
    const no = await created();
    await sandbox.fault('query', 'clock_skew', no, { ms });
    const [skewed, straight] = [await sandbox.client.query(no), await sandbox.client.query(no)];
    const timestamp = (answer: typeof skewed): number => Number(answer.headers.get('Wechatpay-Timestamp')) * 1000;
    expect(skewed.verified).toBe(true);
    // The two queries are apart by what the machine takes; a minute is far more, and far less than the skew.
    expect(Math.abs(timestamp(skewed) - timestamp(straight) - ms)).toBeLessThan(60_000);
  });

  test('html_body: a page instead of the answer, the effect stays', async () => {
    const no = newNo();
    await sandbox.fault('create', 'html_body', no);
    const answer = await sandbox.client.create(no);
    expect(answer.text).toMatch(/^<!DOCTYPE html>/);
    expect(answer.headers.get('Content-Type')).toMatch(/^text\/html/);
    expect(answer.verified).toBe(false);
    await sandbox.fault('close', 'html_body', no);
    expect(await sandbox.client.close(no)).toMatchObject({ status: 200, verified: false });
    expect(await sandbox.kinds(no)).toEqual(['created', 'closed']);
  });

  test('truncated_body: JSON cut in the middle, a 204 cut in its head', async () => {
    const no = newNo();
    await sandbox.fault('create', 'truncated_body', no);
    const answer = await sandbox.client.create(no);
    expect(() => void JSON.parse(answer.text)).toThrow();
    expect({ status: answer.status, verified: answer.verified }).toEqual({ status: 200, verified: false });
    await sandbox.fault('close', 'truncated_body', no);
    await expect(sandbox.client.close(no)).rejects.toThrow();
    expect(await sandbox.kinds(no)).toEqual(['created', 'closed']);
  });

  test('stale_query: NOTPAY although paid; user_paying: USERPAYING while open', async () => {
    const no = await created();
    await sandbox.fault('query', 'user_paying', no);
    expect((await sandbox.client.query(no)).json.trade_state).toBe('USERPAYING');
    await sandbox.pay(no);
    await sandbox.fault('query', 'stale_query', no);
    const stale = await sandbox.client.query(no);
    expect(stale.json.trade_state).toBe('NOTPAY');
    expect(stale.json.transaction_id).toBeUndefined();
    expect(stale.verified).toBe(true);
    expect((await sandbox.client.query(no)).json.trade_state).toBe('SUCCESS');
  });

  test('wrong_amount and wrong_app on a query are validly signed', async () => {
    const no = await created();
    await sandbox.pay(no);
    await sandbox.fault('query', 'wrong_amount', no);
    const amount = await sandbox.client.query(no);
    expect({ verified: amount.verified, total: amount.json.amount?.total }).toEqual({ verified: true, total: 2000 });
    await sandbox.fault('query', 'wrong_app', no);
    const app = await sandbox.client.query(no);
    expect(app.verified).toBe(true);
    expect(app.json.appid).not.toBe(sandbox.client.credentials.appid);
  });

  test('first in, first out; times counts; an unauthentic request uses none up; others are spared', async () => {
    const [no, other] = [await created(), await created()];
    await sandbox.fault('query', 'throttled_429', no, { times: 2 });
    await sandbox.fault('query', 'error_500_before', no);
    expect((await sandbox.client.query(no, { signature: 'AAAA' })).status).toBe(401);
    expect((await sandbox.client.query(other)).status).toBe(200);
    const statuses: number[] = [];
    for (let i = 0; i < 4; i += 1) statuses.push((await sandbox.client.query(no)).status);
    expect(statuses).toEqual([429, 429, 500, 200]);
  });
});
