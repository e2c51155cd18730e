import fc from 'fast-check';
import { GroupCommit, type GroupCommitOptions, type Settled } from '../../../src/adapters/store/prisma/group-commit';
import { type BatchObserver } from '../../../src/ports/batch-observer';
import { type ByHand, byHand, settled } from '../dispatch/support/by-hand';

type Batch = { readonly requests: readonly string[]; readonly end: ByHand<readonly Settled<string>[]> };

/** Waits as long as it takes, and takes every failure for that of one request. */
const PATIENT = { longestWaitMs: Infinity, causedByOne: () => true };

/** A group commit whose batches the test ends; `land` answers each request of a batch with `<request>!`. */
function underTest(options: Partial<GroupCommitOptions<string, string>> = {}) {
  const batches: Batch[] = [];
  const run = (requests: readonly string[]) => {
    const end = byHand<readonly Settled<string>[]>();
    batches.push({ requests, end });
    return end.promise;
  };
  const group = new GroupCommit<string, string>({
    run,
    maxBatch: 100,
    lanes: 1,
    maxWaiting: 100,
    ...PATIENT,
    ...options,
  });
  const batch = (index: number): Batch => {
    const found = batches[index];
    if (!found) throw new Error(`there was no batch ${index}`);
    return found;
  };
  return {
    submit: (...requests: string[]) => requests.map((request) => group.submit(request)),
    sent: () => batches.map(({ requests }) => requests),
    land: async (index: number): Promise<void> => {
      batch(index).end.resolve(batch(index).requests.map((request) => ({ ok: `${request}!` })));
      await settled();
    },
    end: async (index: number, answers: readonly Settled<string>[] | Error): Promise<void> => {
      if (answers instanceof Error) batch(index).end.reject(answers);
      else batch(index).end.resolve(answers);
      await settled();
    },
  };
}

describe('GroupCommit: batches', () => {
  test('a lone request goes at once', async () => {
    const { submit, sent, land } = underTest();
    const [answer] = submit('a');
    await settled();
    expect(sent()).toEqual([['a']]);
    await land(0);
    await expect(answer).resolves.toBe('a!');
  });

  test('requests of one turn share a batch and get an answer each, in their order', async () => {
    const { submit, sent, land } = underTest();
    const answers = submit('a', 'b', 'c');
    await settled();
    expect(sent()).toEqual([['a', 'b', 'c']]);
    await land(0);
    await expect(Promise.all(answers)).resolves.toEqual(['a!', 'b!', 'c!']);
  });

  test('those that arrive while the lane is busy wait and go together', async () => {
    const { submit, sent, land } = underTest();
    void submit('a');
    await settled();
    void submit('b');
    await settled();
    void submit('c');
    await settled();
    expect(sent()).toEqual([['a']]);
    await land(0);
    expect(sent()).toEqual([['a'], ['b', 'c']]);
    await land(1);
    expect(sent()).toHaveLength(2);
  });

  test('a batch carries so many and no more', async () => {
    const { submit, sent, land } = underTest({ maxBatch: 2 });
    void submit('a', 'b', 'c', 'd', 'e');
    await settled();
    await land(0);
    await land(1);
    await land(2);
    expect(sent()).toEqual([['a', 'b'], ['c', 'd'], ['e']]);
  });

  test('so many batches are under way at once, whichever ends first', async () => {
    const { submit, sent, land } = underTest({ maxBatch: 1, lanes: 2 });
    void submit('a', 'b', 'c', 'd');
    await settled();
    expect(sent()).toEqual([['a'], ['b']]);
    await land(1);
    expect(sent()).toEqual([['a'], ['b'], ['c']]);
    await land(0);
    expect(sent()).toEqual([['a'], ['b'], ['c'], ['d']]);
  });

  test('behind a batch under way the next goes when enough have come together', async () => {
    const { submit, sent } = underTest({ lanes: 2 });
    void submit('first');
    await settled();
    const others = Array.from({ length: 32 }, (_, n) => `other ${n}`);
    void submit(...others.slice(0, 31));
    await settled();
    expect(sent()).toEqual([['first']]);
    void submit(others[31] ?? '');
    await settled();
    expect(sent()).toEqual([['first'], others]);
  });

  test('they go with fewer once the first of them has waited, whatever becomes of the batch before', async () => {
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'queueMicrotask', 'nextTick'] });
    try {
      const { submit, sent, land } = underTest({ lanes: 2 });
      void submit('a');
      await settled();
      void submit('b', 'c');
      await settled();
      jest.advanceTimersByTime(19);
      await settled();
      expect(sent()).toEqual([['a']]);
      jest.advanceTimersByTime(1);
      await settled();
      expect(sent()).toEqual([['a'], ['b', 'c']]);
      // One that came later, and is alone again, waits for nobody.
      await land(0);
      await land(1);
      void submit('d');
      await settled();
      expect(sent()).toEqual([['a'], ['b', 'c'], ['d']]);
    } finally {
      jest.useRealTimers();
    }
  });

  test('every request is answered once with its own answer, however batches are cut', async () => {
    const shape = fc.record({
      requests: fc.array(fc.string(), { maxLength: 30 }),
      maxBatch: fc.integer({ min: 1, max: 7 }),
      lanes: fc.integer({ min: 1, max: 3 }),
    });
    await fc.assert(
      fc.asyncProperty(shape, async ({ requests, maxBatch, lanes }) => {
        let flying = 0;
        const run = async (batch: readonly string[]): Promise<Settled<string>[]> => {
          expect(batch.length).toBeLessThanOrEqual(maxBatch);
          expect(++flying).toBeLessThanOrEqual(lanes);
          await settled();
          flying -= 1;
          return batch.map((request) => ({ ok: `${request}!` }));
        };
        const group = new GroupCommit<string, string>({ run, maxBatch, lanes, maxWaiting: 30, ...PATIENT });
        const answers = await Promise.all(requests.map((request) => group.submit(request)));
        expect(answers).toEqual(requests.map((request) => `${request}!`));
      }),
    );
  });
});

