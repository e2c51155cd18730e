import { type Actor } from '../../domain/access';
import { type Order, type TimelineFact } from '../../domain/order';
import { type GatewayName } from '../../domain/payment';
import { type StockLine } from '../../domain/stock';
import { type AttemptInside, type OrderInside, type ProcessReading } from '../../ports/console-reads';
import { type OperatorActionRecord } from '../../ports/operator-actions';
import { type AttemptView, type OrderPage, type RefundView } from '../contract';
import { type ConsoleSettings } from '../deps';
import { presentAction } from './action';
import { explain } from './explain';
import { possibleActions } from './possible';
import { presentTimeline } from './timeline';
import { codeOf, outcomeInWords } from './words';

/** Everything that was read of an order. */
export interface Readings {
  readonly order: Order;
  readonly inside: OrderInside;
  readonly timeline: readonly TimelineFact[];
  /** Oldest first. */
  readonly actions: readonly OperatorActionRecord[];
  readonly process: ProcessReading;
}

export interface Viewing {
  readonly actor: Actor;
  readonly now: number;
  readonly settings: Pick<ConsoleSettings, 'temporalUi' | 'twoPersonAboveMinor'>;
  /** Gateways that can take the order's amount. */
  readonly takers: readonly GatewayName[];
}

/** The one answer that the order's page is made of. */
export function presentOrder(readings: Readings, { actor, now, settings, takers }: Viewing): OrderPage {
  const { order, inside, timeline, actions, process } = readings;
  const attempts = inside.attempts.map((attempt) => presentAttempt(attempt, timeline));
  const refundable = refundableOf(order, inside);
  const switchTo = order.status === 'awaiting_payment' ? takers : [];
  const { twoPersonAboveMinor } = settings;
  return {
    at: new Date(now).toISOString(),
    order: presentHead(order, inside, refundable),
    since: inside.since,
    explanation: explain({ order, inside, process, attempts, now }),
    process,
    manual: manualOf(inside, actions),
    held: {
      stock: titled(inside.reserved, order),
      promotion: inside.promotion,
      points: inside.points,
    },
    attempts,
    refunds: inside.refunds.map(presentRefund),
    restockable: titled(inside.restockable, order),
    timeline: presentTimeline(timeline),
    actions: [...actions].reverse().map((each) => presentAction(each, actor)),
    possible: possibleActions({ order, inside, actor, refundable, switchTo, twoPersonAboveMinor }),
    switchTo,
    workflow: workflowOf(order.id, settings.temporalUi),
  };
}

function presentHead(order: Order, inside: OrderInside, refundable: number): OrderPage['order'] {
  const { id, status, buyerId, amount, createdAt, payBy, paidAt, closedAt, closeReason } = order;
  const { refundedAmount, storeId, referrerId, promotionId } = order;
  return {
    ...{ id, status, buyerId, amount, createdAt, payBy, paidAt, closedAt, closeReason },
    ...{ refundedAmount, storeId, referrerId, promotionId, hasPersonalData: inside.hasPersonalData },
    lines: order.lines.map(({ skuId, title, quantity, amount: price }) => ({ skuId, title, quantity, amount: price })),
    refundable: { minor: refundable, currency: amount.currency },
  };
}

/** What was paid less all that was asked back, settled or not. */
function refundableOf({ status, amount }: Order, { refunds }: OrderInside): number {
  if (status !== 'paid' && status !== 'refunding') return 0;
  const asked = refunds
    .filter(({ cause }) => cause === 'requested')
    .reduce((sum, refund) => sum + refund.amount.minor, 0);
  return amount.minor - asked;
}

function presentAttempt(attempt: AttemptInside, timeline: readonly TimelineFact[]): AttemptView {
  const answers = timeline.filter(({ kind, data }) => kind === 'gateway' && data['paymentId'] === attempt.id);
  const last = answers.at(-1);
  return { ...attempt, answers: answers.length, lastAnswer: last ? presentAnswer(last) : null };
}

function presentAnswer({ at, what, data }: TimelineFact): AttemptView['lastAnswer'] {
  const [op = '', outcome = ''] = what.split(': ');
  if (op !== 'create' && op !== 'query' && op !== 'close') return null;
  return { at, op, outcome, code: codeOf(data), words: outcomeInWords(outcome, data) };
}

function presentRefund(refund: OrderInside['refunds'][number]): RefundView {
  const { id, amount, status, cause, reason, gateway, number, tries, createdAt, settledAt } = refund;
  return { id, amount, status, cause, reason, gateway, number, tries, createdAt, settledAt };
}

function manualOf({ manualSince }: OrderInside, actions: readonly OperatorActionRecord[]): OrderPage['manual'] {
  if (manualSince === null) return null;
  const marked = actions.findLast(({ action, state }) => action.kind === 'manual' && state !== 'refused');
  return { since: manualSince, by: marked?.requestedBy.name ?? '', reason: marked?.reason ?? '' };
}

function titled(units: readonly StockLine[], order: Order): OrderPage['restockable'] {
  return units.map(({ skuId, quantity }) => {
    return { skuId, quantity, title: order.lines.find((line) => line.skuId === skuId)?.title ?? skuId };
  });
}

/** The workflow's id is `order:` and the order's: docs/architecture.md. */
function workflowOf(orderId: string, ui: ConsoleSettings['temporalUi']): OrderPage['workflow'] {
  const id = `order:${orderId}`;
  const path = ui && `/namespaces/${encodeURIComponent(ui.namespace)}/workflows/${encodeURIComponent(id)}`;
  return { id, temporalUi: ui && `${ui.url}${path}` };
}
