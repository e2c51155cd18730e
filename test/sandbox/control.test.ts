import { createPublicKey, X509Certificate } from 'node:crypto';
import { FAULT_NAMES, FAULT_OPS, FAULTS, faultsFor } from '../../src/sandbox/faults/catalogue';
import { newNo, TestSandbox } from './support/sandbox';

describe('control API', () => {
  let sandbox: TestSandbox;
  beforeAll(async () => void (sandbox = await TestSandbox.start()));
  afterAll(() => sandbox.close());

  test('credentials are what an independent client needs', async () => {
    const { wechat } = (await sandbox.control('GET', '/credentials')).json as { wechat: Record<string, string> };
    const names = ['baseUrl', 'mchid', 'appid', 'merchantSerial', 'merchantPrivateKey', 'platformPublicKeyId'];
    names.push('platformPublicKey', 'platformCertificate', 'apiV3Key');
    expect(Object.keys(wechat).sort()).toEqual(names.sort());
    expect(wechat['baseUrl']).toBe(sandbox.url);
    expect(wechat['merchantPrivateKey']).toMatch(/^-----BEGIN PRIVATE KEY-----/);
    expect(wechat['platformPublicKey']).toMatch(/^-----BEGIN PUBLIC KEY-----/);
    expect(wechat['platformPublicKeyId']).toMatch(/^PUB_KEY_ID_\d+$/);
    expect(wechat['apiV3Key']).toHaveLength(32);
    const certificate = new X509Certificate(wechat['platformCertificate'] ?? '');
    expect(certificate.serialNumber).toMatch(/^[0-9A-F]{40}$/);
    expect(certificate.verify(certificate.publicKey)).toBe(true);
    expect(certificate.publicKey.equals(createPublicKey(wechat['platformPublicKey'] ?? ''))).toBe(true);
    expect(Date.parse(certificate.validFrom)).toBeLessThanOrEqual(Date.now());
    expect(Date.parse(certificate.validTo)).toBeGreaterThan(Date.now());
  });

  test('pay: accepted once, then already_paid; unknown', async () => {
    const no = newNo();
    await sandbox.client.create(no);
    const { status, body } = await sandbox.pay(no);
    expect({ status, accepted: body.accepted }).toEqual({ status: 200, accepted: true });
    expect(await sandbox.pay(no)).toEqual({ status: 409, body: { accepted: false, reason: 'already_paid' } });
    expect(await sandbox.pay(newNo())).toEqual({ status: 409, body: { accepted: false, reason: 'unknown' } });
    expect(await sandbox.ledger(no)).toEqual([
      expect.objectContaining({ kind: 'created', gateway: 'wechat', amount: { minor: 1999, currency: 'CNY' } }),
      expect.objectContaining({ kind: 'paid', transactionId: body.transactionId }),
    ]);
  });

  test('pay without any body at all', async () => {
    const no = newNo();
    await sandbox.client.create(no);
    expect((await sandbox.control('POST', `/payments/${no}/pay`)).status).toBe(200);
  });

  test.each([
    ['a number of minor units', 1],
    ['an amount object', { minor: 1, currency: 'CNY' }],
  ])('pay another amount, as %s', async (_name, amount) => {
    const no = newNo();
    await sandbox.client.create(no);
    await sandbox.pay(no, amount);
    expect((await sandbox.client.query(no)).json).toMatchObject({
      trade_state: 'SUCCESS',
      amount: { total: 1, payer_total: 1 },
    });
    expect((await sandbox.ledger(no)).at(-1)?.amount).toEqual({ minor: 1, currency: 'CNY' });
  });

  test('scan knows a payment from none', async () => {
    const no = newNo();
    await sandbox.client.create(no);
    expect(await sandbox.control('POST', `/payments/${no}/scan`)).toEqual({ status: 200, json: { accepted: true } });
    expect((await sandbox.control('POST', `/payments/${newNo()}/scan`)).status).toBe(409);
    expect((await sandbox.client.query(no)).json.trade_state).toBe('NOTPAY');
  });

  test.each<[string, unknown, string]>([
    ['an unknown fault', { op: 'close', fault: 'gremlins' }, 'early_close_failure'],
    ['an unknown op', { op: 'dance', fault: 'latency' }, 'queryRefund'],
    ['a fault that can not hit the op', { op: 'create', fault: 'stale_query' }, 'query'],
    ['an unknown field', { op: 'close', fault: 'latency', tims: 3 }, 'tims'],
    ['no times', { op: 'close', fault: 'latency', times: 0 }, 'times'],
    ['nothing', {}, 'op'],
  ])('refuses %s and names what is allowed', async (_name, body, named) => {
    const { status, json } = await sandbox.control('POST', '/faults', body);
    expect(status).toBe(400);
    expect(json).toMatchObject({ code: 'invalid_request', message: expect.stringContaining(named) });
  });

  test('every fault can be registered on every op it names, and removed', async () => {
    expect(FAULT_NAMES.every((name) => FAULTS[name].ops.length > 0)).toBe(true);
    for (const op of FAULT_OPS) {
      for (const fault of faultsFor(op)) await sandbox.fault(op, fault, newNo());
    }
    const id = await sandbox.fault('close', 'latency', newNo());
    expect(await sandbox.control('DELETE', `/faults/${id}`)).toEqual({
      status: 200,
      json: { removed: 1, released: 0 },
    });
    expect((await sandbox.control('DELETE', `/faults/${id}`)).status).toBe(404);
    expect((await sandbox.control('DELETE', '/faults')).status).toBe(200);
    expect((await sandbox.control('GET', '/faults')).json).toEqual([]);
  });

  test('match.gateway spares the other gateways', async () => {
    const body = { op: 'query', fault: 'throttled_429', match: { gateway: 'alipay' } };
    const { json } = await sandbox.control('POST', '/faults', body);
    expect((await sandbox.client.query(newNo())).status).toBe(404);
    await sandbox.release((json as { id: string }).id);
  });

  test('the clock moves timestamps', async () => {
    const offsetMs = 86_400_000;
    expect((await sandbox.control('POST', '/clock', { offsetMs })).json).toMatchObject({ offsetMs });
    const no = newNo();
    const timestamp = Math.floor((Date.now() + offsetMs) / 1000);
    const answer = await sandbox.client.create(no, {}, { timestamp });
    await sandbox.control('POST', '/clock', { offsetMs: 0 });
    expect(answer.status).toBe(200);
    // A day ahead, give or take what the machine takes.
    expect(Number(answer.headers.get('Wechatpay-Timestamp')) - timestamp).toBeLessThan(60);
    expect(Date.parse((await sandbox.ledger(no))[0]?.at ?? '')).toBeGreaterThanOrEqual(timestamp * 1000);
    expect((await sandbox.control('POST', '/clock', { offset: 1 })).status).toBe(400);
  });

  test('broken JSON and unknown endpoints are JSON 4xx', async () => {
    const answer = await fetch(`${sandbox.url}/_sandbox/faults`, { method: 'POST', body: '{' });
    expect({ status: answer.status, json: await answer.json() }).toMatchObject({
      status: 400,
      json: { code: 'invalid_request' },
    });
    expect((await sandbox.control('GET', '/nothing')).status).toBe(404);
    expect((await fetch(`${sandbox.url}/nothing`)).status).toBe(404);
    expect((await fetch(`${sandbox.url}/healthz`)).status).toBe(200);
  });
});
