import { Dispatcher } from '../../../../src/dispatch/dispatcher';
import { type Delivered } from '../../../../src/dispatch/pace';
import { type ByHand, byHand, settled } from './by-hand';

export const POLL_MS = 1_000;

/** A dispatcher whose claims, deliveries and forgetting the test ends by hand. Wants a replaced clock. */
export function underTest({
  concurrency = 2,
  held = () => false,
  behind = () => false,
}: { concurrency?: number; held?: () => boolean; behind?: () => boolean } = {}) {
  const claims: { limit: number; end: ByHand<readonly string[]> }[] = [];
  const deliveries: { item: string; end: ByHand<void>; open: boolean }[] = [];
  const forgettings: { items: readonly string[]; end: ByHand<void> }[] = [];
  const paced: Delivered[] = [];
  const warnings: { fields: object; message: string }[] = [];
  const quiet = () => undefined;
  const dispatcher = new Dispatcher<string>({
    name: 'test',
    claim: (limit) => {
      const end = byHand<readonly string[]>();
      claims.push({ limit, end });
      return end.promise;
    },
    deliver: (item) => {
      const end = byHand();
      deliveries.push({ item, end, open: true });
      return end.promise;
    },
    done: (items) => {
      const end = byHand();
      forgettings.push({ items, end });
      return end.promise;
    },
    idOf: (item) => `id of ${item}`,
    pace: { limit: concurrency, now: () => 0, ended: (delivery) => paced.push(delivery) },
    pollMs: POLL_MS,
    ...{ held, behind },
    log: { debug: quiet, info: quiet, error: quiet, warn: (fields, message) => warnings.push({ fields, message }) },
  });

  function last<T>(of: readonly T[], what: string): T {
    const found = of.at(-1);
    if (!found) throw new Error(`there was no ${what}`);
    return found;
  }
  async function end(item: string, how: (delivery: ByHand<void>) => void): Promise<void> {
    const delivery = deliveries.find((one) => one.item === item && one.open);
    if (!delivery) throw new Error(`${item} is not under way`);
    delivery.open = false;
    how(delivery.end);
    await settled();
  }
  return {
    dispatcher,
    warnings,
    /** What the pace was told. */
    paced,
    /** The limits of the claims so far. */
    claims: () => claims.map(({ limit }) => limit),
    /** What was delivered so far, repeats included, in order. */
    begun: () => deliveries.map(({ item }) => item),
    underWay: () => deliveries.filter(({ open }) => open).map(({ item }) => item),
    forgotten: () => forgettings.map(({ items }) => items),
    /** Answers the last claim. */
    claimed: async (...items: string[]): Promise<void> => {
      last(claims, 'claim').end.resolve(items);
      await settled();
    },
    claimFails: async (): Promise<void> => {
      last(claims, 'claim').end.reject(new Error('no connection'));
      await settled();
    },
    succeed: (item: string) => end(item, (delivery) => delivery.resolve()),
    fail: (item: string) => end(item, (delivery) => delivery.reject(new Error('no answer'))),
    /** Ends the last forgetting. */
    forget: async (): Promise<void> => {
      last(forgettings, 'forgetting').end.resolve();
      await settled();
    },
    forgettingFails: async (): Promise<void> => {
      last(forgettings, 'forgetting').end.reject(new Error('no connection'));
      await settled();
    },
    /** The time until the next look passes. */
    poll: async (): Promise<void> => {
      jest.advanceTimersByTime(POLL_MS);
      await settled();
    },
  };
}

/** Whether a promise has ended, without waiting for it. */
export function endOf(promise: Promise<unknown>): { readonly ended: boolean } {
  const state = { ended: false };
  void promise.then(() => {
    state.ended = true;
  });
  return state;
}
