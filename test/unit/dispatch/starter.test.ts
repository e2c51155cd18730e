import { LeaveToWorkers } from '../../../src/dispatch/leave-to-workers';
import { createStarter } from '../../../src/dispatch/starter';
import { type OrderProcess } from '../../../src/ports/order-process';
import { type ProcessDraft } from '../../../src/ports/process-draft';
import { type StartIntent } from '../../../src/ports/start-intents';
import { settled } from './support/by-hand';

const DRAFT: ProcessDraft = {
  buyerId: 'buyer_1',
  lines: [{ skuId: 'sku_tea', quantity: 1 }],
  payWith: 'wechat',
  payBy: '2026-01-01T00:30:00.000Z',
  asPlaced: false,
};
const ORDER: StartIntent = { kind: 'order', id: 'ord_1', draft: DRAFT };
const REFUND: StartIntent = { kind: 'refund', id: 'ref_1', gateway: 'alipay' };
const LATE: StartIntent = { kind: 'late_payment', id: 'evt_1' };

/** A starter over these intents; starts of the kinds in `away` fail. */
function starting({
  claimed = [],
  away = [],
  leave,
}: { claimed?: StartIntent[]; away?: readonly string[]; leave?: LeaveToWorkers } = {}) {
  const journal: unknown[] = [];
  const forgotten: StartIntent[] = [];
  const start =
    (name: string) =>
    (...call: unknown[]): Promise<void> => {
      journal.push([name, ...call]);
      return away.includes(name) ? Promise.reject(new Error('no answer')) : Promise.resolve();
    };
  const unused = () => Promise.reject(new Error('the starter only starts'));
  const process: OrderProcess = {
    start: start('start'),
    startRefund: start('startRefund'),
    startLatePayment: start('startLatePayment'),
    paymentReceived: unused,
    refundChanged: unused,
    switchPayment: unused,
    cancel: unused,
  };
  let attended = 0;
  const left = [...claimed];
  const quiet = () => undefined;
  const starter = createStarter({
    intents: {
      claim: (limit) => Promise.resolve(left.splice(0, limit)),
      done: (intents) => {
        forgotten.push(...intents);
        return Promise.resolve();
      },
      release: unused,
      attend: () => Promise.resolve(void (attended += 1)),
      attendance: unused,
      pending: () => Promise.resolve(left.length),
    },
    process,
    ...(leave && { leave }),
    log: { debug: quiet, info: quiet, warn: quiet, error: quiet },
  });
  return { starter, journal, forgotten, attended: () => attended };
}

describe('the starter', () => {
  test.each([
    [ORDER, ['start', 'ord_1', DRAFT]],
    [REFUND, ['startRefund', 'ref_1', 'alipay']],
    [LATE, ['startLatePayment', 'evt_1']],
  ])('gives %j the process of its kind, and forgets it', async (intent, call) => {
    const { starter, journal, forgotten } = starting();
    starter.offer(intent);
    await settled();
    await starter.stop();
    expect(journal).toEqual([call]);
    expect(forgotten).toEqual([intent]);
  });

  test('finds those of every kind that nobody handed over', async () => {
    const { starter, journal, forgotten } = starting({ claimed: [LATE, REFUND, ORDER] });
    starter.start();
    await settled();
    await starter.stop();
    expect(journal).toEqual([
      ['startLatePayment', 'evt_1'],
      ['startRefund', 'ref_1', 'alipay'],
      ['start', 'ord_1', DRAFT],
    ]);
    expect(forgotten).toMatchObject([LATE, REFUND, ORDER]);
  });

  test.each([
    ['start', [REFUND, LATE]],
    ['startRefund', [ORDER, LATE]],
    ['startLatePayment', [ORDER, REFUND]],
  ])('keeps an intent whose %s failed, and it alone', async (away, done) => {
    const { starter, journal, forgotten } = starting({ away: [away] });
    for (const intent of [ORDER, REFUND, LATE]) starter.offer(intent);
    await settled();
    await starter.stop();
    expect(journal).toHaveLength(3);
    expect(forgotten).toEqual(done);
  });

  test('says that it looks at what waits', async () => {
    const { starter, attended } = starting();
    starter.start();
    await settled();
    await starter.stop();
    expect(attended()).toBe(1);
  });

  test('without a worker beside it leaves what waits to others, and what is placed behind what they have', async () => {
    const leave = new LeaveToWorkers(
      {
        claim: () => Promise.reject(new Error('nothing is to be claimed')),
        release: () => Promise.resolve(),
        attendance: () => Promise.resolve({ attended: true, backlog: true }),
      },
      () => 0,
    );
    const { starter, journal, attended } = starting({ claimed: [LATE], leave });
    starter.offer(REFUND);
    starter.start();
    await settled();
    starter.offer(ORDER);
    await settled();
    await starter.stop();
    expect(journal).toEqual([['startRefund', 'ref_1', 'alipay']]);
    expect(attended()).toBe(0);
  });
});
