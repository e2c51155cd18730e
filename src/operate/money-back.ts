import { HoldfastError } from '../domain/errors';
import { idMadeBy } from '../domain/operator-action';
import { type Execution } from './execution';

/** Whose keys these are, beside API keys' digests. */
const CLIENT = 'operator-actions';

/** Takes the refund on under the action's name; it is settled by a process of its own. */
export async function executeRefund({ deps, id, order, action }: Execution<'refund'>): Promise<string> {
  const result = await deps.refunds.request({
    refundId: idMadeBy(id, 'ref'),
    orderId: order.id,
    amount: action.amount,
    // The gateway shows it to the buyer: the operator's own words stay with the action.
    reason: `refund of ${order.id}`,
    restock: action.restock,
    idempotency: { client: CLIENT, key: id, fingerprint: id },
  });
  switch (result.t) {
    case 'requested': {
      const { refund } = result;
      deps.startSoon({ kind: 'refund', id: refund.id, gateway: refund.gateway });
      return `the refund ${refund.id} of ${refund.amount.minor} minor units of ${refund.amount.currency} is taken on`;
    }
    case 'notFound':
      throw new HoldfastError('order_not_found');
    case 'notRefundable':
      throw new HoldfastError('not_refundable');
    case 'exceeds':
      throw new HoldfastError(
        'amount_exceeds_refundable',
        `at most ${result.refundable.minor} minor units of ${result.refundable.currency} are left to refund`,
      );
    case 'inProgress':
      throw new HoldfastError('not_ready', 'the refund is being taken on');
    case 'secondPersonNeeded':
    case 'reused':
      throw new Error(`the action ${id} was executed before with another content`);
  }
}

export async function executeRestock({ deps, id, order, action }: Execution<'restock'>): Promise<string> {
  const result = await deps.actions.restock({ actionId: id, orderId: order.id, lines: action.lines });
  if (result === 'notSold')
    throw new HoldfastError('not_restockable', `the order is ${order.status}: nothing was sold`);
  if (result === 'tooMany') throw new HoldfastError('not_restockable');
  const units = action.lines.reduce((sum, { quantity }) => sum + quantity, 0);
  return `${units} unit${units === 1 ? '' : 's'} back on sale`;
}

const SAID = {
  settled: 'settled',
  noProcess: 'no process runs for it',
  notYet: 'the gateway has not answered yet',
} as const;

/** Asks the gateway for every refund of the order that is not settled. */
export async function retryRefunds({ deps, id, order }: Execution<'retry_now'>): Promise<string> {
  const refunds = await deps.refunds.unsettled(order.id);
  if (refunds.length === 0) throw new HoldfastError('nothing_to_retry', `the order is ${order.status}`);
  const answers = await Promise.all(
    refunds.map(async (refund) => {
      const answer = await deps.commands.retryRefund(refund, id);
      return `${refund.id}: ${answer.t === 'asked' ? answer.why : SAID[answer.t]}`;
    }),
  );
  return answers.join('; ');
}
