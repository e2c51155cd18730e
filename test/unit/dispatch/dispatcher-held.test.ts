import { POLL_MS, underTest } from './support/dispatcher-under-test';
import { settled } from './support/by-hand';

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

describe('Dispatcher: held back', () => {
  test('looks for nothing, delivers what it is handed, and looks again soon after it is let go', async () => {
    let held = true;
    const { dispatcher, claims, begun, claimed } = underTest({ held: () => held });
    dispatcher.start();
    await settled();
    dispatcher.offer('a');
    expect(begun()).toEqual(['a']);
    for (let waited = 0; waited < 5; waited += 1) {
      jest.advanceTimersByTime(POLL_MS);
      await settled();
    }
    expect(claims()).toEqual([]);
    held = false;
    jest.advanceTimersByTime(POLL_MS / 10);
    expect(claims()).toHaveLength(1);
    await claimed('b');
    expect(begun()).toEqual(['a', 'b']);
  });

  test('in the middle of a backlog leaves the rest of it in the table', async () => {
    let held = false;
    const { dispatcher, claims, claimed, fail } = underTest({ concurrency: 1, held: () => held });
    dispatcher.start();
    await claimed('a');
    held = true;
    await fail('a');
    expect(claims()).toEqual([1]);
    held = false;
    jest.advanceTimersByTime(POLL_MS / 10);
    await settled();
    expect(claims()).toEqual([1, 1]);
  });

  test('while others are behind, leaves what it is handed behind it in the table', async () => {
    let behind = true;
    const { dispatcher, begun } = underTest({ behind: () => behind });
    dispatcher.offer('a');
    expect(begun()).toEqual([]);
    behind = false;
    dispatcher.offer('b');
    expect(begun()).toEqual(['b']);
    await settled();
  });
});
