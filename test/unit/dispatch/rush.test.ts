import { LONGEST_RUSH_MS, Rush } from '../../../src/dispatch/rush';

const WINDOW_MS = 100;

/** A door with a clock and a load that the test sets. */
function door() {
  let now = 0;
  let busy = 0;
  const rush = new Rush({ elapsed: () => now, utilisation: () => busy });
  /** Lets windows pass in which so many placings come, so many of them under way at once. */
  const pass = (windows: number, placings: number, together: number, refused = false): void => {
    for (let window = 0; window < windows; window += 1) {
      let inside = 0;
      for (let n = 0; n < placings; n += 1) {
        rush.enter();
        inside += 1;
        if (inside < together) continue;
        for (; inside > 0; inside -= 1) rush.leave(refused);
      }
      for (; inside > 0; inside -= 1) rush.leave(refused);
      now += WINDOW_MS;
    }
  };
  return { rush, pass, wait: (ms: number) => (now += ms), load: (share: number) => (busy = share) };
}

describe('a rush at the door', () => {
  test('is none for one placing, nor for the first of many; it begins with the one that makes them a crowd', () => {
    const { rush } = door();
    for (let n = 1; n < 16; n += 1) expect(rush.enter()).toBe(false);
    expect(rush.enter()).toBe(true);
    expect(rush.on()).toBe(true);
  });

  test('is none as long as those who came are too few to be fast, however many have been waiting', () => {
    const { rush, wait } = door();
    for (let n = 0; n < 30; n += 1) {
      rush.enter();
      wait(WINDOW_MS);
    }
    for (let n = 1; n < 10; n += 1) expect(rush.enter()).toBe(false);
    expect(rush.enter()).toBe(true);
  });

  test('is none while placings come one by one and the process has room', () => {
    const { rush, pass, load } = door();
    load(0.5);
    pass(20, 40, 1);
    expect(rush.on()).toBe(false);
  });

  test('is on where they come one by one and the process has no room', () => {
    const { rush, pass, load } = door();
    load(0.95);
    pass(1, 40, 1);
    expect(rush.on()).toBe(true);
  });

  test('is none for refusals in memory alone, however many and however busy they keep the process', () => {
    const { rush, pass, load } = door();
    load(1);
    pass(20, 400, 1, true);
    expect(rush.on()).toBe(false);
  });

  test('ends with those who were let in, whoever is refused in memory after them', () => {
    const { rush, pass, load } = door();
    load(1);
    pass(1, 40, 20);
    expect(rush.on()).toBe(true);
    pass(5, 400, 1, true);
    expect(rush.on()).toBe(false);
  });

  test('is on for a crowd that is let in, whoever is refused in memory beside it', () => {
    const { rush, pass, load } = door();
    load(1);
    pass(3, 400, 1, true);
    for (let n = 1; n < 16; n += 1) {
      expect(rush.enter()).toBe(false);
      rush.enter();
      rush.leave(true);
    }
    expect(rush.enter()).toBe(true);
  });

  test('one that came in a window before and is refused in this one is not missing in it', () => {
    const { rush, wait } = door();
    for (let n = 0; n < 5; n += 1) rush.enter();
    wait(WINDOW_MS);
    rush.on();
    for (let n = 0; n < 5; n += 1) rush.leave(true);
    for (let n = 1; n < 16; n += 1) expect(rush.enter()).toBe(false);
    expect(rush.enter()).toBe(true);
  });

  test('is none where the process is busy with something else, or a few wait long', () => {
    const { rush, pass, load } = door();
    load(1);
    pass(5, 4, 1);
    expect(rush.on()).toBe(false);
    load(0);
    pass(5, 9, 9);
    expect(rush.on()).toBe(false);
  });

  test('goes on through a short pause, and ends after a calm', () => {
    const { rush, pass, wait } = door();
    pass(1, 40, 20);
    expect(rush.on()).toBe(true);
    wait(200);
    expect(rush.on()).toBe(true);
    pass(1, 40, 20);
    expect(rush.on()).toBe(true);
    wait(WINDOW_MS);
    rush.on();
    wait(300);
    expect(rush.on()).toBe(false);
  });

  test('holds nothing back for longer than its limit, however long the crowd stays, and may come again after a calm', () => {
    const { rush, pass, wait } = door();
    pass(1, 40, 20);
    expect(rush.on()).toBe(true);
    pass(LONGEST_RUSH_MS / WINDOW_MS - 2, 40, 20);
    expect(rush.on()).toBe(true);
    pass(1, 40, 20);
    expect(rush.on()).toBe(false);
    pass(50, 40, 20);
    expect(rush.on()).toBe(false);
    wait(WINDOW_MS);
    rush.on();
    wait(400);
    expect(rush.on()).toBe(false);
    pass(1, 40, 20);
    expect(rush.on()).toBe(true);
  });
});
