import fc from 'fast-check';
import { POLL_MS, underTest } from './support/dispatcher-under-test';
import { settled } from './support/by-hand';

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

describe('Dispatcher: an item handed over', () => {
  test('is delivered at once, without a look at the table', () => {
    const { dispatcher, begun, claims } = underTest();
    dispatcher.offer('a');
    expect(begun()).toEqual(['a']);
    expect(claims()).toEqual([]);
  });

  test('is forgotten when its delivery succeeded, not before', async () => {
    const { dispatcher, forgotten, succeed } = underTest();
    dispatcher.offer('a');
    await settled();
    expect(forgotten()).toEqual([]);
    await succeed('a');
    expect(forgotten()).toEqual([['a']]);
  });

  test('whose delivery failed is not forgotten, is logged by its id, and is found again by polling', async () => {
    const { dispatcher, begun, forgotten, fail, claimed, poll, succeed, warnings } = underTest();
    dispatcher.start();
    await claimed();
    dispatcher.offer('a');
    await fail('a');
    expect(forgotten()).toEqual([]);
    expect(warnings).toEqual([
      { fields: expect.objectContaining({ dispatcher: 'test', id: 'id of a' }), message: expect.any(String) },
    ]);
    await poll();
    await claimed('a');
    expect(begun()).toEqual(['a', 'a']);
    await succeed('a');
    expect(forgotten()).toEqual([['a']]);
  });

  test('waits while as many as allowed are under way, in its turn', async () => {
    const { dispatcher, begun, succeed, fail, forget } = underTest({ concurrency: 2 });
    for (const item of ['a', 'b', 'c', 'd']) dispatcher.offer(item);
    expect(begun()).toEqual(['a', 'b']);
    await fail('b');
    expect(begun()).toEqual(['a', 'b', 'c']);
    await succeed('a');
    expect(begun()).toEqual(['a', 'b', 'c']);
    await forget();
    expect(begun()).toEqual(['a', 'b', 'c', 'd']);
  });

  test('is left to the table when as many wait as may be under way', async () => {
    const { dispatcher, begun, fail, claimed } = underTest({ concurrency: 1 });
    for (const item of ['a', 'b', 'c']) dispatcher.offer(item);
    await fail('a');
    await fail('b');
    expect(begun()).toEqual(['a', 'b']);
    dispatcher.start();
    await claimed('c');
    expect(begun()).toEqual(['a', 'b', 'c']);
  });

  test('and claimed at the same time is delivered once', async () => {
    const { dispatcher, begun, claimed, succeed, forget } = underTest();
    dispatcher.start();
    dispatcher.offer('a');
    await claimed('a');
    expect(begun()).toEqual(['a']);
    await succeed('a');
    await forget();
    expect(begun()).toEqual(['a']);
  });

  test('and claimed again after its delivery ended is delivered again: the table knows better', async () => {
    const { dispatcher, begun, claimed, fail } = underTest();
    dispatcher.offer('a');
    await fail('a');
    dispatcher.start();
    await claimed('a');
    expect(begun()).toEqual(['a', 'a']);
  });
});

describe('Dispatcher: forgetting', () => {
  test('is one statement for all that was delivered while the one before was running', async () => {
    const { dispatcher, forgotten, succeed, forget, underWay, begun } = underTest({ concurrency: 3 });
    for (const item of ['a', 'b', 'c', 'd']) dispatcher.offer(item);
    await succeed('a');
    await succeed('b');
    await succeed('c');
    expect(forgotten()).toEqual([['a']]);
    expect(begun()).not.toContain('d');
    await forget();
    expect(forgotten()).toEqual([['a'], ['b', 'c']]);
    await forget();
    expect(forgotten()).toHaveLength(2);
    expect(underWay()).toEqual(['d']);
  });

  test('that fails is logged, and the item is delivered and forgotten when it is found again', async () => {
    const { dispatcher, begun, forgotten, claimed, succeed, forgettingFails, forget, warnings } = underTest();
    dispatcher.offer('a');
    await succeed('a');
    await forgettingFails();
    expect(warnings).toHaveLength(1);
    dispatcher.start();
    await claimed('a');
    expect(begun()).toEqual(['a', 'a']);
    await succeed('a');
    await forget();
    expect(forgotten()).toEqual([['a'], ['a']]);
  });

  test('that fails takes nobody with it: what waited for it is forgotten with the next', async () => {
    const { dispatcher, forgotten, succeed, forgettingFails, forget } = underTest({ concurrency: 3 });
    for (const item of ['a', 'b', 'c']) dispatcher.offer(item);
    await succeed('a');
    await succeed('b');
    await forgettingFails();
    await succeed('c');
    await forget();
    expect(forgotten().slice(1).flat().sort()).toEqual(['b', 'c']);
  });
});

