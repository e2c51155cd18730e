import { HandOver } from '../../../src/dispatch/hand-over';
import { type IntentStanding, type StartIntent } from '../../../src/ports/start-intents';

const LEASE_MS = 15_000;
const WAITING: StartIntent = { kind: 'late_payment', id: 'evt_1' };
const QUIET: IntentStanding = { overdue: false, attended: false };
const BUSY: IntentStanding = { overdue: true, attended: true };
const ABANDONED: IntentStanding = { overdue: true, attended: false };

/** Intents of which one waits, standing as a test says; what was asked of them is in `asked`. */
function underTest(standing: IntentStanding) {
  const state = { standing, now: 0, away: false };
  const asked: string[] = [];
  const handOver = new HandOver(
    {
      claim: () => (asked.push('claim'), Promise.resolve([WAITING])),
      release: () => (asked.push('release'), state.away ? Promise.reject(new Error('away')) : Promise.resolve()),
      standing: () => (asked.push('standing'), Promise.resolve(state.standing)),
    },
    () => state.now,
  );
  return { state, asked, handOver, claim: () => handOver.claim(10, LEASE_MS) };
}

describe('a starter without a worker in its process', () => {
  test.each([
    ['nothing is overdue', QUIET],
    ['others are at it', BUSY],
  ])('claims nothing while %s', async (_, standing) => {
    const { claim, asked } = underTest(standing);
    expect(await claim()).toEqual([]);
    expect(asked).toEqual(['standing']);
  });

  test('stands in where nobody is at it, for a while without asking again', async () => {
    const { state, asked, claim } = underTest(ABANDONED);
    expect(await claim()).toEqual([WAITING]);
    state.standing = BUSY;
    state.now = 29_999;
    expect(await claim()).toEqual([WAITING]);
    expect(asked).toEqual(['standing', 'claim', 'claim']);
    state.now = 30_000;
    expect(await claim()).toEqual([]);
  });

  test('knows that others are behind, until they are not; where it stands in nobody else is', async () => {
    const { state, handOver, claim } = underTest(BUSY);
    expect(handOver.behind()).toBe(false);
    await claim();
    expect(handOver.behind()).toBe(true);
    state.standing = ABANDONED;
    await claim();
    expect(handOver.behind()).toBe(false);
  });

  test('releases what was kept in a rush, once; again where it could not', async () => {
    const { state, asked, handOver, claim } = underTest(QUIET);
    handOver.keep();
    state.away = true;
    await expect(claim()).rejects.toThrow('away');
    state.away = false;
    await claim();
    await claim();
    expect(asked).toEqual(['release', 'release', 'standing', 'standing']);
  });

  test('releases what was placed while it released', async () => {
    const { asked, handOver, claim } = underTest(QUIET);
    handOver.keep();
    const releasing = claim();
    handOver.keep();
    await releasing;
    await claim();
    expect(asked).toEqual(['release', 'standing', 'release', 'standing']);
  });
});
