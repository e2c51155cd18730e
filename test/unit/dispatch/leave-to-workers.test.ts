import { LeaveToWorkers } from '../../../src/dispatch/leave-to-workers';
import { type Attendance, type StartIntent } from '../../../src/ports/start-intents';

const LEASE_MS = 15_000;
const WAITING: StartIntent = { kind: 'late_payment', id: 'evt_1' };
const ATTENDED: Attendance = { attended: true, backlog: false };
const BEHIND: Attendance = { attended: true, backlog: true };
const ALONE: Attendance = { attended: false, backlog: true };

/** Intents of which one waits, attended as a test says; what was asked of them is in `asked`. */
function underTest(attendance: Attendance) {
  const state = { attendance, now: 0, away: false };
  const asked: string[] = [];
  const answer = async <T>(what: string, value: T): Promise<T> => {
    asked.push(what);
    return state.away ? Promise.reject(new Error('away')) : Promise.resolve(value);
  };
  const leave = new LeaveToWorkers(
    {
      claim: () => answer('claim', [WAITING]),
      release: () => answer('release', undefined),
      attendance: () => answer('attendance', state.attendance),
    },
    () => state.now,
  );
  return { state, asked, leave, claim: () => leave.claim(10, LEASE_MS) };
}

describe('a starter without a worker in its process', () => {
  test.each([ATTENDED, BEHIND])('claims nothing while somebody beside a worker looks: %j', async (attendance) => {
    const { claim, asked } = underTest(attendance);
    expect(await claim()).toEqual([]);
    expect(asked).toEqual(['attendance']);
  });

  test('claims as any other while nobody does', async () => {
    const { state, asked, claim } = underTest(ALONE);
    expect(await claim()).toEqual([WAITING]);
    state.attendance = ATTENDED;
    expect(await claim()).toEqual([]);
    expect(asked).toEqual(['attendance', 'claim', 'attendance']);
  });

  test('knows that others are behind, for as long as that says anything', async () => {
    const { state, leave, claim } = underTest(BEHIND);
    expect(leave.behind()).toBe(false);
    await claim();
    state.now = 2_999;
    expect(leave.behind()).toBe(true);
    state.now = 3_000;
    expect(leave.behind()).toBe(false);
    await claim();
    state.attendance = ATTENDED;
    await claim();
    expect(leave.behind()).toBe(false);
  });

  test('nobody else is behind with what it claims itself', async () => {
    const { leave, claim } = underTest(ALONE);
    await claim();
    expect(leave.behind()).toBe(false);
  });

  test('releases what was kept in a rush, once; again where it could not', async () => {
    const { state, asked, leave, claim } = underTest(ATTENDED);
    leave.keep();
    state.away = true;
    await expect(claim()).rejects.toThrow('away');
    state.away = false;
    await claim();
    await claim();
    expect(asked).toEqual(['release', 'release', 'attendance', 'attendance']);
  });

  test('releases what was placed while it released', async () => {
    const { asked, leave, claim } = underTest(ATTENDED);
    leave.keep();
    const releasing = claim();
    leave.keep();
    await releasing;
    await claim();
    expect(asked).toEqual(['release', 'attendance', 'release', 'attendance']);
  });
});