describe('Dispatcher: looking at the table', () => {
  test('asks for as many as may be under way and delivers what it is given', async () => {
    const { dispatcher, claims, begun, claimed } = underTest({ concurrency: 3 });
    dispatcher.start();
    expect(claims()).toEqual([3]);
    await claimed('a', 'b');
    expect(begun()).toEqual(['a', 'b']);
  });

  test('goes on as soon as one is done while it is given all that it asks for', async () => {
    const { dispatcher, claims, claimed, fail } = underTest({ concurrency: 2 });
    dispatcher.start();
    await claimed('a', 'b');
    expect(claims()).toHaveLength(1);
    await fail('a');
    expect(claims()).toHaveLength(2);
    await claimed();
    expect(claims()).toHaveLength(2);
  });

  test('asks for no more than there is room to wait: a backlog stays in the table', async () => {
    const { dispatcher, claims, claimed, begun, fail } = underTest({ concurrency: 2 });
    dispatcher.start();
    await claimed('a', 'b');
    await fail('a');
    await claimed('c', 'd');
    await fail('b');
    await claimed('e', 'f');
    expect(claims()).toEqual([2, 2, 2]);
    await fail('c');
    expect(claims().slice(3)).toEqual([1]);
    await claimed('g');
    await fail('d');
    expect(claims().slice(3)).toEqual([1, 1]);
    await claimed('h');
    expect(begun()).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
  });

  test('never holds more than run and wait, however long the backlog', async () => {
    const { dispatcher, claims, claimed, underWay, fail } = underTest({ concurrency: 2 });
    let made = 0;
    const full = () => claimed(...Array.from({ length: claims().at(-1) ?? 0 }, () => `i${++made}`));
    dispatcher.start();
    await full();
    for (let ended = 1; ended <= 10; ended += 1) {
      const before = claims().length;
      await fail(underWay()[0] ?? 'nothing');
      if (claims().length > before) await full();
      expect(made - ended).toBeLessThanOrEqual(4);
    }
    expect(made).toBeGreaterThan(10);
  });

  test('asks for nothing while what was handed over meanwhile takes all the room', async () => {
    const { dispatcher, claims, claimed, begun, fail } = underTest({ concurrency: 1 });
    dispatcher.start();
    dispatcher.offer('a');
    dispatcher.offer('b');
    await claimed('c');
    await fail('a');
    expect(claims()).toEqual([1]);
    await fail('b');
    expect(begun()).toEqual(['a', 'b', 'c']);
    expect(claims()).toEqual([1, 1]);
  });

  test('spends no query on a handful: it asks when half of the places are free', async () => {
    const { dispatcher, claims, claimed, fail } = underTest({ concurrency: 6 });
    dispatcher.start();
    await claimed('a', 'b', 'c', 'd', 'e', 'f');
    await fail('a');
    await claimed('g', 'h', 'i', 'j', 'k', 'l');
    await fail('b');
    expect(claims()).toEqual([6, 6]);
    await fail('c');
    expect(claims()).toEqual([6, 6, 3]);
  });

  test('is alone in saying whose turn it is while there is a backlog, and takes what is handed over again after it', async () => {
    const { dispatcher, claims, claimed, begun, fail, underWay } = underTest({ concurrency: 2 });
    dispatcher.start();
    await claimed('a', 'b');
    dispatcher.offer('late');
    await fail('a');
    await claimed('c');
    expect(begun()).toEqual(['a', 'b', 'c']);
    dispatcher.offer('d');
    await fail('b');
    expect(begun()).toEqual(['a', 'b', 'c', 'd']);
    expect(underWay()).toEqual(['c', 'd']);
    expect(claims()).toEqual([2, 2]);
  });

  test('that fails during a backlog lets what is handed over in again', async () => {
    const { dispatcher, claimed, claimFails, begun, fail } = underTest({ concurrency: 1 });
    dispatcher.start();
    await claimed('a');
    await fail('a');
    await claimFails();
    dispatcher.offer('b');
    expect(begun()).toEqual(['a', 'b']);
  });

  test('comes again after a while, and not sooner, when it was given less', async () => {
    const { dispatcher, claims, claimed, poll } = underTest();
    dispatcher.start();
    await claimed('a');
    jest.advanceTimersByTime(POLL_MS - 1);
    await settled();
    expect(claims()).toHaveLength(1);
    jest.advanceTimersByTime(1);
    expect(claims()).toHaveLength(2);
    await claimed();
    await poll();
    expect(claims()).toHaveLength(3);
  });

  test('that fails is logged and comes again', async () => {
    const { dispatcher, begun, claimFails, poll, claimed, warnings } = underTest();
    dispatcher.start();
    await claimFails();
    expect(warnings).toHaveLength(1);
    await poll();
    await claimed('a');
    expect(begun()).toEqual(['a']);
  });

  test('happens at once when woken, and the next look a whole while after that', async () => {
    const { dispatcher, claims, claimed, poll } = underTest();
    dispatcher.start();
    await claimed();
    jest.advanceTimersByTime(POLL_MS - 1);
    dispatcher.wake();
    expect(claims()).toHaveLength(2);
    await claimed();
    jest.advanceTimersByTime(POLL_MS - 1);
    await settled();
    expect(claims()).toHaveLength(2);
    await poll();
    expect(claims()).toHaveLength(3);
  });

  test('woken while it is looking, it looks once more: the first look may have come too early', async () => {
    const { dispatcher, claims, claimed } = underTest();
    dispatcher.start();
    dispatcher.wake();
    dispatcher.wake();
    expect(claims()).toHaveLength(1);
    await claimed();
    expect(claims()).toHaveLength(2);
    await claimed();
    expect(claims()).toHaveLength(2);
  });
});

