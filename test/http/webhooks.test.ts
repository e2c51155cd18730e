import request from 'supertest';
import { type RefundInProcess } from '../../src/ports/refund-store';
import { type InboxEntry, type StoreOutcome } from '../../src/ports/webhook-inbox';
import { harness, type Harness, processOf } from './support/harness';

function notify({ app }: Harness, body: string, signature = 'good') {
  return request(app).post('/v1/webhooks/wechat').set('Wechatpay-Signature', signature).type('text/plain').send(body);
}

async function storing(outcome: () => Promise<StoreOutcome>) {
  const entries: InboxEntry[] = [];
  const built = await harness({
    inbox: {
      store: (entry) => {
        entries.push(entry);
        return outcome();
      },
    },
  });
  return { built, entries };
}

describe('POST /v1/webhooks/{gateway}', () => {
  it.each(['stored', 'duplicate'] as const)('acknowledges what is %s and wakes the dispatcher', async (outcome) => {
    const { built, entries } = await storing(() => Promise.resolve(outcome));
    const answer = await notify(built, 'pay_1');
    expect([answer.status, answer.text]).toEqual([200, '{"code":"SUCCESS"}']);
    expect(entries).toEqual([
      {
        gateway: 'wechat',
        eventId: 'evt_1',
        merchantNo: 'pay_1',
        paid: { transactionId: 'tx_1', amount: { minor: 3998, currency: 'CNY' }, paidAt: '2026-01-01T00:00:00.000Z' },
      },
    ]);
    expect(built.wakes()).toBe(1);
    expect(built.alerts).toEqual([]);
  });

  it('does not answer before it is stored', async () => {
    let release: (outcome: StoreOutcome) => void = () => undefined;
    let reached: () => void = () => undefined;
    const storeCalled = new Promise<void>((resolve) => (reached = resolve));
    const { built } = await storing(() => {
      reached();
      return new Promise<StoreOutcome>((resolve) => (release = resolve));
    });
    let answered = false;
    const answer = notify(built, 'pay_1').then((response) => {
      answered = true;
      return response;
    });
    await storeCalled;
    expect([answered, built.wakes()]).toEqual([false, 0]);
    release('stored');
    expect((await answer).status).toBe(200);
  });

  it.each([
    ['unknownPayment', 'payment_unknown'],
    ['wrongAmount', 'payment_wrong_amount'],
  ] as const)('acknowledges %s, alerts, and wakes nobody', async (outcome, alert) => {
    const { built } = await storing(() => Promise.resolve(outcome));
    expect((await notify(built, 'pay_9')).status).toBe(200);
    const context = { gateway: 'wechat', eventId: 'evt_1', merchantNo: 'pay_9', transactionId: 'tx_1' };
    expect(built.alerts).toEqual([[alert, { ...context, amount: { minor: 3998, currency: 'CNY' } }]]);
    expect(built.wakes()).toBe(0);
  });

  it('asks for it again, in the gateway’s format, when it could not be stored', async () => {
    const { built } = await storing(() => Promise.reject(new Error('database gone')));
    const answer = await notify(built, 'pay_1');
    expect([answer.status, answer.body.code]).toEqual([500, 'FAIL']);
    expect(answer.text).not.toContain('database');
    expect(built.wakes()).toBe(0);
  });

  it('refuses what is not the gateway’s, keeps nothing, and does not log what it said', async () => {
    const { built, entries } = await storing(() => Promise.resolve('stored'));
    const answer = await notify(built, 'forged-body', 'bad');
    expect([answer.status, answer.body]).toEqual([401, { code: 'FAIL', message: 'signature' }]);
    expect([entries, built.wakes()]).toEqual([[], 0]);
    expect(built.log.some((line) => JSON.parse(line).level === 40)).toBe(true);
    expect(built.log.join('')).not.toContain('forged-body');
  });

  it('acknowledges what does not concern it', async () => {
    const { built, entries } = await storing(() => Promise.resolve('stored'));
    expect((await notify(built, 'other')).status).toBe(200);
    expect(entries).toEqual([]);
  });

  it('knows no gateway that is not configured', async () => {
    const { built, entries } = await storing(() => Promise.resolve('stored'));
    const answer = await request(built.app)
      .post('/v1/webhooks/stripe')
      .set('Wechatpay-Signature', 'good')
      .send('pay_1');
    expect([answer.status, answer.body.code]).toEqual([404, 'gateway_unknown']);
    expect(entries).toEqual([]);
  });

  it('hands the gateway the bytes as they came, whatever they claim to be', async () => {
    const bodies: Buffer[] = [];
    const { deps } = await harness();
    const own = deps.gateways.get('wechat');
    const parseNotification = ({ body }: { body: Buffer }) => {
      bodies.push(body);
      return { t: 'ignored', eventId: 'e', why: 'test' } as const;
    };
    const built = await harness({ gateways: own ? new Map([['wechat', { ...own, parseNotification }]]) : new Map() });
    const bytes = Buffer.from('{ "a" : 1.0,\n "b":"\\u00e9" }');
    for (const type of ['application/json', 'application/x-www-form-urlencoded', 'nonsense']) {
      await request(built.app)
        .post('/v1/webhooks/wechat')
        .set('Content-Type', type)
        .serialize(() => bytes as never)
        .send(bytes);
    }
    await request(built.app).post('/v1/webhooks/wechat');
    expect(bodies.map(String)).toEqual([String(bytes), String(bytes), String(bytes), '']);
  });
});

