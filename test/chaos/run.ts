import { setTimeout as pause } from 'node:timers/promises';
import { type ArmedFault, type LedgerEntry } from '../support/sandbox-control';
import { openWorld, type World } from '../support/world';
import { openBooks, type Books } from './books';
import { buyerOf, play, type Placed, refundAsPlanned, type Stage } from './drive';
import { heldBecause, scanTheRest, untilAtRest } from './heal';
import { INVARIANTS, type Violation, violationsOf } from './oracle';
import { ledgerOf } from './ledger';
import { type OrderPlan, planRun, type RunPlan } from './plan';
import { Tally } from './tally';
import { Workers } from './workers';

/** A provider that doesn't answer costs a call half a second. */
const TIMING = { gatewayTimeoutMs: 500, paymentWaitMs: 2_000 };

/** Orders in play at once: a machine that is busy otherwise sets the pace, instead of drowning. */
const LANES = 40;

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
  /** Payment attempts, by gateway. */
  readonly attempts: Tally;
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
    ...{ faults: new Tally(), held: [], answers: new Tally(), wrongAnswers: [], violations: [] },
  };
  const orders: Placed[] = [];
  const playOne = async (order: OrderPlan): Promise<void> => {
    const placed = await play(stage, order);
    if (placed) orders.push(placed);
  };
  const inOrder = [...plan.orders].sort((a, b) => a.startAt - b.startAt);
  await Promise.all([inLanes(inOrder, playOne), killAsPlanned(stage, plan, workers)]);
  await Promise.all(stage.held);
  await forgive(stage, ({ op }) => !op.toLowerCase().includes('refund'));
  await scanTheRest(world);
  const stuck = await untilAtRest(world);
  if (stuck.length > 0) return judge(stage, plan, workers, { orders, moving: stuck });
  await inLanes(orders, async (order) => refundAsPlanned(stage, order, await world.api.order(order.id)));
  await forgive(stage, () => true);
  await world.sandbox.disarm();
  return judge(stage, plan, workers, { orders, moving: await untilAtRest(world) });
}

/** One after the other in each lane. */
async function inLanes<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const left = [...items];
  const lane = async (): Promise<void> => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: LANES }, lane));
}

async function killAsPlanned({ startedAt }: Stage, { kills }: RunPlan, workers: Workers): Promise<void> {
  for (const at of kills) {
    await pause(startedAt + at - Date.now());
    await workers.replaceOne();
  }
}

/** Takes faults away, and those that never hit anything out of the count. */
async function forgive({ world, faults }: Stage, which: (fault: ArmedFault) => boolean): Promise<void> {
  const unused = (await world.sandbox.armed()).filter(which);
  unused.forEach(({ op, fault, left }) => faults.add(`${op}:${fault}`, -left));
  await Promise.all(unused.map(({ id }) => world.sandbox.disarm(id)));
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
    given: new Map(plan.orders.map((order) => [buyerOf(order), order.points])),
    brokenWord: new Set(broken.map(({ firstNo }) => firstNo)),
  });
  const outcomes = new Tally();
  outcomes.add('no order', plan.orders.length - orders.length);
  books.orders.forEach((order) => outcomes.add(outcomeOf(order, ledger)));
  const attempts = new Tally();
  books.orders.flatMap(({ payments }) => payments).forEach(({ gateway }) => attempts.add(gateway));
  const plans = new Map(orders.map((order) => [order.id, order]));
  return {
    ...{
      seed: plan.seed,
      orders: plan.orders.length,
      kills: killed,
      faults,
      answers,
      wrongAnswers,
      attempts,
      outcomes,
    },
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

function outcomeOf(order: Books['orders'][number], ledger: readonly LedgerEntry[]): string {
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
  ledger: readonly LedgerEntry[],
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
