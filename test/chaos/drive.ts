import { setTimeout as pause } from 'node:timers/promises';
import { type Answer, type OrderJson } from '../support/api-client';
import { holdAccount } from '../support/lock';
import { type World } from '../support/world';
import { armedFor, type OrderPlan, type RefundStep, type Step } from './plan';
import { type Tally } from './tally';

/** How often a buyer looks for the code to pay. */
const LOOK_AGAIN_MS = 100;

export interface Placed {
  readonly plan: OrderPlan;
  readonly id: string;
  readonly firstNo: string;
}

/** What the drivers of a run share. */
export interface Stage {
  readonly world: World;
  readonly seed: number;
  /** Ids of the run's SKUs, by number. */
  readonly skus: readonly string[];
  readonly startedAt: number;
  readonly faults: Tally;
  /** Points accounts that are locked, each until it is let go. */
  readonly held: Promise<void>[];
  readonly answers: Tally;
  /** What the API should not have answered, with its log. */
  readonly wrongAnswers: string[];
  /** One key, two effects. */
  readonly violations: string[];
}

/** Places an order as planned and plays its script; null when there is no order (sold out). */
export async function play(stage: Stage, plan: OrderPlan): Promise<Placed | null> {
  await pause(stage.startedAt + plan.startAt - Date.now());
  const placed = await place(stage, plan);
  if (!placed) return null;
  const placedAt = Date.now();
  const armed = new Set<string>();
  await arm(stage, plan, placed.firstNo, armed);
  // Steps of the same moment run side by side: that is the race.
  await Promise.all(
    plan.steps.map(async (step) => {
      await pause(placedAt + step.at - Date.now());
      await take(stage, placed, step, armed);
    }),
  );
  return placed;
}

async function place(stage: Stage, plan: OrderPlan): Promise<Placed | null> {
  const { world, seed, skus } = stage;
  if (plan.beforePlacing) await armOne(stage, plan.beforePlacing, { gateway: plan.payWith });
  if (plan.points > 0) await givePoints(stage, plan);
  if (needsPoints(plan) && plan.accountHeldMs > 0) await holdPoints(stage, plan);
  const body = {
    buyerId: buyerOf(plan),
    payWith: plan.payWith,
    lines: plan.lines.map(({ sku, quantity }) => ({ skuId: skus[sku] ?? '', quantity })),
    paymentWindowSeconds: plan.windowSeconds,
  };
  const key = `chaos-${seed}-${plan.index}`;
  const answers = await Promise.all(Array.from({ length: plan.placedTwice ? 2 : 1 }, () => world.api.place(body, key)));
  answers.forEach((answer) => note(stage, 'place', answer, [201, 409]));
  const ids = new Set(answers.filter(({ status }) => status === 201).map(({ body: { id } }) => id));
  if (ids.size > 1) stage.violations.push(`one Idempotency-Key placed two orders: ${[...ids].join(' and ')}`);
  const order = answers.find(({ status }) => status === 201)?.body;
  return order ? { plan, id: order.id, firstNo: order.payment?.merchantNo ?? '' } : null;
}

/** Each order has a buyer of its own. */
export function buyerOf({ index }: OrderPlan): string {
  return `buyer_${index}`;
}

async function givePoints(stage: Stage, plan: OrderPlan): Promise<void> {
  const body = { delta: plan.points, reason: 'chaos' };
  note(stage, 'points', await stage.world.api.call('POST', `/v1/buyers/${buyerOf(plan)}/points`, body), [200]);
}

/** Points have no provider to misbehave: it is their account that doesn't answer. Let go by itself. */
async function holdPoints({ world, faults, held }: Stage, plan: OrderPlan): Promise<void> {
  const letGo = await holdAccount(world.config.databaseUrl, buyerOf(plan));
  faults.add('points:account held');
  held.push(pause(plan.accountHeldMs).then(letGo));
}

function needsPoints({ payWith, steps }: OrderPlan): boolean {
  return payWith === 'points' || steps.some((step) => step.do === 'switch' && step.to === 'points');
}

