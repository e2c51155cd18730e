import { faultOfUrl, isPublicAddress, lookupPublic } from '../../../src/adapters/events/webhook/addresses';
import { HttpWebhookSender } from '../../../src/adapters/events/webhook/sender';
import { envelope } from '../../support/events';

describe('addresses that events are sent to in production', () => {
  it.each([
    '8.8.8.8',
    '1.1.1.1',
    '172.32.0.1',
    '192.169.0.1',
    '100.128.0.1',
    '2606:4700::1111',
    '2a00:1450:4001::200e',
  ])('%s is public', (address) => {
    expect(isPublicAddress(address)).toBe(true);
  });

  it.each([
    ...[
      '0.0.0.0',
      '10.0.0.1',
      '100.64.0.1',
      '127.0.0.1',
      '127.255.255.254',
      '169.254.169.254',
      '172.16.0.1',
      '172.31.255.255',
    ],
    ...[
      '192.0.0.8',
      '192.0.2.1',
      '192.168.1.1',
      '198.18.0.1',
      '198.51.100.1',
      '203.0.113.1',
      '224.0.0.1',
      '255.255.255.255',
    ],
    ...[
      '::',
      '::1',
      'fe80::1',
      'fc00::1',
      'fd12:3456::1',
      'ff02::1',
      '::ffff:127.0.0.1',
      '::ffff:10.0.0.1',
      '64:ff9b::a00:1',
    ],
    ...['2001:db8::1', '2002:7f00:1::', '2001::1', 'localhost', ''],
  ])('%s is not', (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });

  it.each([
    ['http://shop.example/', 'must be an https:// address'],
    ['ftp://shop.example/', 'must be an https:// address'],
    ['https://user:secret@shop.example/', 'must not carry a user or a password'],
    ['https://127.0.0.1/', 'must not be an address inside a private network'],
    ['https://[::1]/', 'must not be an address inside a private network'],
    ['https://[::ffff:169.254.169.254]/', 'must not be an address inside a private network'],
    ['https://0x7f000001/', 'must not be an address inside a private network'],
    ['https://2130706433/', 'must not be an address inside a private network'],
    ['https://017700000001/', 'must not be an address inside a private network'],
  ])('%s %s', (url, fault) => {
    expect(faultOfUrl(url, true)).toBe(fault);
  });

  it('takes HTTPS to a name or a public address, and elsewhere than in production a private one and HTTP', () => {
    expect(faultOfUrl('https://shop.example/events?a=b', true)).toBeNull();
    expect(faultOfUrl('https://8.8.8.8/', true)).toBeNull();
    expect(faultOfUrl('http://127.0.0.1:3000/', false)).toBeNull();
    expect(faultOfUrl('ftp://shop.example/', false)).toBe('must be an https:// address');
  });

  it.each([true, false])('a name that leads inside is not connected to (all addresses asked for: %s)', async (all) => {
    const error = await new Promise<Error | null>((resolve) => lookupPublic('localhost', { all }, resolve));
    expect(error?.message).toBe('the name leads to an address that is not public');
  });

  it('the sender asks both ways', async () => {
    const sender = new HttpWebhookSender({ now: Date.now, publicOnly: true, timeoutMs: 1_000 });
    const send = (url: string) => sender.send({ url, secret: 'whsec_test' }, envelope('ord_1', 1));
    expect(await send('https://127.0.0.1/')).toEqual({
      t: 'failed',
      error: 'the URL must not be an address inside a private network',
    });
    expect(await send('https://localhost:1/')).toEqual({
      t: 'failed',
      error: 'the name leads to an address that is not public',
    });
  });
});
