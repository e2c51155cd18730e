import { TestAlipayClient } from './support/alipay-client';
import { AlipayReceiver } from './support/alipay-receiver';
import { until } from './support/poll';
import { newNo, TestSandbox } from './support/sandbox';

let sandbox: TestSandbox;
let client: TestAlipayClient;
let receiver: AlipayReceiver;
beforeAll(async () => {
  sandbox = await TestSandbox.start();
  client = await TestAlipayClient.of(sandbox.url);
});
beforeEach(async () => {
  receiver = await AlipayReceiver.start();
});
afterEach(() => receiver.close());
afterAll(() => sandbox.close());

/** A payment whose notification suffers the fault. */
async function paid(fault?: string, more?: Record<string, unknown>): Promise<string> {
  const no = newNo();
  await client.precreate(no, {}, { parameters: { notify_url: receiver.url } });
  if (fault !== undefined) await sandbox.fault('notify', fault, no, more);
  await sandbox.pay(no);
  return no;
}
const acknowledged = (no: string) =>
  until(`${no} was notified`, async () => (await sandbox.kinds(no)).includes('notified'));

test('a payment is told as a signed form post', async () => {
  const no = await paid();
  const body = await receiver.nth(1);
  expect(client.verifiesNotice(body)).toBe(true);
  expect(await receiver.fields(1)).toMatchObject({
    notify_type: 'trade_status_sync',
    notify_id: expect.stringMatching(/^[0-9a-f]{32}$/),
    app_id: client.credentials.appId,
    seller_id: client.credentials.sellerId,
    out_trade_no: no,
    trade_no: expect.stringMatching(/^\d{28}$/),
    trade_status: 'TRADE_SUCCESS',
    total_amount: '19.99',
    gmt_payment: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/),
    subject: 'A pot of tea',
    sign_type: 'RSA2',
  });
  await acknowledged(no);
});

test('only the body `success` acknowledges, whatever the status; the repeat has the same id', async () => {
  const answers = [
    { status: 200, body: 'SUCCESS' },
    { status: 200, body: 'success\n' },
    { status: 500, body: 'success' },
  ];
  receiver.answerWith = (nth) => answers[nth - 1] ?? { status: 200, body: 'one too many' };
  const no = await paid();
  const ids = [await receiver.fields(1), await receiver.fields(2), await receiver.fields(3)].map((f) => f['notify_id']);
  expect(new Set(ids).size).toBe(1);
  await acknowledged(no);
  expect(receiver.bodies).toHaveLength(3);
});

test('a partial refund is told as a paid trade with its number, a full one as a closed trade', async () => {
  const no = await paid();
  await acknowledged(no);
  await client.refund(no, `${no}_1`, '5.00');
  expect(await receiver.fields(2)).toMatchObject({
    trade_status: 'TRADE_SUCCESS',
    out_biz_no: `${no}_1`,
    refund_fee: '5.00',
    gmt_refund: expect.any(String),
  });
  await client.refund(no, `${no}_2`, '14.99');
  const full = await receiver.fields(3);
  expect(full).toMatchObject({ trade_status: 'TRADE_CLOSED', out_biz_no: `${no}_2`, refund_fee: '19.99' });
  expect(client.verifiesNotice(await receiver.nth(3))).toBe(true);
});

test.each(['bad_signature', 'missing_signature', 'unknown_serial', 'tampered_cipher', 'html_body', 'truncated_body'])(
  '%s: nothing that verifies',
  async (fault) => {
    await paid(fault);
    expect(client.verifiesNotice(await receiver.nth(1))).toBe(false);
  },
);

test('wrong_amount and wrong_app are signed and false', async () => {
  await paid('wrong_amount');
  expect(await receiver.fields(1)).toMatchObject({ total_amount: '20.00' });
  expect(client.verifiesNotice(await receiver.nth(1))).toBe(true);
  await paid('wrong_app');
  expect((await receiver.fields(2))['app_id']).not.toBe(client.credentials.appId);
  expect(client.verifiesNotice(await receiver.nth(2))).toBe(true);
});

test('clock_skew moves notify_time only', async () => {
  await paid('clock_skew', { ms: 3_600_000 });
  const { notify_time: told = '', gmt_payment: at = '' } = await receiver.fields(1);
  const ms = (text: string) => Date.parse(`${text.replace(' ', 'T')}+08:00`);
  expect(ms(told) - ms(at)).toBeGreaterThanOrEqual(3_600_000);
});

test('duplicate delivers one event twice, lost never', async () => {
  const lost = await paid('lost');
  const no = await paid('duplicate');
  const [first, second] = [await receiver.fields(1), await receiver.fields(2)];
  expect([first['out_trade_no'], second['out_trade_no']]).toEqual([no, no]);
  expect(first['notify_id']).toBe(second['notify_id']);
  await acknowledged(no);
  expect(await sandbox.kinds(lost)).toEqual(['created', 'paid']);
});

test('delayed comes when released, reordered after the next one', async () => {
  const no = newNo();
  await client.precreate(no, {}, { parameters: { notify_url: receiver.url } });
  const fault = await sandbox.fault('notify', 'delayed', no, { ms: 600_000 });
  await sandbox.pay(no);
  await sandbox.faultsUsed();
  await until('the fault holds the notification', async () => {
    const { json } = await sandbox.control('DELETE', `/faults/${fault}`);
    return (json as { released?: number }).released === 1;
  });
  expect((await receiver.fields(1))['out_trade_no']).toBe(no);
  const held = await paid('reordered', { ms: 600_000 });
  await sandbox.faultsUsed();
  const next = await paid();
  expect((await receiver.fields(2))['out_trade_no']).toBe(next);
  expect((await receiver.fields(3))['out_trade_no']).toBe(held);
});
