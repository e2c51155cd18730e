import { contentOf, envelopeOf, isVerified, Receiver } from './support/receiver';
import { newNo, TestSandbox } from './support/sandbox';
import { until } from './support/poll';

/** Longer than any test: what is held so long comes only by a release. */
const HOUR_MS = 3_600_000;

describe('refunds', () => {
  let sandbox: TestSandbox;
  beforeAll(async () => void (sandbox = await TestSandbox.start()));
  afterAll(() => sandbox.close());

  const paid = async (): Promise<string> => {
    const no = newNo();
    await sandbox.client.create(no);
    await sandbox.pay(no);
    return no;
  };
  const refunded = async (no: string): Promise<number[]> =>
    (await sandbox.ledger(no)).filter((row) => row.kind === 'refunded').map((row) => row.amount.minor);

  test('refunds in parts, each number once, never more than was paid', async () => {
    const no = await paid();
    const first = await sandbox.client.refund(no, `${no}_1`, 1000);
    expect(first.verified).toBe(true);
    expect(first.json).toMatchObject({ status: 'SUCCESS', out_trade_no: no, amount: { refund: 1000, total: 1999 } });
    expect((await sandbox.client.refund(no, `${no}_1`, 1000)).json.refund_id).toBe(first.json.refund_id);
    expect((await sandbox.client.refund(no, `${no}_1`, 1)).json.code).toBe('INVALID_REQUEST');
    expect((await sandbox.client.refund(no, `${no}_2`, 1000)).status).toBe(400);
    expect((await sandbox.client.refund(no, `${no}_3`, 999)).json.status).toBe('SUCCESS');
    expect((await sandbox.client.query(no)).json.trade_state).toBe('REFUND');
    expect((await sandbox.client.close(no)).json.code).toBe('ORDERPAID');
    expect(await refunded(no)).toEqual([1000, 999]);
  });

  test('refuses an unpaid order, an unknown one and a wrong total; a query of an unknown number is a signed 404', async () => {
    const open = newNo();
    await sandbox.client.create(open);
    expect((await sandbox.client.refund(open, `${open}_1`, 1)).json.code).toBe('INVALID_REQUEST');
    expect((await sandbox.client.refund(newNo(), 'refund_x', 1)).status).toBe(404);
    expect((await sandbox.client.refund(await paid(), 'refund_y', 1, 5)).status).toBe(400);
    const unknown = await sandbox.client.queryRefund('refund_z');
    expect(unknown).toMatchObject({ status: 404, verified: true, json: { code: 'RESOURCE_NOT_EXISTS' } });
  });

  test.each([
    ['refund_processing', 'SUCCESS', [1999]],
    ['refund_abnormal', 'ABNORMAL', []],
    ['refund_closed', 'CLOSED', []],
  ])('%s: PROCESSING, then %s', async (fault, end, rows) => {
    const no = await paid();
    const id = await sandbox.fault('refund', fault, no, { ms: HOUR_MS });
    expect((await sandbox.client.refund(no, `${no}_1`, 1999)).json.status).toBe('PROCESSING');
    expect((await sandbox.client.queryRefund(`${no}_1`)).json.status).toBe('PROCESSING');
    expect(await refunded(no)).toEqual([]);
    await sandbox.release(id);
    expect((await sandbox.client.queryRefund(`${no}_1`)).json.status).toBe(end);
    expect(await refunded(no)).toEqual(rows);
  });

  test('after CLOSED the money can be refunded under a new number', async () => {
    const no = await paid();
    await sandbox.fault('refund', 'refund_closed', no, { ms: 1 });
    await sandbox.client.refund(no, `${no}_1`, 1999);
    await until('it closed', async () => (await sandbox.client.queryRefund(`${no}_1`)).json.status === 'CLOSED');
    expect((await sandbox.client.query(no)).json.trade_state).toBe('SUCCESS');
    expect((await sandbox.client.refund(no, `${no}_2`, 1999)).json.status).toBe('SUCCESS');
    expect(await refunded(no)).toEqual([1999]);
  });

  test('timeout_after_effect: the refund happened once, whatever the retry', async () => {
    const no = await paid();
    await sandbox.fault('refund', 'timeout_after_effect', no, { ms: 1 });
    await expect(sandbox.client.refund(no, `${no}_1`, 1999)).rejects.toThrow();
    expect((await sandbox.client.refund(no, `${no}_1`, 1999)).json.status).toBe('SUCCESS');
    expect(await refunded(no)).toEqual([1999]);
  });

  test('queryRefund takes faults by the order number', async () => {
    const no = await paid();
    await sandbox.client.refund(no, `${no}_1`, 1);
    await sandbox.fault('queryRefund', 'error_500_before', no);
    expect((await sandbox.client.queryRefund(`${no}_1`)).status).toBe(500);
    expect((await sandbox.client.queryRefund(`${no}_1`)).status).toBe(200);
  });

  test('tells the end of a refund that named a notify_url', async () => {
    const receiver = await Receiver.start();
    try {
      const no = await paid();
      await sandbox.client.refund(no, `${no}_1`, 500, 1999, receiver.url);
      const delivery = await receiver.nth(1);
      expect(isVerified(sandbox.client, delivery)).toBe(true);
      expect(envelopeOf(delivery)).toMatchObject({
        event_type: 'REFUND.SUCCESS',
        resource: { original_type: 'refund', associated_data: 'refund' },
      });
      expect(contentOf(sandbox.client, delivery)).toMatchObject({ out_trade_no: no, refund_status: 'SUCCESS' });
      const told = await until('the acknowledgement', async () =>
        (await sandbox.ledger(no)).find((row) => row.kind === 'notified'),
      );
      expect(told).toMatchObject({ refundNo: `${no}_1`, amount: { minor: 500, currency: 'CNY' } });
    } finally {
      await receiver.close();
    }
  });
});
