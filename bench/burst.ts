import { atLeast, type Bench, ratio } from './lib/bench';
import { closedPlacing, compareShops, handMadeOr, type PlacingSizes, placingSettings } from './lib/sides';
import { openHoldfast } from './shops/holdfast';

/** The door under a burst. */
export const burst: Bench<PlacingSizes> = {
  name: 'burst',
  title: 'Burst at the door',
  about:
    'A closed loop of callers places orders, all at once. Holdfast runs as it is deployed, API and worker apart; the hand-made ' +
    'skeleton is what the same rush costs without an engine. `answered/s` is the door alone, `started/s` counts until the ' +
    'last answered order has its workflow (the hand-made one answers once the expiry is with the broker).',
  sizes: {
    orders: { full: 20_000, quick: 60 },
    skus: { full: 50, quick: 5 },
    callers: { full: 60, quick: 6 },
    warmUp: { full: 1_000, quick: 10 },
    runs: { full: 3, quick: 1 },
  },
  async run(context) {
    const holdfast = await openHoldfast(context.stage, { processes: 'apart' });
    const handMade = await handMadeOr(context.stage);
    const rows = await compareShops(context, [holdfast, handMade], closedPlacing(context));
    return {
      settings: placingSettings(context.size),
      charts: ['answered/s', 'p99 ms'],
      rows,
      ratios: [
        ...ratio(rows, 'answered/s', holdfast.name, handMade.name, atLeast(0.6)),
        ...ratio(rows, 'CPU ms', holdfast.name, handMade.name),
      ],
    };
  },
};
