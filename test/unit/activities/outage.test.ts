import { asyncLocalStorage, type Context } from '@temporalio/activity';
import { createOutageActivities, type OutagePorts } from '../../../activities/outage';
import { HoldfastError } from '../../../src/domain/errors';
import { LONGEST_EXTENSION_MS } from '../../../src/domain/operator-action';
import { type ExtendAnswer } from '../../../src/ports/order-commands';
import { type Outage } from '../../../src/ports/outages';

const NOW = Date.parse('2026-11-21T12:00:00.000Z');
const MINUTE_MS = 60_000;
const iso = (ms: number): string => new Date(ms).toISOString();

const OUTAGE: Outage = {
  ...{ id: 'out_1', gateway: 'wechat', minutes: 30, reason: 'away', startedAt: iso(NOW), endedAt: null },
  ...{ startedBy: { id: 'op_1', name: 'Ann', roles: ['operator'] }, state: 'running', extended: 0, refused: 0 },
};

/** A page of orders by how each answers; what was written of them is told. */
async function extendPage(answers: Record<string, () => Promise<ExtendAnswer>>, minutes = 30) {
  const written: [string, string, string | null][] = [];
  const asked: string[] = [];
  const draft = {
    buyerId: 'buyer_1',
    lines: [],
    payWith: 'wechat',
    payBy: iso(NOW + MINUTE_MS),
    asPlaced: false,
  } as const;
  const ports: OutagePorts = {
    outages: {
      find: () => Promise.resolve({ ...OUTAGE, minutes }),
      affected: () => Promise.resolve(Object.keys(answers).map((orderId) => ({ orderId, draft }))),
      record: (_, { orderId, outcome, message }) => Promise.resolve(void written.push([orderId, outcome, message])),
      unanswered: (_, orderId, why) => Promise.resolve(void written.push([orderId, 'unanswered', why])),
      end: () => Promise.resolve(),
    },
    commands: {
      extend: ({ orderId }, payBy) => {
        asked.push(payBy);
        return answers[orderId]?.() ?? Promise.reject(new Error('nobody expected this order'));
      },
    },
    actions: { extendedBy: () => Promise.resolve(false) },
    now: () => NOW,
  };
  const context = { cancelled: new Promise<never>(() => undefined), heartbeat: () => undefined };
  const page = await asyncLocalStorage.run(context as unknown as Context, () =>
    createOutageActivities(ports).extendPage({ outageId: 'out_1', limit: 20 }),
  );
  return { page, written, asked };
}

const extended = (): Promise<ExtendAnswer> =>
  Promise.resolve({ t: 'extended', payBy: iso(NOW + 31 * MINUTE_MS), attemptExpiresAt: null });

describe('a page of an outage', () => {
  it('whatever becomes of one order, the others get their time', async () => {
    const { page, written } = await extendPage({
      silent: () => Promise.reject(new HoldfastError('not_ready', 'no worker took the command in time')),
      broken: () => Promise.reject(new Error('password=secret')),
      closing: () => Promise.reject(new HoldfastError('order_closing', 'too late')),
      well: extended,
    });
    expect(page).toEqual({ extended: 1, refused: 1, unanswered: 2 });
    expect(written.toSorted()).toEqual([
      ['broken', 'unanswered', 'the order could not be reached'],
      ['closing', 'refused', 'too late'],
      ['silent', 'unanswered', 'no worker took the command in time'],
      ['well', 'extended', expect.stringContaining('open until')],
    ]);
  });

  it('none of which answers: it says so, and fails not', async () => {
    const { page } = await extendPage({ silent: () => Promise.reject(new HoldfastError('not_ready')) });
    expect(page).toEqual({ extended: 0, refused: 0, unanswered: 1 });
  });

  it('the longest extension leaves room for the clock of whoever judges it', async () => {
    const { asked } = await extendPage({ well: extended }, 24 * 60);
    expect(asked).toEqual([iso(NOW + LONGEST_EXTENSION_MS - MINUTE_MS)]);
  });
});
