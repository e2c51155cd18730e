import { digestOf, loadConfig } from '../../../src/config';
import { configuredIdentity } from '../../../src/main/operator-identity';
import { faultsOf } from './support';

const LONG = 'k'.repeat(24);
const SECRET = 's'.repeat(32);

describe('OPERATORS', () => {
  test('names people, each with a key and roles; whoever acts or approves may look', () => {
    const { operators } = loadConfig({ OPERATORS: 'Li Lei:a-key=operator+approver; vera:b-key=viewer;' }).console;
    expect(operators).toEqual([
      {
        actor: { id: 'op_li_lei', name: 'Li Lei', roles: ['viewer', 'operator', 'approver'] },
        digest: digestOf('a-key'),
      },
      { actor: { id: 'op_vera', name: 'vera', roles: ['viewer'] }, digest: digestOf('b-key') },
    ]);
  });

  test.each([
    ['no key', 'vera=viewer', /^OPERATORS: entry 1 is not of the form/],
    ['no role', 'vera:a-key=', /^OPERATORS: entry 1 is not of the form/],
    ['a role that there is not', 'vera:a-key=viewer+root', /^OPERATORS: entry 1: a role is not one of viewer/],
    ['a name with a line end', 've\nra:a-key=viewer', /^OPERATORS: entry 1: a name has/],
    ['a name twice', 'vera:a-key=viewer;Vera:b-key=viewer', /^OPERATORS: entry 2 has an earlier name/],
    ['a key twice', 'vera:a-key=viewer;anna:a-key=viewer', /^OPERATORS: entry 2 has an earlier key/],
  ])('refuses %s, and repeats no key', (_what, OPERATORS, fault) => {
    const faults = faultsOf({ OPERATORS });
    expect(faults).toEqual([expect.stringMatching(fault)]);
    expect(faults.join('')).not.toContain('a-key');
  });

  test('want long keys and a secret in production', () => {
    const production = { NODE_ENV: 'production' };
    expect(faultsOf({ ...production, CONSOLE_SECRET: SECRET, OPERATORS: 'vera:a-key=viewer' })).toEqual([
      expect.stringMatching(/^OPERATORS: entry 1: a key has at least 24 characters/),
    ]);
    expect(faultsOf({ ...production, OPERATORS: `vera:${LONG}=viewer` })).toEqual([
      expect.stringMatching(/^CONSOLE_SECRET: must be given with OPERATORS/),
    ]);
  });
});

describe('the console', () => {
  test('is not there without a secret, and takes none that is short', () => {
    expect(loadConfig({}).console.secret).toBeNull();
    expect(loadConfig({ CONSOLE_SECRET: SECRET }).console.secret).toBe(SECRET);
    expect(faultsOf({ CONSOLE_SECRET: 'short' })).toEqual(['CONSOLE_SECRET: must have at least 32 characters']);
  });

  test('links to the Temporal UI without a slash at its end', () => {
    expect(loadConfig({ TEMPORAL_UI_URL: 'http://ui:8233/' }).console.temporalUiUrl).toBe('http://ui:8233');
  });
});

describe('who may sign in', () => {
  const { console: configured, apiKeys } = loadConfig({
    OPERATORS: 'vera:a-key=viewer',
    API_KEYS: 'machine=operate;reader=read',
  });
  const identity = configuredIdentity(configured.operators, apiKeys);

  test.each([
    ['a-key', 'op_vera'],
    ['machine', `key_${digestOf('machine').slice(0, 12)}`],
    ['reader', undefined],
    ['a-ke', undefined],
    ['', undefined],
  ])('the key %p is that of %p', (key, id) => {
    expect(identity.ofKey(key)?.actor.id).toBe(id);
  });

  test('is asked by the id later, of sessions by key alone', async () => {
    const { credential = '' } = identity.ofKey('a-key') ?? {};
    const vera = { subject: 'op_vera', name: 'vera', roles: ['viewer'], credential } as const;
    expect(await identity.current({ ...vera, via: 'key' })).toMatchObject({ name: 'vera' });
    expect(await identity.current({ ...vera, via: 'oidc' })).toBeNull();
    expect(await identity.current({ ...vera, subject: 'op_gone', via: 'key' })).toBeNull();
    expect(await identity.current({ ...vera, credential: 'of the key before', via: 'key' })).toBeNull();
  });
});
