import { type Stage } from '../lib/stage';
import { openHoldfast } from '../shops/holdfast';
import { ONE_LINE, type Shop } from '../shops/shop';
import { atLeast } from '../lib/bench';
import { type Axis, type Point, type Usual } from './axis';
import { fillWithOldOrders } from './old-orders';
import { fillWithOpenOrders, payAfterRestart, payJustPlaced } from './open-orders';

/** All points on one shop: what grows is in the request, not in the shop. */
function onOneShop(vary: (point: number, usual: Point) => Partial<Point>): Axis['open'] {
  return async (stage, points, usual) => {
    const shop = await openHoldfast(stage, { processes: 'apart' });
    const common = usualPoint(shop, usual);
    return new Map(points.map((point) => [point, { ...common, ...vary(point, common) }]));
  };
}

/** A shop for each point: what grows stays there. Only one works at a time. */
function shopEach(open: (stage: Stage, point: number, usual: Usual) => Promise<Shop>): Axis['open'] {
  return async (stage, points, usual) => {
    const map = new Map<number, Point>();
    for (const point of points) map.set(point, usualPoint(await open(stage, point, usual), usual));
    return map;
  };
}

function usualPoint(shop: Shop, { skus, callers }: Usual): Point {
  return { shop, skus, shape: ONE_LINE, pace: { t: 'closed', callers } };
}

/**
 * A worker's restart is part of it; who pays afterwards does so by notifications that need no gateway. `oldEach`: paid orders of
 * the past for each open one.
 */
function withOpenOrders(oldEach: number): Axis['open'] {
  return async (stage, points, usual) => {
    const map = new Map<number, Point>();
    for (const open of points) {
      const shop = await openHoldfast(stage, { processes: 'apart', prepared: true, consumers: 'none' });
      if (open * oldEach > 0) await fillWithOldOrders(shop, open * oldEach);
      if (open > 0) await fillWithOpenOrders(shop, open);
      const afterwards = async () => {
        const kept = await payJustPlaced(stage, shop);
        if (open === 0) return kept;
        const killed = await payAfterRestart(stage, shop);
        return { metrics: { ...kept.metrics, ...killed.metrics }, checks: [...kept.checks, ...killed.checks] };
      };
      map.set(open, { ...usualPoint(shop, usual), afterwards });
    }
    return map;
  };
}

async function withOldOrders(stage: Stage, old: number): Promise<Shop> {
  const shop = await openHoldfast(stage, { processes: 'apart' });
  if (old > 0) await fillWithOldOrders(shop, old);
  return shop;
}

export const AXES: readonly Axis[] = [
  {
    name: 'load',
    title: 'offered load',
    about: 'Requests come at a rate, whatever the answers do; latency counts from when each was due.',
    points: [200, 500, 1_000, 2_000, 4_000],
    quickPoints: [20, 40],
    goal: null,
    open: onOneShop((perSecond) => ({ pace: { t: 'open', perSecond } })),
  },
  {
    name: 'skus',
    title: 'SKUs that the orders are spread over',
    about: 'From everybody on one row to hardly two on the same.',
    points: [1, 10, 1_000, 100_000],
    quickPoints: [1, 10],
    goal: null,
    open: onOneShop((skus) => ({ skus })),
  },
  {
    name: 'lines',
    title: 'lines per order',
    about: 'Each line is a SKU of its own; all are held or none.',
    points: [1, 5, 50],
    quickPoints: [1, 5],
    goal: null,
    open: onOneShop((lines, { skus }) => ({ shape: { ...ONE_LINE, lines }, skus: Math.max(skus, lines) })),
  },
  {
    name: 'open',
    title: 'open orders',
    about:
      'So many orders wait for their payment, each with its workflow, while others are placed. After each run 50 of those are paid; then ' +
      'the worker is killed and started anew, and 50 of the open orders are paid.',
    points: [0, 10_000, 100_000],
    quickPoints: [0, 30],
    goal: atLeast(0.9),
    open: withOpenOrders(0),
  },
  {
    name: 'replicas',
    title: 'API replicas',
    about:
      'Requests go to the replicas in turn. On one machine they share its cores, and the database that all of them ask.',
    points: [1, 2, 4],
    quickPoints: [1, 2],
    goal: null,
    open: shopEach((stage, apis) => openHoldfast(stage, { processes: 'apart', apis })),
  },
  {
    name: 'rows',
    title: 'orders already in the database',
    about: 'So many paid orders of the past lie in every table that placing writes to.',
    points: [0, 1_000_000],
    quickPoints: [0, 500],
    goal: atLeast(0.9),
    open: shopEach(withOldOrders),
  },
  {
    name: 'age',
    title: 'open orders, with ten of the past for each',
    about:
      'What a shop that has been running looks like: so many orders wait for their payment, each with its workflow, and ten times as ' +
      'many paid ones lie in every table. After each run 50 of the new orders are paid; then the worker is killed and started anew, and 50 of ' +
      'the open orders are paid.',
    points: [0, 100_000],
    quickPoints: [0, 30],
    goal: atLeast(0.9),
    open: withOpenOrders(10),
  },
];
