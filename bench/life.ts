import { atLeast, atMost, type Bench, ratio } from './lib/bench';
import { cpuPerOrder, readCpu } from './lib/cpu';
import { dwindle, place } from './lib/place';
import { ownCpu, type Run } from './lib/report/model';
import { compareShops, type PlacingSizes, placingSettings } from './lib/sides';
import { type Stage } from './lib/stage';
import { GATEWAYS, type GatewayName } from '../src/domain/payment';
import { openHoldfast } from './shops/holdfast';
import { type Shop } from './shops/shop';
import { openBareTemporal } from './shops/skeleton';

/** An order's whole life. */
export const life: Bench<PlacingSizes> = {
  name: 'life',
  title: 'Whole life: placed, paid, confirmed',
  about:
    'Each order is placed, then all are paid, then the last sale is confirmed. Holdfast asks the sandbox for every payment and ' +
    'believes only its signed notification; in the bare skeleton a payment is an unsigned call that becomes a signal. ' +
    '`lives/s` is both phases together. The sandbox uses the same cores; its share is listed, and not counted in `CPU ms`.',
  sizes: {
    orders: { full: 1_500, quick: 20 },
    skus: { full: 50, quick: 5 },
    callers: { full: 60, quick: 5 },
    warmUp: { full: 200, quick: 5 },
    runs: { full: 3, quick: 1 },
  },
  texts: { gateway: 'wechat' },
  async run(context) {
    const { stage, size, text } = context;
    const gateway = gatewayNamed(text['gateway']);
    const holdfast = await openHoldfast(stage, { processes: 'together', gateway });
    const bare = await openBareTemporal(stage);
    const rows = await compareShops(context, [holdfast, bare], (shop, orders) =>
      live(stage, shop, { ...size, orders }),
    );
    const between = [holdfast.name, bare.name] as const;
    return {
      settings: {
        ...placingSettings(size),
        load: `closed loop, ${size.callers} callers, first all placings, then all payments`,
        gateway,
      },
      charts: ['lives/s', 'CPU ms'],
      rows,
      ratios: [
        ...ratio(rows, 'lives/s', ...between, atLeast(0.85)),
        ...ratio(rows, 'CPU ms', ...between, atMost(1.15)),
        ...ratio(rows, 'started/s', ...between),
        ...ratio(rows, 'paid/s', ...between),
      ],
    };
  },
};

function gatewayNamed(name: string | undefined): GatewayName {
  const found = GATEWAYS.find((each) => each === name);
  if (!found) throw new Error(`--gateway must be one of ${GATEWAYS.join(', ')}`);
  return found;
}

async function live(stage: Stage, shop: Shop, size: Record<PlacingSizes, number>): Promise<Omit<Run, 'load'>> {
  const { orders, skus, callers } = size;
  const skuIds = await shop.stock(skus, orders);
  const pace = { t: 'closed', callers } as const;
  const placed = await place(stage, shop, { skuIds, orders, pace, shape: { lines: 1, payable: true } });
  const kept = placed.load.kept.flatMap((each) => (each ? [each] : []));
  const paidBefore = (await shop.count()).paid;
  const requests = kept.map((each) => shop.paying(each));
  const cpu = readCpu(shop.cpu);
  const began = performance.now();
  const confirmed = async () => orders - ((await shop.count()).paid - paidBefore);
  const [payments] = await Promise.all([
    stage.load.run({ urls: [shop.payUrl], headers: {}, requests, pace, keep: [] }),
    dwindle(`${shop.name}: paid orders that are not confirmed`, confirmed),
  ]);
  const payMs = performance.now() - began;
  const paying: Record<string, number> = {
    ...cpuPerOrder(cpu, readCpu(shop.cpu), orders),
    load: payments.cpuMs / orders,
  };
  const cpuMs = Object.fromEntries(Object.entries(placed.cpuMs).map(([name, ms]) => [name, ms + (paying[name] ?? 0)]));
  const { 'started/s': startedPerSecond = NaN, ...metrics } = placed.metrics;
  const refused = payments.statuses.filter((status) => status !== 200).length;
  return {
    metrics: {
      'lives/s': orders / (orders / startedPerSecond + payMs / 1_000),
      'started/s': startedPerSecond,
      'paid/s': (orders / payMs) * 1_000,
      'p50 ms': metrics['p50 ms'] ?? NaN,
      'p99 ms': metrics['p99 ms'] ?? NaN,
      'CPU ms': ownCpu(cpuMs),
      ...(await eventsOf(shop, kept[0]?.[0])),
    },
    cpuMs,
    checks: [
      ...placed.checks,
      { name: 'payments refused', ok: refused === 0, found: String(refused) },
      ...(await shop.books()),
    ],
  };
}

/** A paid order's history is final: one of a run stands for all. */
async function eventsOf(shop: Shop, orderId: string | undefined): Promise<Record<string, number>> {
  const events = orderId === undefined ? null : await shop.historyEvents(orderId);
  return events === null ? {} : { 'history events': events };
}
