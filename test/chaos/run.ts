import { setTimeout as pause } from 'node:timers/promises';
import { openWorld, type World } from '../support/world';
import { openBooks, type Books } from './books';
import { play, type Placed, refundAsPlanned, type Stage } from './drive';
import { heldBecause, scanTheRest, untilAtRest } from './heal';
import { INVARIANTS, type Violation, violationsOf } from './oracle';
import { planRun, type RunPlan } from './plan';
import { armedFaults, ledgerOf, type LedgerRow, removeAllFaults, removeFaults } from './sandbox';
import { Tally } from './tally';
import { Workers } from './workers';

/** A provider that doesn't answer costs a call half a second. */
const TIMING = { gatewayTimeoutMs: 500, paymentWaitMs: 2_000 };

export interface RunReport {
  readonly seed: number;
  readonly orders: number;
  readonly kills: number;
  /** Faults that hit an operation, by `operation:fault`. */
  readonly faults: Tally;
  /** What the API and the cashier answered. */
  readonly answers: Tally;
  /** Answers outside the HTTP contract: an error of ours, though neither money nor stock need be wrong for it. */
  readonly wrongAnswers: readonly string[];
  /** How the orders ended. */
  readonly outcomes: Tally;
  readonly invariants: number;
  /** What contradicts an invariant, with the evidence, in words. */
  readonly violations: readonly string[];
}

/** One run: orders under faults and kills, then a healthy provider, then rest, then both sides' books compared. */
export async function chaosRun(seed: number, orders: number): Promise<RunReport> {
  const plan = planRun(seed, orders);
  const world = await openWorld('chaos', { worker: false, timing: TIMING });
  try {
    const workers = await Workers.start(world, plan.kills.length);
    try {
      return await runIn(world, plan, workers);
    } finally {
      await workers.stop();
    }
  } finally {
    await world.close();
  }
}

async function runIn(world: World, plan: RunPlan, workers: Workers): Promise<RunReport> {
  const skus = await Promise.all(plan.stock.map((units, index) => world.api.addSku(units, 1_000 + 333 * index)));
  const stage: Stage = {
    ...{ world, skus, seed: plan.seed, startedAt: Date.now() },
    ...{ faults: new Tally(), answers: new Tally(), wrongAnswers: [], violations: [] },
  };
  const [placed] = await Promise.all([
    Promise.all(plan.orders.map((order) => play(stage, order))),
    killAsPlanned(stage, plan, workers),
  ]);
  const orders = placed.filter((each) => each !== null);
  await forgive(stage, ({ op }) => !op.toLowerCase().includes('refund'));
  await scanTheRest(world);
  const stuck = await untilAtRest(world);
  if (stuck.length > 0) return judge(stage, plan, workers, { orders, moving: stuck });
  await Promise.all(orders.map(async (order) => refundAsPlanned(stage, order, await world.api.order(order.id))));
  await forgive(stage, () => true);
  await removeAllFaults(world);
  return judge(stage, plan, workers, { orders, moving: await untilAtRest(world) });
}

async function killAsPlanned({ startedAt }: Stage, { kills }: RunPlan, workers: Workers): Promise<void> {
  for (const at of kills) {
    await pause(startedAt + at - Date.now());
    await workers.replaceOne();
  }
}

/** Takes faults away, and those that never hit anything out of the count. */
async function forgive({ world, faults }: Stage, which: Parameters<typeof removeFaults>[1]): Promise<void> {
  const unused = (await armedFaults(world)).filter(which);
  unused.forEach(({ op, fault, left }) => faults.add(`${op}:${fault}`, -left));
  await removeFaults(world, which);
}

async function judge(
  { world, skus, faults, answers, wrongAnswers, violations }: Stage,
  plan: RunPlan,
  { killed }: Workers,
  { orders, moving }: { orders: readonly Placed[]; moving: readonly string[] },
): Promise<RunReport> {
  const [books, ledger, failed] = await Promise.all([openBooks(world), ledgerOf(world), failedWorkflows(world)]);
  const broken = orders.filter(({ plan: { faults: armed } }) => armed.some(({ fault }) => fault === 'broken_close'));
  const found = violationsOf({
    ...{ books, ledger },
    stock: new Map(skus.map((id, index) => [id, plan.stock[index] ?? 0])),
    brokenWord: new Set(broken.map(({ firstNo }) => firstNo)),
  });
  const outcomes = new Tally();
  outcomes.add('no order', plan.orders.length - orders.length);
  books.orders.forEach((order) => outcomes.add(outcomeOf(order, ledger)));
  const plans = new Map(orders.map((order) => [order.id, order]));
  return {
    ...{ seed: plan.seed, orders: plan.orders.length, kills: killed, faults, answers, wrongAnswers, outcomes },
    // The invariants of the books, and: all is at rest, no workflow failed, one key has one effect.
    invariants: Object.keys(INVARIANTS).length + 3,
    violations: [
      ...violations,
      ...moving.map((why) => `not at rest: ${why}`),
      ...failed.map((id) => `the workflow ${id} failed`),
      ...(await Promise.all(found.map((violation) => spell(world, violation, ledger, plans)))),
    ],
  };
}

function outcomeOf(order: Books['orders'][number], ledger: readonly LedgerRow[]): string {
  return order.status === 'closing' ? `held: ${heldBecause(order, ledger) ?? 'for no reason'}` : order.status;
}

async function failedWorkflows({ temporal }: World): Promise<string[]> {
  const ids: string[] = [];
  const query = `ExecutionStatus IN ('Failed', 'Terminated', 'TimedOut', 'Canceled')`;
  for await (const { workflowId, status } of temporal.client.workflow.list({ query }))
    ids.push(`${workflowId} (${status.name})`);
  return ids;
}

async function spell(
  world: World,
  { invariant, orderId, what }: Violation,
  ledger: readonly LedgerRow[],
  plans: ReadonlyMap<string, Placed>,
): Promise<string> {
  if (orderId === null) return `${invariant}: ${what}`;
  const timeline = await world.api.timeline(orderId);
  const payments = await world.prisma.payment.findMany({ where: { orderId } });
  const rows = ledger.filter(({ merchantNo }) => payments.some((payment) => payment.merchantNo === merchantNo));
  return [
    `${invariant}: ${orderId} ${what}`,
    `  plan: ${JSON.stringify(plans.get(orderId)?.plan)}`,
    ...timeline.map((fact) => `  timeline: ${JSON.stringify(fact)}`),
    ...rows.map((row) => `  sandbox: ${JSON.stringify(row)}`),
  ].join('\n');
}
