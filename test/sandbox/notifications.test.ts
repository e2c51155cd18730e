import { contentOf, envelopeOf, isVerified, Receiver } from './support/receiver';
import { newNo, TestSandbox } from './support/sandbox';
import { until } from './support/poll';

/** Longer than any test: what is held so long comes only by a release or by being overtaken. */
const HOUR_MS = 3_600_000;

describe('notifications', () => {
  let sandbox: TestSandbox;
  let receiver: Receiver;
  beforeAll(async () => void (sandbox = await TestSandbox.start()));
  afterAll(() => sandbox.close());
  beforeEach(async () => void (receiver = await Receiver.start()));
  afterEach(() => receiver.close());

  const created = async (): Promise<string> => {
    const no = newNo();
    await sandbox.client.create(no, { notify_url: receiver.url });
    return no;
  };
  const acknowledged = (no: string): Promise<string[]> =>
    until('the acknowledgement', async () => {
      const kinds = await sandbox.kinds(no);
      return kinds.includes('notified') && kinds;
    });

  test('tells a payment once: signed, decryptable, in the ledger', async () => {
    const no = await created();
    const { body } = await sandbox.pay(no);
    const delivery = await receiver.nth(1);
    expect(isVerified(sandbox.client, delivery)).toBe(true);
    expect(envelopeOf(delivery)).toMatchObject({
      event_type: 'TRANSACTION.SUCCESS',
      resource_type: 'encrypt-resource',
      resource: { algorithm: 'AEAD_AES_256_GCM', original_type: 'transaction', associated_data: 'transaction' },
    });
    expect(contentOf(sandbox.client, delivery)).toMatchObject({
      out_trade_no: no,
      trade_state: 'SUCCESS',
      transaction_id: body.transactionId,
      amount: { total: 1999, currency: 'CNY' },
    });
    expect(await acknowledged(no)).toEqual(['created', 'paid', 'notified']);
    expect(receiver.deliveries).toHaveLength(1);
  });

  test('is signed under the serial that the create request named', async () => {
    const no = newNo();
    const serial = (await sandbox.client.call('GET', '/v3/certificates')).json.data?.[0]?.serial_no ?? '';
    await sandbox.client.create(no, { notify_url: receiver.url }, { headers: { 'Wechatpay-Serial': serial } });
    await sandbox.pay(no);
    const delivery = await receiver.nth(1);
    expect(delivery.headers['wechatpay-serial']).toBe(serial);
    expect(isVerified(sandbox.client, delivery)).toBe(true);
  });

  test('retries what is not acknowledged, under the same id with a fresh signature', async () => {
    receiver.answerWith = (nth) => (nth === 1 ? 500 : 204);
    const no = await created();
    await sandbox.pay(no);
    const [first, second] = [await receiver.nth(1), await receiver.nth(2)];
    expect(envelopeOf(second).id).toBe(envelopeOf(first).id);
    expect(second.headers['wechatpay-nonce']).not.toBe(first.headers['wechatpay-nonce']);
    expect(isVerified(sandbox.client, second)).toBe(true);
    expect(await acknowledged(no)).toEqual(['created', 'paid', 'notified']);
  });

  test('a redirect is no acknowledgement', async () => {
    receiver.answerWith = (nth) => (nth === 1 ? 302 : 200);
    const no = await created();
    await sandbox.pay(no);
    await receiver.nth(2);
    expect(await acknowledged(no)).toEqual(['created', 'paid', 'notified']);
  });

  test('what is owed survives a restart', async () => {
    receiver.answerWith = () => null;
    const no = await created();
    await sandbox.pay(no);
    const before = envelopeOf(await receiver.nth(1)).id;
    await sandbox.stop();
    receiver.answerWith = () => 200;
    await sandbox.up();
    expect(envelopeOf(await receiver.nth(2)).id).toBe(before);
    expect(await acknowledged(no)).toEqual(['created', 'paid', 'notified']);
  });

  test('a dead URL harms nothing', async () => {
    const no = newNo();
    await sandbox.client.create(no);
    await sandbox.pay(no);
    expect((await sandbox.client.query(no)).json.trade_state).toBe('SUCCESS');
    expect(await sandbox.kinds(no)).toEqual(['created', 'paid']);
  });

  test('duplicate: copies of one event, one ledger row', async () => {
    const no = await created();
    await sandbox.fault('notify', 'duplicate', no, { copies: 3 });
    await sandbox.pay(no);
    await receiver.nth(3);
    expect(await acknowledged(no)).toEqual(['created', 'paid', 'notified']);
    expect(new Set(receiver.deliveries.map((delivery) => envelopeOf(delivery).id)).size).toBe(1);
    expect(receiver.deliveries).toHaveLength(3);
  });

  test('lost: never comes, not even after a restart, while a later payment is told', async () => {
    const no = await created();
    await sandbox.fault('notify', 'lost', no);
    await sandbox.pay(no);
    await sandbox.faultsUsed();
    await sandbox.restart();
    const later = await created();
    await sandbox.pay(later);
    await acknowledged(later);
    expect(receiver.deliveries.map((delivery) => contentOf(sandbox.client, delivery).out_trade_no)).toEqual([later]);
    expect(await sandbox.kinds(no)).toEqual(['created', 'paid']);
  });

  test('reordered: the later payment is told first', async () => {
    const [first, second] = [await created(), await created()];
    await sandbox.fault('notify', 'reordered', first, { ms: HOUR_MS });
    await sandbox.pay(first);
    await sandbox.faultsUsed();
    await sandbox.pay(second);
    await acknowledged(first);
    const told = receiver.deliveries.map((delivery) => contentOf(sandbox.client, delivery).out_trade_no);
    expect(told).toEqual([second, first]);
  });

  test('delayed: not there while a later payment is told, there after the release', async () => {
    const [slow, quick] = [await created(), await created()];
    const delay = await sandbox.fault('notify', 'delayed', slow, { ms: HOUR_MS });
    await sandbox.pay(slow);
    await sandbox.faultsUsed();
    await sandbox.pay(quick);
    await acknowledged(quick);
    await sandbox.release(delay);
    await acknowledged(slow);
    const told = receiver.deliveries.map((delivery) => contentOf(sandbox.client, delivery).out_trade_no);
    expect(told).toEqual([quick, slow]);
  });

  test('delayed: comes by itself after ms', async () => {
    const no = await created();
    await sandbox.fault('notify', 'delayed', no, { ms: 1 });
    await sandbox.pay(no);
    expect(await acknowledged(no)).toEqual(['created', 'paid', 'notified']);
  });

  test.each(['bad_signature', 'missing_signature', 'unknown_serial', 'truncated_body', 'html_body'])(
    '%s: one delivery that does not verify',
    async (fault) => {
      const no = await created();
      await sandbox.fault('notify', fault, no);
      await sandbox.pay(no);
      expect(isVerified(sandbox.client, await receiver.nth(1))).toBe(false);
    },
  );

  test('tampered_cipher: validly signed, the tag does not fit; the retry is genuine', async () => {
    receiver.answerWith = (nth) => (nth === 1 ? 400 : 200);
    const no = await created();
    await sandbox.fault('notify', 'tampered_cipher', no);
    await sandbox.pay(no);
    const first = await receiver.nth(1);
    expect(isVerified(sandbox.client, first)).toBe(true);
    expect(() => contentOf(sandbox.client, first)).toThrow();
    expect(contentOf(sandbox.client, await receiver.nth(2)).out_trade_no).toBe(no);
  });

  test('wrong_amount and wrong_app: validly signed and false; the query tells the truth', async () => {
    const no = await created();
    await sandbox.fault('notify', 'wrong_amount', no);
    await sandbox.fault('notify', 'wrong_app', no);
    receiver.answerWith = (nth) => (nth === 1 ? 500 : 200);
    await sandbox.pay(no);
    const [first, second] = [await receiver.nth(1), await receiver.nth(2)];
    expect(isVerified(sandbox.client, first) && isVerified(sandbox.client, second)).toBe(true);
    expect(contentOf(sandbox.client, first).amount?.total).toBe(2000);
    expect(contentOf(sandbox.client, second).appid).not.toBe(sandbox.client.credentials.appid);
    const truth = (await sandbox.client.query(no)).json;
    expect(truth).toMatchObject({ amount: { total: 1999 }, appid: sandbox.client.credentials.appid });
  });

  test('timeout_after_effect: the acknowledgement is not heard, so it comes again', async () => {
    const no = await created();
    await sandbox.fault('notify', 'timeout_after_effect', no);
    await sandbox.pay(no);
    expect(envelopeOf(await receiver.nth(2)).id).toBe(envelopeOf(await receiver.nth(1)).id);
    expect(await acknowledged(no)).toEqual(['created', 'paid', 'notified']);
  });
});
