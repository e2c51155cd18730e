import { type Actor } from '../../domain/access';
import { ACTION_KINDS, type ActionKind } from '../../domain/operator-action';
import { type Order } from '../../domain/order';
import { type GatewayName } from '../../domain/payment';
import { type OrderInside } from '../../ports/console-reads';
import { type PossibleAction } from '../contract';
import { STATUS_WORDS } from './words';

/** What decides which actions make sense. */
export interface Standing {
  readonly order: Order;
  readonly inside: OrderInside;
  readonly actor: Actor;
  /** What could still be asked back, in minor units. */
  readonly refundable: number;
  readonly switchTo: readonly GatewayName[];
  readonly twoPersonAboveMinor: number | null;
}

/**
 * Every action, and why it isn't there to be taken where it isn't. For the page alone: whether an action is carried out is
 * decided where it is, by the order as it then stands.
 */
export function possibleActions(standing: Standing): PossibleAction[] {
  const { actor, twoPersonAboveMinor } = standing;
  return ACTION_KINDS.map((kind) => {
    const whyNot = actor.roles.includes('operator') ? WHY_NOT[kind](standing) : 'Acting needs the role operator.';
    const outgoing = kind === 'refund' ? standing.refundable : kind === 'restock' ? standing.order.amount.minor : 0;
    const needsApproval = twoPersonAboveMinor !== null && outgoing > 0 && outgoing >= twoPersonAboveMinor;
    return { kind, allowed: whyNot === null, whyNot, effect: EFFECTS[kind], needsApproval };
  });
}

const EFFECTS: Readonly<Record<ActionKind, string>> = {
  extend: 'The buyer gets until the new deadline to pay; the stock stays held until then.',
  cancel:
    'The payment is closed at the gateway. Only when nobody can pay any more is the order cancelled and its stock returned.',
  retry_now:
    'The gateway is asked at once: a payment that it did not tell us of is found, a close or a refund is tried again.',
  switch_gateway: 'The payment on offer is closed, and the same amount is offered at the other gateway.',
  refund: 'Money goes back to the buyer by the gateway that it came from. This cannot be undone.',
  restock: 'Units that were sold go back on sale. No money moves.',
  manual: 'Its stock no longer goes back by itself. A payment still counts.',
  resume: 'The order goes on by itself again.',
};

const WHY_NOT: Readonly<Record<ActionKind, (of: Standing) => string | null>> = {
  extend: unlessAwaiting,
  cancel: ({ order }) => (order.status === 'closing' ? 'It is being closed already.' : unlessAwaiting({ order })),
  retry_now: ({ order, inside }) => {
    const refunding = inside.refunds.some(({ status }) => status !== 'succeeded');
    // The buyer may have paid without our being told, whatever the gateway answered to the create.
    const offered = order.status === 'awaiting_payment' && inside.attempts.length > 0;
    return order.status === 'closing' || offered || refunding ? null : 'Nothing waits for an answer of a gateway.';
  },
  switch_gateway: ({ order, switchTo }) =>
    unlessAwaiting({ order }) ?? (switchTo.length > 0 ? null : 'No gateway that is configured can take it.'),
  refund: ({ order, refundable }) => {
    if (order.status !== 'paid' && order.status !== 'refunding') return `The order is ${STATUS_WORDS[order.status]}.`;
    return refundable > 0 ? null : 'All of it has been asked back already.';
  },
  restock: ({ inside }) => (inside.restockable.length > 0 ? null : 'No units of it are sold and still out.'),
  manual: ({ order, inside }) => {
    if (inside.manualSince !== null) return 'It is marked already.';
    return unlessOpen({ order });
  },
  resume: ({ inside }) => (inside.manualSince === null ? 'It is not marked for manual handling.' : null),
};

function unlessAwaiting({ order }: Pick<Standing, 'order'>): string | null {
  return order.status === 'awaiting_payment'
    ? null
    : `It no longer waits for a payment: it is ${STATUS_WORDS[order.status]}.`;
}

function unlessOpen({ order }: Pick<Standing, 'order'>): string | null {
  const over = ['cancelled', 'rejected', 'refunded'].includes(order.status);
  return over ? `It is ${STATUS_WORDS[order.status]}: nothing of it is left to be handled.` : null;
}
