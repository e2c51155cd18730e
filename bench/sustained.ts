import { atLeast, type Bench, ratio } from './lib/bench';
import { closedPlacing, compareShops, type PlacingSizes, placingSettings } from './lib/sides';
import { openHoldfast } from './shops/holdfast';
import { openBareTemporal } from './shops/skeleton';

/** Placing at the rate at which workflows start. */
export const sustained: Bench<PlacingSizes> = {
  name: 'sustained',
  title: 'Sustained placing, workflows started',
  about:
    'What is placed has to be started too: `started/s` runs from the first request to the last start, `settled/s` to the last first ' +
    'task, whoever does it. The bare skeleton starts before it answers; Holdfast answers from PostgreSQL and starts at once beside it, ' +
    'in the same process (eager starts, as the skeleton’s) or in two. The callers are fewer than make a rush, in which starts would wait.',
  sizes: {
    orders: { full: 3_000, quick: 40 },
    skus: { full: 50, quick: 5 },
    callers: { full: 12, quick: 6 },
    warmUp: { full: 300, quick: 10 },
    runs: { full: 3, quick: 1 },
  },
  async run(context) {
    const together = await openHoldfast(context.stage, { processes: 'together' });
    const bare = await openBareTemporal(context.stage);
    const apart = await openHoldfast(context.stage, { processes: 'apart' });
    const rows = await compareShops(context, [together, bare, apart], closedPlacing(context));
    return {
      settings: placingSettings(context.size),
      charts: ['started/s', 'settled/s'],
      rows,
      ratios: [
        ...ratio(rows, 'started/s', together.name, bare.name, atLeast(0.9)),
        ...ratio(rows, 'settled/s', together.name, bare.name),
        ...ratio(rows, 'started/s', apart.name, bare.name),
        ...ratio(rows, 'CPU ms', together.name, bare.name),
      ],
    };
  },
};
