import { atLeast, atMost, type Bench, ratio } from './lib/bench';
import { cpuPerOrder, readCpu } from './lib/cpu';
import { dwindle, place } from './lib/place';
import { ownCpu, type Run } from './lib/report/model';
import { quiet } from './lib/rest';
import { compareShops, type PlacingSizes, placingSettings } from './lib/sides';
import { type Stage } from './lib/stage';
import { GATEWAYS, type GatewayName } from '../src/domain/payment';
import { openHoldfast } from './shops/holdfast';
import { ONE_LINE, type Shop } from './shops/shop';
import { openBareTemporal } from './shops/skeleton';

/** An order's whole life. */
export const life: Bench<PlacingSizes> = {
  name: 'life',
  title: 'Whole life: placed, paid, confirmed',
  about:
    'Each order is placed, then all are paid, then the last sale is confirmed; `lives/s` is both phases together, each until nobody ' +
    'works any more, and so is the CPU. In the bare skeleton a payment is an unsigned call that becomes a signal. Holdfast believes signed notifications only. It is measured ' +
    'three times: with an attempt that is there before it is paid, so that like is compared with like (no gateway is asked ' +
    'anything); asking a gateway for every payment, as it does for a shop; and the same with every consumer of events at work. ' +
    'The sandbox uses the same cores; its share is listed, and not counted in `CPU ms`.',
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
    const prepared = await openHoldfast(stage, { processes: 'together', prepared: true, consumers: 'none' });
    const bare = await openBareTemporal(stage);
    const asking = await openHoldfast(stage, { processes: 'together', gateway, consumers: 'none' });
    const telling = await openHoldfast(stage, { processes: 'together', gateway });
    const rows = await compareShops(context, [prepared, bare, asking, telling], (shop, orders) =>
      live(stage, shop, { ...size, orders }),
    );
    const besides = [asking, telling].flatMap(({ name }) => [
      ...ratio(rows, 'lives/s', name, bare.name),
      ...ratio(rows, 'CPU ms', name, bare.name),
    ]);
    const between = [prepared.name, bare.name] as const;
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
        ...PROCESSES.flatMap((name) => ratio(rows, `${name} ms`, ...between)),
        ...ratio(rows, 'started/s', ...between),
        ...ratio(rows, 'paid/s', ...between),
        ...besides,
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
  const before = await writtenKiB(shop);
  const placed = await place(stage, shop, { skuIds, orders, pace, shape: { ...ONE_LINE, payable: true } });
  const kept = placed.load.kept.flatMap((each) => (each ? [each] : []));
  await shop.prepare?.(kept);
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
  const settledMs = (await quiet([shop])) - began;
  const written = await writtenKiB(shop);
  const paying: Record<string, number> = {
    ...cpuPerOrder(cpu, readCpu(shop.cpu), orders),
    load: payments.cpuMs / orders,
  };
  const cpuMs = Object.fromEntries(Object.entries(placed.cpuMs).map(([name, ms]) => [name, ms + (paying[name] ?? 0)]));
  const { 'started/s': startedPerSecond = NaN, 'settled/s': settledPerSecond = NaN, ...metrics } = placed.metrics;
  const refused = payments.statuses.filter((status) => status !== 200).length;
  return {
    metrics: {
      'lives/s': orders / (orders / settledPerSecond + settledMs / 1_000),
      'started/s': startedPerSecond,
      'paid/s': (orders / payMs) * 1_000,
      'p50 ms': metrics['p50 ms'] ?? NaN,
      'p99 ms': metrics['p99 ms'] ?? NaN,
      'CPU ms': ownCpu(cpuMs),
      ...Object.fromEntries(PROCESSES.map((name) => [`${name} ms`, cpuMs[name] ?? NaN])),
      'WAL KiB': (written.wal - before.wal) / orders,
      'database KiB': (written.database - before.database) / orders,
      ...(await historyOf(shop, kept[0]?.[0])),
      ...steps({ placing: placed.cpuMs, paying }),
    },
    cpuMs,
    checks: [
      ...placed.checks,
      { name: 'payments refused', ok: refused === 0, found: String(refused) },
      ...(await shop.books()),
    ],
  };
}

/** What each step cost each of the service's processes: `paying: node ms`. */
function steps(cpuMs: Readonly<Record<string, Readonly<Record<string, number>>>>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(cpuMs).flatMap(([step, each]) =>
      PROCESSES.map((name) => [`${step}: ${name} ms`, each[name] ?? NaN] as const),
    ),
  );
}

const PROCESSES = ['node', 'temporal', 'postgresql'] as const;

/** What PostgreSQL has written so far, in KiB. */
async function writtenKiB({ pool }: Shop): Promise<{ readonly wal: number; readonly database: number }> {
  const { rows } = await pool.query<{ wal: number; database: number }>(
    `SELECT (pg_current_wal_lsn() - '0/0')::float8 / 1024 AS wal, pg_database_size(current_database())::float8 / 1024 AS database`,
  );
  return rows[0] ?? { wal: NaN, database: NaN };
}

/** A paid order's history is final: one of a run stands for all. */
async function historyOf(shop: Shop, orderId: string | undefined): Promise<Record<string, number>> {
  return (orderId === undefined ? null : await shop.history(orderId)) ?? {};
}
