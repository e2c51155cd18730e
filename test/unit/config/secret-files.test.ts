import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { digestOf, loadConfig } from '../../../src/config';
import { faultsOf, PRIVATE_KEY, WECHAT } from './support';

describe('secrets in files', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'holdfast-config-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  function file(name: string, text: string): string {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  }

  test('are read, without the line end that editors add', () => {
    const env = {
      ...WECHAT,
      DATABASE_URL_FILE: file('database', 'postgres://shop@db/shop\n'),
      REDIS_URL_FILE: file('redis', 'redis://cache'),
      AMQP_URL_FILE: file('amqp', 'amqp://broker'),
      API_KEYS_FILE: file('keys', 'a-key=read\n'),
      WECHAT_MERCHANT_PRIVATE_KEY: undefined,
      WECHAT_MERCHANT_PRIVATE_KEY_FILE: file('key.pem', `${PRIVATE_KEY}\n`),
      WECHAT_API_V3_KEY: undefined,
      WECHAT_API_V3_KEY_FILE: file('v3', `${WECHAT.WECHAT_API_V3_KEY}\r\n`),
    };
    const config = loadConfig(env);
    expect(config.databaseUrl).toBe('postgres://shop@db/shop');
    expect(config.apiKeys).toEqual([{ digest: digestOf('a-key'), scopes: ['read'] }]);
    expect(config.wechat).toMatchObject({
      merchantPrivateKey: PRIVATE_KEY,
      apiV3Key: WECHAT.WECHAT_API_V3_KEY,
    });
  });

  test('are checked like any other value', () => {
    const faults = faultsOf({ DATABASE_URL_FILE: file('database', 'mysql://shop:hush@db') });
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatch(/^DATABASE_URL: must be a URL starting with postgres:/);
    expect(faultsOf({ REDIS_URL_FILE: file('redis', 'x'), AMQP_URL_FILE: file('amqp', 'x') })).toHaveLength(2);
  });

  test('that cannot be read stop the start by name', () => {
    const faults = faultsOf({ API_KEYS_FILE: join(folder, 'nowhere') });
    expect(faults).toEqual([`API_KEYS_FILE: the file ${join(folder, 'nowhere')} cannot be read`]);
  });

  test('that cannot be read do not hide what else is wrong', () => {
    const nowhere = join(folder, 'nowhere');
    const faults = faultsOf({ PORT: 'x', STRIPE_X: '1', API_KEYS_FILE: nowhere, DATABASE_URL_FILE: nowhere });
    const names = faults.map((fault) => fault.split(':')[0]);
    expect(names.sort()).toEqual(['API_KEYS_FILE', 'DATABASE_URL_FILE', 'PORT', 'STRIPE_X']);
  });

  test('that are empty stop the start by name', () => {
    const empty = file('keys', ' \n');
    expect(faultsOf({ API_KEYS_FILE: empty })).toEqual([`API_KEYS_FILE: the file ${empty} is empty`]);
  });

  test('without a path count as not given', () => {
    expect(faultsOf({ WECHAT_API_V3_KEY_FILE: '' })).toEqual([]);
    expect(loadConfig({ API_KEYS: 'a-key=read', API_KEYS_FILE: '' }).apiKeys).toHaveLength(1);
  });

  test('are not taken for what is no secret', () => {
    expect(faultsOf({ WECHAT_MCHID_FILE: file('mchid', '1') })[0]).toMatch(/^WECHAT_MCHID_FILE: unknown variable/);
    expect(loadConfig({ PORT_FILE: file('port', '1') }).port).toBe(3000);
  });
});
