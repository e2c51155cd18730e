import { explain, type Situation } from '../../../src/console/present/explain';
import { type AttemptView } from '../../../src/console/contract';
import { type OrderInside } from '../../../src/ports/console-reads';
import { INSIDE } from '../../http/support/console';
import { stored } from '../../http/support/fakes';

const AT = Date.parse('2026-01-01T00:10:00.000Z');
const MINUTE = 60_000;
const [first] = INSIDE.attempts;
if (!first) throw new Error('the order of the tests has an attempt');
const ATTEMPT: AttemptView = { ...first, answers: 0, lastAnswer: null };

type Changes = Partial<Omit<Situation, 'order' | 'inside'>> & {
  readonly order?: Partial<Situation['order']>;
  readonly inside?: Partial<OrderInside>;
};

function situation({ order, inside, ...rest }: Changes): Situation {
  return {
    order: stored(order),
    inside: { ...INSIDE, ...inside },
    process: { t: 'answered', status: 'awaiting_payment', asked: null, lastAnswer: null, nextAskAt: null },
    attempts: [ATTEMPT],
    now: AT,
    ...rest,
  };
}

const said = (outcome: string, words: string): AttemptView['lastAnswer'] => {
  return { at: '2026-01-01T00:09:00.000Z', op: 'close', outcome, code: null, words };
};

describe('an order that waits for its payment', () => {
  it('says whom it waits for and what comes of it', () => {
    expect(explain(situation({}))).toEqual({
      tone: 'waiting',
      headline: 'The order waits for the buyer to pay at WeChat Pay.',
      next: 'If nobody pays by 2026-01-01T00:30:00.000Z, the payment is closed at the gateway, and then the stock goes back.',
      details: [],
    });
  });

  it('says that nobody has chosen yet', () => {
    expect(explain(situation({ attempts: [] })).headline).toMatch(/choose how to pay/);
  });

  it.each([
    ['creating', null, 'attention', /has not yet taken the payment on.*has not answered yet/],
    ['failed', said('rejected', 'refused'), 'attention', /refused to take the payment.*refused/],
  ] as const)('with an attempt that is %s asks for attention', (status, lastAnswer, tone, headline) => {
    const explained = explain(situation({ attempts: [{ ...ATTEMPT, status, lastAnswer }] }));
    expect([explained.tone, explained.headline]).toEqual([tone, expect.stringMatching(headline)]);
  });

  it('says when its workflow should have begun to close it', () => {
    const late = explain(situation({ now: Date.parse('2026-01-01T00:31:01.000Z') }));
    expect([late.tone, late.next]).toEqual(['attention', expect.stringMatching(/workers are down/)]);
  });

  it('says that the payment on offer lapsed before the deadline', () => {
    const lapsed = explain(situation({ attempts: [{ ...ATTEMPT, expiresAt: '2026-01-01T00:05:00.000Z' }] }));
    expect([lapsed.tone, lapsed.details[0]]).toEqual(['attention', expect.stringMatching(/lapsed at/)]);
  });

  it.each([
    ['missing', /no workflow yet/],
    ['ended', /ended by hand/],
    ['silent', /did not answer/],
  ] as const)('says that its workflow is %s', (t, words) => {
    expect(explain(situation({ process: { t } })).details).toEqual([expect.stringMatching(words)]);
  });
});

describe('an order that is being closed', () => {
  const closing = (change: Changes = {}): Situation =>
    situation({
      order: { status: 'closing', closeReason: 'payment_window_over' },
      inside: { since: new Date(AT - MINUTE).toISOString() },
      attempts: [{ ...ATTEMPT, lastAnswer: said('unknown', 'no answer in time') }],
      process: {
        ...{ t: 'answered', status: 'closing', asked: 4, lastAnswer: 'unknown' },
        nextAskAt: '2026-01-01T00:10:08.000Z',
      },
      ...change,
    });

  it('says why, what the gateway said, when it is asked again, and that the stock stays', () => {
    expect(explain(closing())).toEqual({
      tone: 'waiting',
      headline:
        'The order is being closed because its payment window was over, and WeChat Pay has not proved that nobody can pay any more: no answer in time.',
      next: 'WeChat Pay is asked again at 2026-01-01T00:10:08.000Z. If it was paid, the order becomes paid; if it is closed, the order is cancelled and the stock goes back.',
      details: [
        'The stock stays held: it goes back only on proof that nobody can pay.',
        'WeChat Pay was asked 4 times so far.',
      ],
    });
  });

  it('asks for attention once it takes long, or the gateway refuses', () => {
    expect(explain(closing({ inside: { since: new Date(AT - 3 * MINUTE).toISOString() } })).tone).toBe('attention');
    const refused = [{ ...ATTEMPT, lastAnswer: said('rejected', 'refused') }];
    expect(explain(closing({ attempts: refused })).tone).toBe('attention');
  });

  it('tells no time that no worker told', () => {
    const silent = explain(closing({ process: { t: 'silent' } }));
    expect(silent.next).toMatch(/^WeChat Pay is asked again by itself/);
    expect(silent.details.at(-1)).toMatch(/did not answer/);
  });

  it('says that only the mark keeps the stock, once nobody can pay any more', () => {
    const attempts = [{ ...ATTEMPT, lastAnswer: said('closed', 'closed') }];
    const kept = explain(closing({ attempts, inside: { manualSince: '2026-01-01T00:09:30.000Z' } }));
    expect(kept).toMatchObject({ tone: 'person', headline: expect.stringMatching(/has proved that nobody can pay/) });
    expect(kept.next).toMatch(/once the mark for manual handling is taken away/);
    expect(explain(closing({ attempts })).next).toMatch(/goes back at any moment/);
  });

  it('waits for a person once it is marked, and says what that means', () => {
    const marked = explain(closing({ inside: { manualSince: '2026-01-01T00:09:30.000Z' } }));
    expect([marked.tone, marked.details[0]]).toEqual(['person', expect.stringMatching(/^Marked for manual handling/)]);
  });
});

describe('an order whose buying is over', () => {
  const refund: OrderInside['refunds'][number] = {
    ...{
      id: 'ref_1',
      orderId: 'ord_1',
      cause: 'requested',
      gateway: 'wechat',
      merchantNo: 'pay_ord_1',
      gatewayRef: null,
    },
    ...{ transactionId: 'tx', number: 'ref_1_2', tries: 2, paid: ATTEMPT.amount, amount: ATTEMPT.amount },
    ...{ reason: 'broken', restock: [], status: 'manual', createdAt: '2026-01-01T00:00:00.000Z', settledAt: null },
  };

  it.each([
    ['paid', /is paid at WeChat Pay/],
    ['refunded', /money went back/],
    ['cancelled', /nobody can pay/],
    ['rejected', /could not be held/],
  ] as const)('is done with when %s', (status, headline) => {
    const explained = explain(situation({ order: { status }, attempts: [{ ...ATTEMPT, status: 'paid' }] }));
    expect([explained.tone, explained.headline]).toEqual(['done', expect.stringMatching(headline)]);
  });

  it('waits for a person while the gateway will not refund it', () => {
    const explained = explain(situation({ order: { status: 'refunding' }, inside: { refunds: [refund] } }));
    expect([explained.tone, explained.headline]).toEqual(['person', expect.stringMatching(/ref_1: a person/)]);
  });

  it('waits for the gateway while a refund is under way', () => {
    const inside = { refunds: [{ ...refund, status: 'processing' as const }] };
    expect(explain(situation({ order: { status: 'refunding' }, inside })).headline).toMatch(/on its way at WeChat Pay/);
  });
});
