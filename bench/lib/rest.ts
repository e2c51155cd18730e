import { type Shop } from '../shops/shop';
import { readCpu } from './cpu';

/** Cores that a process at rest uses at most: pollers and timers. */
const AT_REST = 0.1;
/** Looked at so often, judged over so many looks: a pause between two tasks is no rest. */
const LOOK_MS = 100;
const LOOKS = 5;
/** The first tasks of twenty thousand orders take minutes on a slow machine. */
const REST_WITHIN_MS = 900_000;

/** Servers that others may be using: they are waited for in vain. */
const OTHERS_TOO = ['rabbitmq', 'redis'];

/**
 * Waits until nobody works any more, and answers since when, as `performance.now()` tells the time: after its last answer a side goes on
 * with workflow tasks and events. They are its cost, and the next to be measured would pay for them. Throws for whoever finds no rest.
 */
export async function quiet(shops: readonly Pick<Shop, 'cpu'>[], withinMs = REST_WITHIN_MS): Promise<number> {
  const own = Object.fromEntries(
    shops.flatMap(({ cpu }, index) =>
      Object.entries(cpu).flatMap(([name, read]) => (OTHERS_TOO.includes(name) ? [] : [[`${index} ${name}`, read]])),
    ),
  );
  const look = () => ({ at: performance.now(), cpu: readCpu(own) });
  const looks = [look()];
  const end = performance.now() + withinMs;
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    const now = look();
    looks.push(now);
    const [first] = looks.slice(-1 - LOOKS);
    if (!first || looks.length <= LOOKS) continue;
    const used = Object.entries(now.cpu).map(([name, ms]) => ms - (first.cpu[name] ?? NaN));
    // NaN where the system does not tell: then nobody is waited for.
    if (!(Math.max(...used) > AT_REST * (now.at - first.at))) return first.at;
    if (now.at > end)
      throw new Error(`no rest within ${withinMs / 1_000} s: somebody works on after everything is done`);
  }
}