describe('POST /v1/webhooks/{gateway}: news of a refund', () => {
  const REFUND: RefundInProcess = { id: 'ref_1', inboxId: 'evt_1' };

  /** The API that knows one refund by one number; its process `takes` the news. */
  async function refundNews(takes: () => Promise<void>, ofNumber?: () => Promise<RefundInProcess | null>) {
    const told: RefundInProcess[] = [];
    const built = await harness({
      refunds: {
        request: () => Promise.reject(new Error('nobody asked for a refund')),
        ofNumber: ofNumber ?? ((number) => Promise.resolve(number === 'ref_1_2' ? REFUND : null)),
      },
      process: processOf({
        refundChanged: (refund) => {
          told.push(refund);
          return takes();
        },
      }),
      inbox: { store: () => Promise.reject(new Error('a refund is no payment')) },
    });
    return { built, told };
  }
  const takes = () => Promise.resolve();
  const away = () => Promise.reject(new Error('database gone'));

  it('is acknowledged and passed on to the refund whose number it is', async () => {
    const { built, told } = await refundNews(takes);
    const answer = await notify(built, 'refund ref_1_2');
    expect([answer.status, answer.text]).toEqual([200, '{"code":"SUCCESS"}']);
    expect(told).toEqual([REFUND]);
    expect([built.wakes(), built.alerts]).toEqual([0, []]);
  });

  it('is acknowledged where no refund has the number, and told to nobody', async () => {
    const { built, told } = await refundNews(takes);
    expect((await notify(built, 'refund ref_9')).status).toBe(200);
    expect(told).toEqual([]);
  });

  it.each([
    ['its process cannot be told', away, undefined],
    ['the refund cannot be looked up', takes, away],
  ])('is acknowledged where %s, which is logged: the process asks by itself', async (_what, taking, lookUp) => {
    const { built } = await refundNews(taking, lookUp);
    expect((await notify(built, 'refund ref_1_2')).status).toBe(200);
    const warnings = built.log.map((line) => JSON.parse(line)).filter(({ level }) => level === 40);
    expect(warnings).toMatchObject([{ refundNo: 'ref_1_2', err: { message: 'database gone' } }]);
  });

  it('that is forged is told to nobody', async () => {
    const { built, told } = await refundNews(takes);
    expect((await notify(built, 'refund ref_1_2', 'bad')).status).toBe(401);
    expect(told).toEqual([]);
  });
});
