import { type Shop } from '../shops/shop';

/** Cores that a process at rest uses at most: pollers and timers. */
const AT_REST = 0.1;
const LOOK_MS = 500;
/** Whoever has not come to rest by then is measured as he is; the load beside the figures tells. */
const REST_WITHIN_MS = 120_000;

/** Servers that others may be using: they are waited for in vain. */
const OTHERS_TOO = ['rabbitmq', 'redis'];

/**
 * Waits until nobody works any more: after its last answer a side goes on with workflow tasks and events, and the next to be
 * measured would pay for them.
 */
export async function quiet(shops: readonly Pick<Shop, 'cpu'>[], withinMs = REST_WITHIN_MS): Promise<void> {
  const own = shops.flatMap(({ cpu }) => Object.entries(cpu)).filter(([name]) => !OTHERS_TOO.includes(name));
  const readers = own.map(([, read]) => read);
  const end = performance.now() + withinMs;
  for (let busiest = Infinity; busiest > AT_REST * LOOK_MS && performance.now() < end;) {
    const before = readers.map((read) => read());
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    // NaN where the system does not tell: then nobody is waited for.
    busiest = Math.max(...readers.map((read, index) => read() - (before[index] ?? NaN)));
  }
}
