import { AdaptivePace } from '../../../src/dispatch/pace';
import { HoldfastError } from '../../../src/domain/errors';

const QUICK_MS = 20;
const SLOW_MS = 1_000;

/** A pace on a clock of its own; `round`: as many deliveries as are allowed at once, begun now and ended together. */
function underTest() {
  let now = 1_000;
  const pace = new AdaptivePace(() => now);
  const round = (ms: number, { error, atLimit = true }: { error?: unknown; atLimit?: boolean } = {}): void => {
    const begunAt = now;
    const places = pace.limit;
    now += ms;
    for (let n = 0; n < places; n += 1) pace.ended({ begunAt, atLimit, ...(error === undefined ? {} : { error }) });
  };
  return { pace, round };
}

describe('AdaptivePace', () => {
  test('allows one more with each round in which all places were taken and the answers came quickly', () => {
    const { pace, round } = underTest();
    const before = pace.limit;
    for (let rounds = 0; rounds < 10; rounds += 1) round(QUICK_MS);
    expect(pace.limit).toBeGreaterThanOrEqual(before + 9);
    expect(pace.limit).toBeLessThanOrEqual(before + 10);
  });

  test('allows no more while places stay free: nothing is learned of what the server carries', () => {
    const { pace, round } = underTest();
    const before = pace.limit;
    for (let rounds = 0; rounds < 10; rounds += 1) round(QUICK_MS, { atLimit: false });
    expect(pace.limit).toBe(before);
  });

  test.each([
    ['answers come slowly', SLOW_MS, undefined],
    ['the server says that it is too much', QUICK_MS, new HoldfastError('too_busy')],
    ['the server does not answer', QUICK_MS, new HoldfastError('not_ready')],
  ])('allows 30 % fewer when %s: once for a whole wave of them', (_, ms, error) => {
    const { pace, round } = underTest();
    const before = pace.limit;
    round(ms, { error });
    expect(pace.limit).toBe(Math.floor(before * 0.7));
    round(ms, { error });
    expect(pace.limit).toBe(Math.floor(before * 0.49));
  });

  test('takes a failure of another kind for no sign of anything', () => {
    const { pace, round } = underTest();
    const before = pace.limit;
    round(QUICK_MS, { error: new Error('this one order') });
    expect(pace.limit).toBe(before);
  });

  test('stays between a few and 200, and comes back', () => {
    const { pace, round } = underTest();
    for (let rounds = 0; rounds < 100; rounds += 1) round(SLOW_MS);
    expect(pace.limit).toBe(16);
    for (let rounds = 0; rounds < 500; rounds += 1) round(QUICK_MS);
    expect(pace.limit).toBe(200);
  });

  test('settles near what a server carries that answers 300 a second, however many are allowed', () => {
    const { pace, round } = underTest();
    const seen: number[] = [];
    for (let rounds = 0; rounds < 400; rounds += 1) {
      // Each waits for all that are under way with it.
      round((pace.limit / 300) * 1_000);
      if (rounds > 50) seen.push(pace.limit);
    }
    // 75 under way take 250 ms.
    expect(Math.max(...seen)).toBeLessThanOrEqual(76);
    expect(Math.min(...seen)).toBeGreaterThanOrEqual(50);
  });
});
