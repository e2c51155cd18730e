import { settled } from './support/by-hand';
import { endOf, underTest } from './support/dispatcher-under-test';

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

describe('Dispatcher: stop', () => {
  test('waits for what is under way and for its forgetting', async () => {
    const { dispatcher, succeed, fail, forget, forgotten } = underTest();
    dispatcher.offer('a');
    dispatcher.offer('b');
    const stop = endOf(dispatcher.stop());
    await fail('b');
    expect(stop.ended).toBe(false);
    await succeed('a');
    expect(forgotten()).toEqual([['a']]);
    expect(stop.ended).toBe(false);
    await forget();
    expect(stop.ended).toBe(true);
  });

  test('ends though the last forgetting fails: the item keeps its place in the table', async () => {
    const { dispatcher, succeed, forgettingFails } = underTest();
    dispatcher.offer('a');
    const stop = endOf(dispatcher.stop());
    await succeed('a');
    await forgettingFails();
    expect(stop.ended).toBe(true);
  });

  test('begins nothing more: neither what waits nor what is offered', async () => {
    const { dispatcher, begun, fail } = underTest({ concurrency: 1 });
    dispatcher.offer('a');
    dispatcher.offer('b');
    const stop = endOf(dispatcher.stop());
    dispatcher.offer('c');
    await fail('a');
    expect(stop.ended).toBe(true);
    expect(begun()).toEqual(['a']);
  });

  test('waits for a look that is under way and delivers nothing of what it brings', async () => {
    const { dispatcher, begun, claims, claimed } = underTest();
    dispatcher.start();
    dispatcher.wake();
    const stop = endOf(dispatcher.stop());
    await settled();
    expect(stop.ended).toBe(false);
    await claimed('a');
    expect(stop.ended).toBe(true);
    expect(begun()).toEqual([]);
    expect(claims()).toHaveLength(1);
  });

  test('waits for a look that is under way though it brings all that was asked for', async () => {
    const { dispatcher, begun, claims, claimed } = underTest({ concurrency: 2 });
    dispatcher.start();
    const stop = endOf(dispatcher.stop());
    await claimed('a', 'b');
    expect(stop.ended).toBe(true);
    expect(begun()).toEqual([]);
    expect(claims()).toHaveLength(1);
  });

  test('during a backlog leases nothing more', async () => {
    const { dispatcher, begun, claims, claimed, fail } = underTest({ concurrency: 2 });
    dispatcher.start();
    await claimed('a', 'b');
    const stop = endOf(dispatcher.stop());
    await fail('a');
    expect(claims()).toHaveLength(1);
    expect(stop.ended).toBe(false);
    await fail('b');
    expect(stop.ended).toBe(true);
    expect(begun()).toEqual(['a', 'b']);
    expect(claims()).toHaveLength(1);
  });

  test('during a look leaves no timer behind for the next one', async () => {
    const { dispatcher, claimed } = underTest();
    dispatcher.start();
    const stopping = dispatcher.stop();
    await claimed();
    await stopping;
    expect(jest.getTimerCount()).toBe(0);
  });

  test('ends the polling, however it is woken, and leaves no timer behind', async () => {
    const { dispatcher, claims, claimed, poll } = underTest();
    dispatcher.start();
    await claimed();
    await dispatcher.stop();
    expect(jest.getTimerCount()).toBe(0);
    dispatcher.wake();
    dispatcher.start();
    await poll();
    expect(claims()).toHaveLength(1);
  });
});
