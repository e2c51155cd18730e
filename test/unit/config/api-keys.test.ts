import { createHash } from 'node:crypto';
import { developmentKey, digestOf } from '../../../src/config';
import { parseApiKeys } from '../../../src/config/api-keys';

const KEY = 'k-9f8e7d6c5b4a39281706f5e4';
const NO_SCOPE = 'API_KEYS: entry 1: a scope is not one of orders, catalog, operate, read';
const digest = (key: string) => createHash('sha256').update(key, 'utf8').digest('hex');

/** What is taken of `value`, and what is said of the rest. */
function read(value: string, production = false) {
  const faults: string[] = [];
  return { keys: parseApiKeys(value, production, faults), faults };
}

/** What is said of `value`, of which nothing may be taken. */
function complaints(value: string, production = false): string[] {
  const { keys, faults } = read(value, production);
  expect(keys).toEqual([]);
  return faults;
}

describe('parseApiKeys', () => {
  test.each(['', ' ', ';', ' ; ; '])('finds no key in %j, and no fault', (value) => {
    expect(read(value)).toEqual({ keys: [], faults: [] });
    expect(read(value, true)).toEqual({ keys: [], faults: [] });
  });

  test('keeps the digest of each key and its scopes, not the key', () => {
    const { keys, faults } = read(` ${KEY} = orders + read ; other=operate;third=catalog;`);
    expect(faults).toEqual([]);
    expect(keys).toEqual([
      { digest: digest(KEY), scopes: ['orders', 'read'] },
      { digest: digest('other'), scopes: ['operate'] },
      { digest: digest('third'), scopes: ['catalog'] },
    ]);
    expect(JSON.stringify(keys)).not.toContain(KEY);
    expect(keys[0]?.digest).toBe(digestOf(KEY));
  });

  test.each([
    ['no scope', KEY],
    ['an empty scope', `${KEY}=`],
    ['a third part', `${KEY}=orders=read`],
    ['keys parted by a comma', `${KEY}=orders,other=read`],
  ])('refuses %s by its form, without repeating the key', (_what, value) => {
    expect(complaints(value)).toEqual(['API_KEYS: entry 1 is not of the form key=scope+scope']);
  });

  test('refuses scopes without a key', () => {
    expect(complaints('=orders')).toEqual(['API_KEYS: entry 1 is not of the form key=scope+scope']);
  });

  test.each(['admin', 'Orders', 'orders+', '+orders', 'orders read', 'constructor'])(
    'refuses the scopes %j and says which there are, without repeating the key',
    (scopes) => {
      expect(complaints(`${KEY}=${scopes}`)).toEqual([NO_SCOPE]);
    },
  );

  test.each([false, true])(
    'refuses a key and its scope written the wrong way round, without repeating the key',
    (production) => {
      expect(complaints(`orders=${KEY}`, production).join()).toMatch(/^API_KEYS: entry 1: /);
      expect(complaints(`orders=${KEY}`, production).join()).not.toContain(KEY);
      expect(complaints(`${KEY}=${KEY}`, production)).toEqual([NO_SCOPE]);
    },
  );

  test('says which entry is meant, and takes the others', () => {
    const { keys, faults } = read(`a=orders;;b=read;${KEY}`);
    expect(faults).toEqual(['API_KEYS: entry 3 is not of the form key=scope+scope']);
    expect(keys).toEqual([
      { digest: digest('a'), scopes: ['orders'] },
      { digest: digest('b'), scopes: ['read'] },
    ]);
  });

  test('reports every entry that is wrong, after what was reported before', () => {
    const faults = ['PORT: must be a whole number'];
    expect(parseApiKeys(`${KEY};a=orders;b=admin;=read`, false, faults)).toHaveLength(1);
    expect(faults.map((fault) => fault.replace(/( is not|: a scope).*/, ''))).toEqual([
      'PORT: must be a whole number',
      'API_KEYS: entry 1',
      'API_KEYS: entry 3',
      'API_KEYS: entry 4',
    ]);
  });

  test('refuses a key in production that could be guessed, without repeating it', () => {
    const short = KEY.slice(0, 23);
    const enough = KEY.slice(0, 24);
    expect(read(`${enough}=orders;${short}=orders`, true)).toEqual({
      keys: [{ digest: digest(enough), scopes: ['orders'] }],
      faults: ['API_KEYS: entry 2: a key has at least 24 characters in production'],
    });
    expect(read('k=orders')).toMatchObject({ keys: [{ digest: digest('k') }], faults: [] });
  });
});

describe('developmentKey', () => {
  test('may do everything and is another one each time', () => {
    const { key, apiKey } = developmentKey(false);
    expect(apiKey).toEqual({ digest: digest(key), scopes: ['orders', 'catalog', 'operate', 'read'] });
    expect(key).toMatch(/^dev_[\w-]{16}$/);
    expect(developmentKey(false).key).not.toBe(key);
  });

  test('is never made in production', () => {
    expect(() => developmentKey(true)).toThrow(/^API_KEYS: must be set when NODE_ENV=production/);
  });
});