describe('Dispatcher: its pace', () => {
  test('is told how each delivery went, and whether all places were taken', async () => {
    const { dispatcher, paced, succeed, fail } = underTest({ concurrency: 2 });
    dispatcher.offer('a');
    dispatcher.offer('b');
    await fail('a');
    await succeed('b');
    expect(paced).toEqual([
      { begunAt: 0, atLimit: false, error: expect.any(Error) },
      { begunAt: 0, atLimit: true },
    ]);
  });
});

describe('Dispatcher: at any time', () => {
  test('no more than allowed are under way, none twice at once, and none is forgotten undelivered', async () => {
    const step = fc.oneof(
      fc.record({ do: fc.constantFrom('offer' as const, 'claim' as const), item: fc.constantFrom(...'abcdef') }),
      fc.record({ do: fc.constantFrom('succeed' as const, 'fail' as const, 'forget' as const) }),
    );
    const run = fc.record({ concurrency: fc.integer({ min: 1, max: 3 }), steps: fc.array(step, { maxLength: 30 }) });
    await fc.assert(
      fc.asyncProperty(run, async ({ concurrency, steps }) => {
        const { dispatcher, underWay, claimed, poll, succeed, fail, forget, forgotten } = underTest({ concurrency });
        const succeeded = new Set<string>();
        dispatcher.start();
        for (const now of steps) {
          const [first] = underWay();
          if (now.do === 'offer') dispatcher.offer(now.item);
          else if (now.do === 'claim') await claimed(now.item).then(poll);
          else if (now.do === 'forget') await (forgotten().length > 0 ? forget() : settled());
          else if (first !== undefined) await (now.do === 'fail' ? fail(first) : succeed(first));
          if (now.do === 'succeed' && first !== undefined) succeeded.add(first);
          expect(underWay().length).toBeLessThanOrEqual(concurrency);
          expect(new Set(underWay()).size).toBe(underWay().length);
          expect(
            forgotten()
              .flat()
              .every((item) => succeeded.has(item)),
          ).toBe(true);
        }
      }),
    );
  });
});
