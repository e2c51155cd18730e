import { PaymentWait } from '../../../src/dispatch/payment-wait';
import { type ByHand, byHand, settled } from './support/by-hand';
import { endOf } from './support/dispatcher-under-test';

const LONGEST_MS = 3_000;
/** Long enough for one look and too short for a second one to be asked unanswered. */
const ONE_LOOK_MS = 25;

function underTest() {
  const queries: { ids: readonly string[]; end: ByHand<ReadonlySet<string>> }[] = [];
  const warnings: string[] = [];
  const quiet = () => undefined;
  const wait = new PaymentWait({
    orders: {
      answeredPayments: (ids) => {
        const end = byHand<ReadonlySet<string>>();
        queries.push({ ids: [...ids], end });
        return end.promise;
      },
    },
    longestMs: LONGEST_MS,
    log: { debug: quiet, info: quiet, error: quiet, warn: (_fields, message) => warnings.push(message) },
  });
  const lastQuery = (): ByHand<ReadonlySet<string>> => {
    const query = queries.at(-1);
    if (!query) throw new Error('there was no query');
    return query.end;
  };
  return {
    waiter: (orderId: string) => endOf(wait.answered(orderId)),
    asked: () => queries.map(({ ids }) => ids),
    warnings,
    pass: async (ms: number): Promise<void> => {
      jest.advanceTimersByTime(ms);
      await settled();
    },
    answer: async (...ids: string[]): Promise<void> => {
      lastQuery().resolve(new Set(ids));
      await settled();
    },
    queryFails: async (): Promise<void> => {
      lastQuery().reject(new Error('no connection'));
      await settled();
    },
  };
}

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

describe('PaymentWait', () => {
  test('asks one question for all who wait, and names each order once', async () => {
    const { waiter, asked, pass, answer } = underTest();
    const ids = Array.from({ length: 100 }, (_, index) => `ord_${index}`);
    const waiters = [...ids, ...ids].map(waiter);
    await pass(ONE_LOOK_MS);
    expect(asked()).toEqual([ids]);
    await answer(...ids);
    expect(waiters.every(({ ended }) => ended)).toBe(true);
  });

  test('lets go of those that were answered and asks again for the others', async () => {
    const { waiter, asked, pass, answer } = underTest();
    const [a, b] = [waiter('a'), waiter('b')];
    await pass(ONE_LOOK_MS);
    expect([a.ended, b.ended]).toEqual([false, false]);
    await answer('a');
    expect([a.ended, b.ended]).toEqual([true, false]);
    await pass(ONE_LOOK_MS);
    expect(asked()).toEqual([['a', 'b'], ['b']]);
  });

  test('does not ask while a question is open; who came meanwhile is in the next', async () => {
    const { waiter, asked, pass, answer } = underTest();
    waiter('a');
    await pass(ONE_LOOK_MS);
    const b = waiter('b');
    await pass(ONE_LOOK_MS * 10);
    expect(asked()).toEqual([['a']]);
    await answer();
    await pass(ONE_LOOK_MS);
    expect(asked()).toEqual([['a'], ['a', 'b']]);
    await answer('b');
    expect(b.ended).toBe(true);
  });

  test('ends at its limit without an answer, not before, and then asks no more', async () => {
    const { waiter, asked, pass, answer } = underTest();
    const a = waiter('a');
    await pass(ONE_LOOK_MS);
    await answer();
    await pass(LONGEST_MS - ONE_LOOK_MS - 1);
    expect(a.ended).toBe(false);
    await pass(1);
    expect(a.ended).toBe(true);
    await answer();
    const before = asked().length;
    await pass(LONGEST_MS);
    expect(asked()).toHaveLength(before);
    expect(jest.getTimerCount()).toBe(0);
  });

  test('ends at its limit though the question is never answered', async () => {
    const { waiter, pass } = underTest();
    const a = waiter('a');
    await pass(ONE_LOOK_MS);
    await pass(LONGEST_MS);
    expect(a.ended).toBe(true);
  });

  test('survives a question that fails: says so and asks again', async () => {
    const { waiter, asked, pass, answer, queryFails, warnings } = underTest();
    const a = waiter('a');
    await pass(ONE_LOOK_MS);
    await queryFails();
    expect(warnings).toHaveLength(1);
    expect(a.ended).toBe(false);
    await pass(ONE_LOOK_MS);
    expect(asked()).toEqual([['a'], ['a']]);
    await answer('a');
    expect(a.ended).toBe(true);
  });

  test('rests when nobody waits, leaves no timer behind, and wakes for the next', async () => {
    const { waiter, asked, pass, answer } = underTest();
    waiter('a');
    await pass(ONE_LOOK_MS);
    await answer('a');
    expect(jest.getTimerCount()).toBe(0);
    await pass(ONE_LOOK_MS * 10);
    expect(asked()).toHaveLength(1);
    const b = waiter('b');
    await pass(ONE_LOOK_MS);
    await answer('b');
    expect(b.ended).toBe(true);
  });
});
