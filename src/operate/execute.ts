import { HoldfastError } from '../domain/errors';
import { idMadeBy } from '../domain/operator-action';
import { type Order } from '../domain/order';
import { isSettled } from '../domain/order-status';
import { type OperatorActionRecord } from '../ports/operator-actions';
import { type CommandedOrder } from '../ports/order-commands';
import { processDraft } from '../ports/process-draft';
import { demandTakes } from '../ports/payment-gateway';
import { type ExecuteDeps, type Executed, type Execution } from './execution';
import { executeRefund, executeRestock, retryRefunds } from './money-back';

/** Refusals that pass by themselves: the action is not settled by them, but tried again. */
const PASSING: readonly string[] = ['not_ready', 'too_busy', 'internal'];

/** Does the action under its id, so that a repeat does nothing more. Rejects for what passes by itself. */
export async function executeAction(
  deps: ExecuteDeps,
  { id, orderId, action }: OperatorActionRecord,
): Promise<Executed> {
  const order = await deps.orders.find(orderId);
  if (!order) throw new Error(`the order ${orderId} is not in the database`);
  try {
    return { state: 'done', result: { code: 'done', message: await take({ deps, id, order, action }) } };
  } catch (error) {
    if (!(error instanceof HoldfastError) || PASSING.includes(error.code)) throw error;
    return { state: 'refused', result: { code: error.code, message: error.detail } };
  }
}

/** Answers in words what was done; throws the code of the order's refusal. */
function take({ deps, id, order, action }: Execution): Promise<string> {
  switch (action.kind) {
    case 'extend':
      return extend({ deps, id, order, action });
    case 'cancel':
      return cancel({ deps, id, order, action });
    case 'retry_now':
      return retry({ deps, id, order, action });
    case 'switch_gateway':
      return switchGateway({ deps, id, order, action });
    case 'refund':
      return executeRefund({ deps, id, order, action });
    case 'restock':
      return executeRestock({ deps, id, order, action });
    case 'manual':
    case 'resume':
      return mark({ deps, id, order, action });
  }
}

const commanded = ({ id, order }: Pick<Execution, 'id' | 'order'>): CommandedOrder => ({
  ...{ orderId: order.id, draft: processDraft(order), commandId: id },
});

async function extend(execution: Execution<'extend'>): Promise<string> {
  const { deps, id, order, action } = execution;
  // An earlier try may have moved it and died before it could say so; the order may have gone on since.
  if (await deps.actions.extendedBy(order.id, id)) return `the payment window was extended to ${action.payBy}`;
  refuseEnded(order.status, 'not_payable');
  const answer = await deps.commands.extend(commanded(execution), action.payBy);
  if (answer.t === 'refused') throw new HoldfastError('deadline_out_of_bounds', answer.why);
  if (answer.t === 'ended') {
    refuseEnded(answer.status, 'not_payable');
    throw new HoldfastError('order_closing');
  }
  const lapses = answer.attemptExpiresAt;
  const renew =
    lapses === null ? '' : `; the payment on offer lapses at ${lapses}, switching to the same gateway renews it`;
  return `the payment window is open until ${answer.payBy}${renew}`;
}

async function cancel(execution: Execution<'cancel'>): Promise<string> {
  const { deps, order, id } = execution;
  if (order.status === 'cancelled') return 'the order is cancelled, its stock is back on sale';
  refuseEnded(order.status, 'not_cancellable');
  const { status } = await deps.commands.cancel(commanded(execution), `operator action ${id}`);
  if (status === 'cancelled') return 'the order is cancelled, its stock is back on sale';
  refuseEnded(status, 'not_cancellable');
  return 'the order is closing: its stock is held until the gateway has proved that nobody can pay';
}

async function retry(execution: Execution<'retry_now'>): Promise<string> {
  const { deps, order } = execution;
  if (isSettled(order.status)) return retryRefunds(execution);
  const answer = await deps.commands.retry(commanded(execution));
  if (answer.t === 'notYet') return 'the gateway is being asked; it has not answered yet';
  if (answer.t === 'ended') return `nothing was left to ask: the order is ${answer.status}`;
  const next = answer.nextAskAt === null ? '' : `, it is asked again at ${answer.nextAskAt}`;
  return `the gateway was asked: ${answer.why}${next}`;
}

async function switchGateway(execution: Execution<'switch_gateway'>): Promise<string> {
  const { deps, id, order, action } = execution;
  const paymentId = idMadeBy(id, 'pay');
  const offered = `the payment ${paymentId} is offered at ${action.gateway}`;
  // An earlier try may have switched and died before it could say so.
  if (await deps.orders.findPayment(order.id, paymentId)) return offered;
  refuseEnded(order.status, 'not_payable');
  const gateway = deps.gateways.get(action.gateway);
  if (!gateway)
    throw new HoldfastError('gateway_not_available', `the gateway ${action.gateway} is not configured here`);
  demandTakes(gateway, order.amount);
  const answer = await deps.commands.switchPayment(commanded(execution), { gateway: action.gateway, paymentId });
  if (answer.t === 'offered') return offered;
  if (answer.t === 'open') {
    if (answer.pending) throw new HoldfastError('not_ready', answer.why);
    throw new HoldfastError('previous_payment_open', `the earlier attempt is not closed: ${answer.why}`);
  }
  refuseEnded(answer.status, 'not_payable');
  throw new HoldfastError('not_payable');
}

async function mark(execution: Execution<'manual' | 'resume'>): Promise<string> {
  const { deps, id, order, action } = execution;
  const manual = action.kind === 'manual';
  // The record first: from here on its stock does not go back by itself, or may again. Then the process, which waits for it.
  const marked = await deps.actions.mark({ actionId: id, orderId: order.id, manual });
  if (marked === 'orderNotFound') throw new HoldfastError('order_not_found');
  if (marked === 'overtaken') return 'a later action decides who handles the order';
  if (!isSettled(order.status)) await deps.commands.marked(commanded(execution), manual);
  return manual
    ? 'the order is handled by a person: payments still count, its stock does not go back by itself'
    : 'the order goes on by itself';
}

function refuseEnded(status: Order['status'], unpaid: 'not_payable' | 'not_cancellable'): void {
  if (!isSettled(status)) return;
  const paid = status === 'paid' || status === 'refunding' || status === 'refunded';
  throw new HoldfastError(paid ? 'already_paid' : unpaid, `the order is ${status}`);
}