async function take(stage: Stage, { plan, id, firstNo }: Placed, step: Step, armed: Set<string>): Promise<void> {
  const { api, sandbox } = stage.world;
  switch (step.do) {
    case 'pay': {
      const merchantNo = async (): Promise<string> => (step.attempt === 'first' ? firstNo : currentNo(stage, id));
      let result = await sandbox.pay(await merchantNo(), step.amount);
      // There is nothing to pay before the gateway was asked for it: the buyer looks again as long as the order waits.
      while (result.reason === 'unknown' && (await api.order(id)).status === 'awaiting_payment') {
        await pause(LOOK_AGAIN_MS);
        result = await sandbox.pay(await merchantNo(), step.amount);
      }
      return stage.answers.add(`pay ${result.accepted ? 'accepted' : (result.reason ?? 'refused')}`);
    }
    case 'scan':
      return sandbox.scan(await currentNo(stage, id));
    case 'cancel':
      return note(stage, 'cancel', await api.cancel(id), [200, 202, 409]);
    case 'switch': {
      const path = `/v1/orders/${id}/payments`;
      const answer = await api.call<{ merchantNo: string }>('POST', path, { gateway: step.to });
      note(stage, 'switch', answer, [201, 409]);
      if (answer.status === 201) await arm(stage, plan, answer.body.merchantNo, armed);
    }
  }
}

/** The refunds of a paid order, one after the other; none for an order that ended otherwise. */
export async function refundAsPlanned(stage: Stage, { plan, id }: Placed, order: OrderJson): Promise<void> {
  for (const [index, step] of plan.refunds.entries()) {
    const key = `chaos-${stage.seed}-${plan.index}-refund-${index}`;
    const ask = (): Promise<Answer<{ id: string }>> =>
      stage.world.api.call('POST', `/v1/orders/${id}/refunds`, refundBody(step, order), { 'idempotency-key': key });
    const answers = await Promise.all(Array.from({ length: step.twice ? 2 : 1 }, ask));
    answers.forEach((answer) => note(stage, 'refund', answer, [201, 409, 422]));
    const ids = new Set(answers.filter(({ status }) => status === 201).map(({ body }) => body.id));
    if (ids.size > 1) stage.violations.push(`${id}: one Idempotency-Key made two refunds`);
  }
}

function refundBody({ percent, restock }: RefundStep, { amount }: OrderJson): object {
  const part = percent === null ? {} : { amount: Math.max(1, Math.floor((amount.minor * percent) / 100)) };
  return { reason: 'chaos', restock, ...part };
}

async function currentNo({ world }: Stage, id: string): Promise<string> {
  return (await world.api.order(id)).payment?.merchantNo ?? '';
}

async function arm(stage: Stage, plan: OrderPlan, merchantNo: string, armed: Set<string>): Promise<void> {
  if (armed.has(merchantNo)) return;
  armed.add(merchantNo);
  const broken = plan.scenario === 'brokenClose' || plan.scenario === 'bothPaid';
  // Only the first attempt's gateway breaks its word: whose money comes late is then known.
  if (broken && armed.size > 1) return;
  for (const fault of plan.faults) await armOne(stage, fault, { merchantNo });
}

async function armOne(
  { world, faults }: Stage,
  fault: OrderPlan['faults'][number],
  match: Parameters<typeof armedFor>[1],
): Promise<void> {
  await world.sandbox.fault(armedFor(fault, match));
  faults.add(`${fault.op}:${fault.fault}`, fault.times ?? 1);
}

/** 503 is part of the contract while workers or Temporal are away: asking again is safe. */
const NOT_READY = 503;

function note(stage: Stage, what: string, { status, body }: Answer<unknown>, allowed: readonly number[]): void {
  stage.answers.add(`${what} ${status}${body.code === undefined ? '' : ` ${body.code}`}`);
  if (status === NOT_READY || allowed.includes(status)) return;
  const { instance } = body as { instance?: string };
  const said = stage.world.logged.filter((line) => instance !== undefined && line.includes(instance));
  stage.wrongAnswers.push([`${what} was answered ${status} ${JSON.stringify(body)}`, ...said].join('\n  log: '));
}
