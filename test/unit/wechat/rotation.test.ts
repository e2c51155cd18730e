import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import { createWechatGateway } from '../../../src/adapters/gateway/wechat/gateway';
import { testCertificate, WechatSigner } from '../../support/wechat-signer';

const signer = new WechatSigner();
const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
/** What the platform signs with after a rotation; the adapter's configuration knows nothing of it. */
const fresh = testCertificate();
const spare = testCertificate();
const ref = {
  merchantNo: 'pay_test_1',
  gatewayRef: null,
  amount: { minor: 1999, currency: 'CNY' },
  expiresAt: '2099-01-01T00:00:00.000Z',
  description: 'A pot of tea',
};
const CERTIFICATES = '/v3/certificates';
const unbelieved = { t: 'unknown', cause: 'badSignature', retryAfterMs: expect.any(Number) };
const absent = { t: 'absent', payableUntil: ref.expiresAt };

let server: Server;
let requests: IncomingMessage[];
/** Answers `GET /v3/certificates`. */
let list: (res: ServerResponse) => void;

beforeEach(async () => {
  requests = [];
  server = createServer((req, res) => {
    requests.push(req);
    req.resume();
    if (req.url === CERTIFICATES) return list(res);
    const body = '{"code":"ORDERNOTEXIST"}';
    res.writeHead(404, signer.headers(body, Date.now(), fresh)).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

function gateway(timeoutMs = 10_000, now = Date.now) {
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return createWechatGateway(signer.config({ baseUrl, timeoutMs }), { now, log: silent });
}
const downloads = () => requests.filter(({ url }) => url === CERTIFICATES);
const serve =
  (body: string, headers: Record<string, string>, status = 200) =>
  (res: ServerResponse): void =>
    void res.writeHead(status, headers).end(body);

describe('an answer under a serial that nobody knows', () => {
  const good = signer.certificateList([fresh, spare]);
  const now = () => Date.now();

  test.each([
    ['under a certificate of its own', () => signer.headers(good, now(), fresh)],
    ['under another one of its own', () => signer.headers(good, now(), spare)],
    ['under the key that was trusted before', () => signer.headers(good, now())],
  ])('is believed after the list was downloaded, signed %s', async (_how, headers) => {
    list = serve(good, headers());
    const wechat = gateway();
    expect(await wechat.query(ref)).toEqual(absent);
    expect(await wechat.close(ref)).toEqual(absent);
    expect(downloads()).toHaveLength(1);
    const [download] = downloads();
    expect(download?.headers['authorization']).toMatch(/^WECHATPAY2-SHA256-RSA2048 /);
    expect(download?.headers['wechatpay-serial']).toBeUndefined();
  });

  const stranger = new WechatSigner();
  const alien = testCertificate();
  const weak = testCertificate(Date.now(), 1024);
  const over = testCertificate(Date.parse('2001-01-01T00:00:00Z'));
  const half = (JSON.parse(good) as { data: object[] }).data;
  const strange = (JSON.parse(stranger.certificateList([spare])) as { data: object[] }).data;
  const mixed = JSON.stringify({ data: [...half, ...strange] });
  const listed = (serial: string) => signer.certificateList([{ serial, pem: spare.pem }]);
  const withWeak = signer.certificateList([fresh, weak]);
  const withOver = signer.certificateList([fresh, over]);
  const withJunk = signer.certificateList([fresh, { serial: spare.serial, pem: 'not a certificate' }]);
  const other = listed(fresh.serial);
  const sealed = stranger.certificateList([fresh]);

  test.each<[string, string, Record<string, string>]>([
    ['is sealed with another APIv3 key', sealed, signer.headers(sealed)],
    ['is sealed with another key and signed by itself', sealed, signer.headers(sealed, Date.now(), fresh)],
    ['has one item of a stranger', mixed, signer.headers(mixed)],
    ['is signed by nobody', good, {}],
    ['is signed by a certificate outside', good, signer.headers(good, Date.now(), alien)],
    ['is signed over other bytes', good, signer.headers(`${good} `)],
    ['is signed for itself over other bytes', good, signer.headers(`${good} `, Date.now(), fresh)],
    ['is an old one played back', good, signer.headers(good, Date.now() - 301_000, fresh)],
    ['has a certificate of another serial than listed', other, signer.headers(other)],
    ['has a weak key', withWeak, signer.headers(withWeak)],
    ['has a certificate that is over', withOver, signer.headers(withOver)],
    ['has something else for a certificate', withJunk, signer.headers(withJunk)],
    ['is empty', '{"data":[]}', signer.headers('{"data":[]}')],
    ['is not JSON', 'no', signer.headers('no')],
  ])('stays unknown where the list %s', async (_what, body, headers) => {
    list = serve(body, headers);
    expect(await gateway().query(ref)).toEqual(unbelieved);
    expect(downloads()).toHaveLength(1);
  });

  test('stays unknown where the list comes with another status than 200', async () => {
    list = serve(good, signer.headers(good), 404);
    expect(await gateway().query(ref)).toEqual(unbelieved);
  });

  test('stays unknown where the list does not name it', async () => {
    const body = signer.certificateList([spare]);
    list = serve(body, signer.headers(body));
    expect(await gateway().query(ref)).toEqual(unbelieved);
  });

  test('is asked about once a minute, however often it comes', async () => {
    const body = signer.certificateList([spare]);
    list = (res) => serve(body, signer.headers(body))(res);
    let ahead = 0;
    const wechat = gateway(10_000, () => Date.now() + ahead);
    for (let nth = 0; nth < 3; nth += 1) expect(await wechat.query(ref)).toEqual(unbelieved);
    expect(downloads()).toHaveLength(1);
    ahead = 60_000;
    await wechat.query(ref);
    expect(downloads()).toHaveLength(2);
  });

  test('costs no more than the time limit where the list does not come', async () => {
    list = () => undefined;
    const outcome = await gateway(300).query(ref);
    expect(outcome).toEqual(unbelieved);
    expect(downloads()).toHaveLength(1);
  });
});

test('a notification under a new serial is refused, and believed when it comes again', async () => {
  const body = signer.certificateList([fresh]);
  let served: () => void;
  const download = new Promise<void>((resolve) => (served = resolve));
  list = (res) => {
    res.once('close', () => served());
    serve(body, signer.headers(body, Date.now(), fresh))(res);
  };
  const wechat = gateway();
  const envelope = JSON.parse(signer.notification().body.toString()) as object;
  const delivery = () => wechat.parseNotification(signer.signed(envelope, Date.now(), fresh));
  expect(delivery()).toEqual({ t: 'forged', why: 'unknown serial' });
  await download;
  // The same download is shared: asking now waits for its end.
  expect(await wechat.query(ref)).toEqual(absent);
  expect(delivery()).toMatchObject({ t: 'paid', merchantNo: 'pay_test_1' });
  expect(downloads()).toHaveLength(1);
});

describe('a key that is configured beside the preferred one', () => {
  test('is believed by its serial, without a download; the preferred one is asked for, and another one is not believed', async () => {
    const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    list = serve('', {}, 500);
    const { platformKeys, ...config } = signer.config({ baseUrl });
    const withKeys = (...further: (typeof fresh)[]) =>
      createWechatGateway(
        {
          ...config,
          platformKeys: [...platformKeys, ...further.map(({ serial, pem }) => ({ serial, publicKeyPem: pem }))],
        },
        { now: Date.now, log: silent },
      );
    expect(await withKeys(spare, fresh).query(ref)).toEqual(absent);
    expect(downloads()).toHaveLength(0);
    expect(requests[0]?.headers['wechatpay-serial']).toBe(platformKeys[0]?.serial);
    expect(await withKeys(spare).query(ref)).toEqual(unbelieved);
  });
});