describe('GroupCommit: failures', () => {
  test("a request's own error is its own", async () => {
    const { submit, sent, end } = underTest();
    const answers = submit('a', 'b');
    const refused = expect(answers[1]).rejects.toThrow('b cannot');
    await settled();
    await end(0, [{ ok: 'a!' }, { error: new Error('b cannot') }]);
    await expect(answers[0]).resolves.toBe('a!');
    await refused;
    expect(sent()).toHaveLength(1);
  });

  test('a batch that fails as a whole is repeated one by one, and only the bad one fails', async () => {
    const { submit, sent, land, end } = underTest();
    const [a, bad, c] = submit('a', 'bad', 'c');
    const refused = expect(bad).rejects.toThrow('bad by itself');
    await settled();
    await end(0, new Error('the batch'));
    await land(1);
    await end(2, new Error('bad by itself'));
    await land(3);
    expect(sent()).toEqual([['a', 'bad', 'c'], ['a'], ['bad'], ['c']]);
    await expect(a).resolves.toBe('a!');
    await refused;
    await expect(c).resolves.toBe('c!');
  });

  test('a batch that no single request can have failed is not repeated: all of it fails, for the same reason', async () => {
    const away = new Error('no connection');
    const asked: unknown[] = [];
    const causedByOne = (error: unknown) => {
      asked.push(error);
      return false;
    };
    const { submit, sent, end } = underTest({ causedByOne });
    const answers = submit('a', 'b').map((answer) => expect(answer).rejects.toBe(away));
    await settled();
    const [after] = submit('c');
    const failed = expect(after).rejects.toBe(away);
    await end(0, away);
    await Promise.all(answers);
    expect(sent()).toEqual([['a', 'b'], ['c']]);
    await end(1, away);
    await failed;
    expect(asked).toEqual([away]);
  });

  test('the repeats of a failed batch take one lane, which is free again after them', async () => {
    const { submit, sent, land, end } = underTest();
    void submit('a', 'b');
    await settled();
    void submit('c');
    await end(0, new Error('the batch'));
    expect(sent()).toEqual([['a', 'b'], ['a']]);
    await land(1);
    await land(2);
    expect(sent()).toEqual([['a', 'b'], ['a'], ['b'], ['c']]);
  });

  test('what has waited elsewhere before has that much less time here', async () => {
    const clock = jest.spyOn(Date, 'now').mockReturnValue(1_000);
    try {
      const group = new GroupCommit<string, string>({
        ...{ run: (batch) => Promise.resolve(batch.map((request) => ({ ok: `${request}!` }))), maxBatch: 2, lanes: 1 },
        ...{ maxWaiting: 2, longestWaitMs: 100, causedByOne: () => true },
      });
      const [late, inTime] = [group.submit('late', 899), group.submit('in time', 900)];
      await expect(late).rejects.toMatchObject({ code: 'too_busy' });
      await expect(inTime).resolves.toBe('in time!');
    } finally {
      clock.mockRestore();
    }
  });

  test('repeats take their time: whoever has waited too long by then is refused, and was in flight all the same', async () => {
    let now = 0;
    const clock = jest.spyOn(Date, 'now').mockImplementation(() => now);
    const dropped: unknown[] = [];
    const observer: BatchObserver<string> = {
      entered: (request) => request,
      dropped: (entered) => void dropped.push(...entered),
      took: (_, flight) => flight(),
    };
    try {
      const { submit, sent, land, end } = underTest({ longestWaitMs: 100, observer });
      const [a, ...late] = submit('a', 'late', 'later');
      const refused = late.map((answer) => expect(answer).rejects.toMatchObject({ code: 'too_busy' }));
      await settled();
      await end(0, new Error('the batch'));
      now = 101;
      await land(1);
      await expect(a).resolves.toBe('a!');
      await Promise.all(refused);
      void submit('b');
      await settled();
      expect(sent()).toEqual([['a', 'late', 'later'], ['a'], ['b']]);
      expect(dropped).toEqual([]);
    } finally {
      clock.mockRestore();
    }
  });

  test('a lone request that fails is not repeated, and its lane is free again', async () => {
    const { submit, sent, end } = underTest();
    const [a] = submit('a');
    const refused = expect(a).rejects.toThrow('a cannot');
    await settled();
    void submit('b');
    await end(0, new Error('a cannot'));
    await refused;
    expect(sent()).toEqual([['a'], ['b']]);
  });

  test('a request without an answer fails instead of waiting for ever', async () => {
    const { submit, end } = underTest();
    const [a, b] = submit('a', 'b');
    const refused = expect(b).rejects.toThrow('unanswered');
    await settled();
    await end(0, [{ ok: 'a!' }]);
    await expect(a).resolves.toBe('a!');
    await refused;
  });

  test('beyond so many waiting a request is refused at once, and taken again when there is room', async () => {
    const { submit, sent, land } = underTest({ maxWaiting: 2 });
    void submit('a');
    await settled();
    const [, , d] = submit('b', 'c', 'd');
    await expect(d).rejects.toMatchObject({ code: 'too_busy', context: { retryAfterSeconds: 1 } });
    await land(0);
    void submit('e');
    await land(1);
    expect(sent()).toEqual([['a'], ['b', 'c'], ['e']]);
  });

  test('what has waited longer than its caller does is refused instead of done, and leaves its place to others', async () => {
    let now = 0;
    const clock = jest.spyOn(Date, 'now').mockImplementation(() => now);
    try {
      const { submit, sent, land } = underTest({ maxBatch: 2, longestWaitMs: 100 });
      void submit('a');
      await settled();
      const [late, later] = submit('late', 'later');
      const refused = [late, later].map((answer) => expect(answer).rejects.toMatchObject({ code: 'too_busy' }));
      now = 1;
      const [inTime] = submit('in time');
      now = 101;
      await land(0);
      await Promise.all(refused);
      expect(sent()).toEqual([['a'], ['in time']]);
      await land(1);
      await expect(inTime).resolves.toBe('in time!');
    } finally {
      clock.mockRestore();
    }
  });
});
