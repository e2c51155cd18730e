import { Poller } from '../../../src/dispatch/poller';
import { QUIET } from '../../support/events';
import { settled } from '../dispatch/support/by-hand';

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

type Look = 'found' | 'nothing' | 'failed';

/** A poller whose looks end as the script says, and then find nothing. */
function underTest(...script: Look[]) {
  return gathering(0, ...script);
}

function gathering(gather: number, ...script: Look[]) {
  let looks = 0;
  const warnings: object[] = [];
  const poller = new Poller({
    name: 'test',
    look: () => {
      looks += 1;
      const next = script.shift() ?? 'nothing';
      return next === 'failed' ? Promise.reject(new Error('away')) : Promise.resolve(next === 'found');
    },
    idle: { first: 100, most: 1_000 },
    gather,
    failing: { first: 250, most: 5_000 },
    log: { ...QUIET, warn: (fields) => warnings.push(fields) },
  });
  return {
    poller,
    warnings,
    looks: () => looks,
    /** Looks until the next one is `ms` away, no sooner. */
    next: async (ms: number) => {
      const before = looks;
      await jest.advanceTimersByTimeAsync(ms - 1);
      expect(looks).toBe(before);
      await jest.advanceTimersByTimeAsync(1);
      expect(looks).toBeGreaterThan(before);
    },
  };
}

test('looks again at once while it finds something, ever later while it doesn’t', async () => {
  const it = underTest('found', 'found', 'nothing');
  it.poller.start();
  await jest.advanceTimersByTimeAsync(0);
  expect(it.looks()).toBe(3);
  for (const pause of [100, 200, 400, 800, 1_000, 1_000]) await it.next(pause);
  await it.poller.stop();
});

test('lets more gather after it found something, where it is told to', async () => {
  const it = gathering(50, 'found', 'found', 'nothing');
  it.poller.start();
  await jest.advanceTimersByTimeAsync(0);
  for (const pause of [50, 50, 100, 200]) await it.next(pause);
  await it.poller.stop();
});

test('begins with the shortest pause again after it found something', async () => {
  const it = underTest('nothing', 'nothing', 'found', 'nothing');
  it.poller.start();
  await jest.advanceTimersByTimeAsync(0);
  await it.next(100);
  await it.next(200);
  expect(it.looks()).toBe(4);
  await it.next(100);
  await it.poller.stop();
});

test('waits ever longer while it fails, says so each time, and recovers', async () => {
  const it = underTest('failed', 'failed', 'failed', 'nothing');
  it.poller.start();
  await jest.advanceTimersByTimeAsync(0);
  for (const pause of [250, 500, 1_000]) await it.next(pause);
  expect(it.warnings).toHaveLength(3);
  expect(it.warnings[0]).toMatchObject({ poller: 'test', againInMs: 250 });
  await it.poller.stop();
});

test('looks now when it is woken, and once more when it was woken during a look', async () => {
  const it = underTest();
  it.poller.start();
  it.poller.wake();
  await jest.advanceTimersByTimeAsync(0);
  expect(it.looks()).toBe(2);
  it.poller.wake();
  await jest.advanceTimersByTimeAsync(0);
  expect(it.looks()).toBe(3);
  await it.poller.stop();
});

test('stops in a pause and before it began, and looks no more', async () => {
  const [paused, never] = [underTest(), underTest()];
  paused.poller.start();
  await settled();
  await paused.poller.stop();
  await never.poller.stop();
  never.poller.start();
  await jest.advanceTimersByTimeAsync(10_000);
  expect([paused.looks(), never.looks()]).toEqual([1, 0]);
});
