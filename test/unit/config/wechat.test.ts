import { loadConfig } from '../../../src/config';
import { faultsOf, PRIVATE_KEY, PUBLIC_KEY, WECHAT } from './support';

const NAMES = Object.keys(WECHAT) as (keyof typeof WECHAT)[];

describe('the configuration of WeChat Pay', () => {
  test('is there when all of it is given', () => {
    expect(loadConfig({ ...WECHAT, PUBLIC_URL: 'https://shop.example/' }).wechat).toEqual({
      baseUrl: 'https://api.mch.weixin.qq.com',
      mchid: WECHAT.WECHAT_MCHID,
      appid: WECHAT.WECHAT_APPID,
      merchantSerial: WECHAT.WECHAT_MERCHANT_SERIAL,
      merchantPrivateKey: PRIVATE_KEY,
      apiV3Key: WECHAT.WECHAT_API_V3_KEY,
      platformKeys: [{ serial: 'PUB_KEY_ID_1', publicKeyPem: PUBLIC_KEY }],
      notifyUrl: 'https://shop.example/v1/webhooks/wechat',
      cashierBaseUrl: null,
    });
  });

  test('takes addresses other than the usual ones', () => {
    const addresses = {
      WECHAT_BASE_URL: 'http://127.0.0.1:3900',
      WECHAT_NOTIFY_URL: 'https://hook.example/in',
      WECHAT_CASHIER_BASE_URL: 'http://127.0.0.1:3901',
    };
    expect(loadConfig({ ...WECHAT, ...addresses }).wechat).toMatchObject({
      baseUrl: 'http://127.0.0.1:3900',
      notifyUrl: 'https://hook.example/in',
      cashierBaseUrl: 'http://127.0.0.1:3901',
    });
  });

  test('takes further keys of WeChat Pay, by serial, behind the one that answers are asked for under', () => {
    const other = PUBLIC_KEY.replace('MIIB', 'MIIC==');
    const further = `5157F09EFDC096DE15EBE81A47057A73=${other.replaceAll('\n', '\\n')}; PUB_KEY_ID_3=${PUBLIC_KEY};`;
    expect(loadConfig({ ...WECHAT, WECHAT_FURTHER_PLATFORM_KEYS: further }).wechat?.platformKeys).toEqual([
      { serial: 'PUB_KEY_ID_1', publicKeyPem: PUBLIC_KEY },
      { serial: '5157F09EFDC096DE15EBE81A47057A73', publicKeyPem: other },
      { serial: 'PUB_KEY_ID_3', publicKeyPem: PUBLIC_KEY },
    ]);
  });

  test.each([`PUB_KEY_ID_2=${PUBLIC_KEY};${PUBLIC_KEY}`, `PUB_KEY_ID_2=${PUBLIC_KEY};PUB_KEY_ID_3=MIIB`])(
    'is refused with a further key that is not serial=PEM, by its place: %#',
    (further) => {
      expect(faultsOf({ ...WECHAT, WECHAT_FURTHER_PLATFORM_KEYS: further })).toEqual([
        'WECHAT_FURTHER_PLATFORM_KEYS: entry 2 is not of the form serial=PEM',
      ]);
    },
  );

  test('takes keys whose line ends were written as \\n', () => {
    const oneLine = { WECHAT_MERCHANT_PRIVATE_KEY: PRIVATE_KEY.replaceAll('\n', '\\n') };
    expect(loadConfig({ ...WECHAT, ...oneLine }).wechat?.merchantPrivateKey).toBe(PRIVATE_KEY);
  });

  test.each(NAMES)('is refused without %s alone, which is named', (name) => {
    const faults = faultsOf({ ...WECHAT, [name]: undefined });
    expect(faults).toEqual([`WECHAT_*: ${name} missing; WeChat Pay needs all of them`]);
  });

  test.each(NAMES)('is refused with %s alone: all others are named', (name) => {
    const faults = faultsOf({ [name]: WECHAT[name] });
    const others = NAMES.filter((other) => other !== name).join(', ');
    expect(faults).toEqual([`WECHAT_*: ${others} missing; WeChat Pay needs all of them`]);
  });

  test.each(['WECHAT_BASE_URL', 'WECHAT_NOTIFY_URL', 'WECHAT_CASHIER_BASE_URL'])(
    'is refused with the address %s alone, which would go unused',
    (name) => {
      const faults = faultsOf({ [name]: 'https://x.example/' });
      expect(faults).toEqual([`WECHAT_*: ${NAMES.join(', ')} missing; WeChat Pay needs all of them`]);
    },
  );
});
