import request from 'supertest';
import { unsealData } from 'iron-session';
import { browserWith, consoleHarness, CONSOLE_KEYS, cookieOf } from './support/console';

const OWN = { 'X-Holdfast-Console': '1', 'Sec-Fetch-Site': 'same-origin' };
const SESSION = '/console/api/session';

describe('signing in to the console', () => {
  it('says who one is and what one may do', async () => {
    const { signIn } = await consoleHarness();
    const me = await (await signIn('operator')).get('/me');
    expect([me.status, me.body]).toEqual([
      200,
      {
        actor: { id: 'op_oscar', name: 'Oscar', roles: ['viewer', 'operator'] },
        may: { act: true, approve: false },
        signedInUntil: '2026-01-01T08:10:00.000Z',
        idleSeconds: 1800,
        gateways: ['wechat'],
        twoPersonAboveMinor: 3000,
        temporalUi: 'http://ui.test',
      },
    ]);
  });

  it('takes an API key that operates, named by its digest', async () => {
    const { signIn } = await consoleHarness();
    const { actor, may } = (await (await signIn('api')).get('/me')).body;
    expect(actor.id).toMatch(/^key_[0-9a-f]{12}$/);
    expect(may).toEqual({ act: true, approve: true });
  });

  it.each([
    ['an unknown key', { key: 'who-is-this' }, 401, 'unauthenticated'],
    ['a key of a machine that only reads', { key: CONSOLE_KEYS.reader }, 401, 'unauthenticated'],
    ['no key', {}, 422, 'validation_failed'],
    ['a key that is no text', { key: 7 }, 422, 'validation_failed'],
    ['more than a key', { key: 'x', admin: true }, 422, 'validation_failed'],
  ])('refuses %s', async (_what, body, status, code) => {
    const { app } = await consoleHarness();
    const answer = await request(app).post(SESSION).set(OWN).send(body);
    expect([answer.status, answer.body.code, cookieOf(answer)]).toEqual([status, code, '']);
  });

  it('refuses an address that tried ten times, a right key included', async () => {
    const { app } = await consoleHarness();
    for (let tried = 0; tried < 10; tried += 1) {
      expect(
        (
          await request(app)
            .post(SESSION)
            .set(OWN)
            .send({ key: `guess ${tried}` })
        ).status,
      ).toBe(401);
    }
    const answer = await request(app).post(SESSION).set(OWN).send({ key: CONSOLE_KEYS.viewer });
    expect([answer.status, answer.body.code]).toEqual([429, 'too_many_attempts']);
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
  });

  it('forgets the tries of an address once one was right', async () => {
    const { app } = await consoleHarness();
    for (let tried = 0; tried < 9; tried += 1) await request(app).post(SESSION).set(OWN).send({ key: 'guess' });
    expect((await request(app).post(SESSION).set(OWN).send({ key: CONSOLE_KEYS.viewer })).status).toBe(200);
    expect((await request(app).post(SESSION).set(OWN).send({ key: 'guess' })).status).toBe(401);
  });
});

describe('the session', () => {
  it('is a cookie for the console alone, out of reach of scripts and other sites, that holds no key', async () => {
    const { app, log } = await consoleHarness();
    const answer = await request(app).post(SESSION).set(OWN).send({ key: CONSOLE_KEYS.operator });
    const [header = ''] = [answer.headers['set-cookie'] ?? ''].flat();
    for (const attribute of ['HttpOnly', 'SameSite=Strict', 'Path=/console']) expect(header).toContain(attribute);
    expect(header).not.toContain('Secure');
    const sealed = decodeURIComponent(cookieOf(answer).split('=').slice(1).join('='));
    const opened = await unsealData<object>(sealed, { password: 'a secret of the tests that is long enough' });
    expect(Object.keys(opened).sort()).toEqual(['credential', 'issuedAt', 'name', 'roles', 'seenAt', 'subject', 'via']);
    expect(JSON.stringify(opened) + log.join('')).not.toContain(CONSOLE_KEYS.operator);
  });

  it('is for HTTPS alone where the console is reached by it', async () => {
    const settings = { secret: 's'.repeat(32), secure: true, temporalUi: null, twoPersonAboveMinor: null };
    const { app } = await consoleHarness({ settings });
    const answer = await request(app).post(SESSION).set(OWN).send({ key: CONSOLE_KEYS.operator });
    expect([answer.headers['set-cookie'] ?? ''].flat()[0]).toContain('Secure');
  });

  it('is over eight hours after the sign-in, whatever one did', async () => {
    const { app, signIn, later } = await consoleHarness();
    let browser = await signIn('viewer');
    for (let passed = 0; passed < 8 * 3600 - 1200; passed += 1200) {
      later(1200);
      const answer = await browser.get('/me');
      expect(answer.status).toBe(200);
      browser = browserWith(app, cookieOf(answer));
    }
    later(1200);
    expect((await browser.get('/me')).status).toBe(401);
  });

  it('is over when nobody used it for half an hour', async () => {
    const { signIn, later } = await consoleHarness();
    const browser = await signIn('viewer');
    later(1799);
    expect((await browser.get('/me')).status).toBe(200);
    later(1);
    // The cookie of the answer in between was not taken over.
    expect((await browser.get('/me')).status).toBe(401);
  });

  it('ends with the person: whoever is no longer configured is out at the next call', async () => {
    const { signIn, dismiss } = await consoleHarness();
    const browser = await signIn('operator');
    dismiss();
    expect((await browser.get('/orders')).body.code).toBe('unauthenticated');
  });

  it('ends with its key: who has another one by now signs in again', async () => {
    const { signIn, rekey } = await consoleHarness();
    const browser = await signIn('operator');
    rekey('another-key-of-the-operator');
    expect((await browser.get('/orders')).body.code).toBe('unauthenticated');
  });

  it('cannot be made up or altered', async () => {
    const { app, signIn } = await consoleHarness();
    const { cookie } = await signIn('viewer');
    const altered = cookie.replace(/.{4}$/, 'AAAA');
    for (const each of ['', 'holdfast-console=whatever', altered])
      expect((await browserWith(app, each).get('/me')).status).toBe(401);
  });

  it('ends when one signs out', async () => {
    const { app, signIn } = await consoleHarness();
    const { cookie } = await signIn('viewer');
    const answer = await request(app)
      .delete(SESSION)
      .set({ ...OWN, Cookie: cookie });
    expect(answer.status).toBe(204);
    expect([answer.headers['set-cookie'] ?? ''].flat()[0]).toContain('Max-Age=0');
  });
});

describe('calls from elsewhere', () => {
  const CALLS = [
    ['without the header', { 'X-Holdfast-Console': '' }],
    ['of another site', { 'Sec-Fetch-Site': 'cross-site' }],
    ['of another host of the same site', { 'Sec-Fetch-Site': 'same-site' }],
    ['of another origin', { Origin: 'https://evil.example' }],
    ['of an origin that is none', { Origin: 'null' }],
  ] as const;

  it.each(CALLS)('are refused %s', async (_what, headers) => {
    const { app, signIn, desk } = await consoleHarness();
    const { cookie } = await signIn('operator');
    const answer = await request(app)
      .post('/console/api/orders/ord_1/actions')
      .set({ ...OWN, Cookie: cookie, 'Idempotency-Key': 'k', ...headers })
      .send({ action: { kind: 'cancel' }, reason: 'because' });
    expect([answer.status, answer.body.code, desk.records]).toEqual([403, 'csrf_rejected', []]);
  });

  it('are refused that do not say where they come from, signing in included', async () => {
    const { app } = await consoleHarness();
    const answer = await request(app).post(SESSION).set('X-Holdfast-Console', '1').send({ key: CONSOLE_KEYS.viewer });
    expect([answer.status, answer.body.code]).toEqual([403, 'csrf_rejected']);
  });

  it('are taken by the origin where the browser tells no more', async () => {
    const { app } = await consoleHarness();
    const answer = await request(app)
      .post(SESSION)
      .set({ 'X-Holdfast-Console': '1', Host: 'ops.example', Origin: 'https://ops.example' })
      .send({ key: CONSOLE_KEYS.viewer });
    expect(answer.status).toBe(200);
  });
});

describe('what is no data', () => {
  it('is a page, signed in or not; unknown data is a problem', async () => {
    const { app } = await consoleHarness();
    expect((await request(app).get('/console/orders/ord_1')).text).toBe('<!doctype html>');
    const unknown = await request(app).get('/console/api/nothing');
    expect([unknown.status, unknown.body.code]).toEqual([404, 'not_found']);
    expect(unknown.headers).toMatchObject({
      'cache-control': 'no-store',
      'content-security-policy': "default-src 'none';frame-ancestors 'none'",
      'x-request-id': unknown.body.instance,
    });
  });
});
