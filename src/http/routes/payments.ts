import { HoldfastError } from '../../domain/errors';
import { processDraft } from '../../ports/process-draft';
import { demandTakes } from '../../ports/payment-gateway';
import { type AppDeps } from '../deps';
import { type Endpoint, endpoint } from '../endpoint';
import { choiceOf } from '../payment-choice';
import { presentPayment } from '../present/order';
import { paymentSchema, switchBodySchema } from '../schemas/orders';

/** Another attempt on the frozen price; the earlier one is proved closed first. */
export function switchRoute(deps: AppDeps): Endpoint {
  return endpoint({
    method: 'post',
    path: '/v1/orders/{id}/payments',
    tag: 'Orders',
    summary: 'Choose or switch the gateway; the earlier attempt is provably closed first.',
    access: ['orders'],
    unknownId: 'order_not_found',
    body: { schema: switchBodySchema },
    errors: [
      'gateway_not_available',
      'gateway_cannot_take',
      'already_paid',
      'not_payable',
      'previous_payment_open',
      'process_ended',
      'not_ready',
    ],
    answers: {
      201: { description: 'The new attempt. `creating` when its gateway has not answered yet.', schema: paymentSchema },
    },
    handle: async ({ params: { id = '' }, body: { gateway, payment: wanted } }) => {
      const chosen = deps.gateways.get(gateway);
      if (!chosen) throw new HoldfastError('gateway_not_available', `the gateway ${gateway} is not configured here`);
      const order = await deps.orders.find(id);
      if (!order) throw new HoldfastError('order_not_found');
      demandTakes(chosen, order.amount);
      const choice = choiceOf(wanted, gateway);
      const paymentId = deps.newId('payment');
      // Whatever has become of any other order, it takes no further attempt.
      if (choice && order.status === 'awaiting_payment') await deps.orders.keepChoice(id, paymentId, choice);
      const outcome = await deps.process.switchPayment(id, processDraft(order), { gateway, paymentId });
      if (choice && outcome.t !== 'offered') await deps.orders.dropChoice(paymentId);
      if (outcome.t === 'open') {
        const retryAfterSeconds = Math.max(1, Math.ceil(outcome.retryAfterMs / 1000));
        throw new HoldfastError('previous_payment_open', `the earlier attempt is not closed: ${outcome.why}`, {
          retryAfterSeconds,
        });
      }
      if (outcome.t === 'ended') throw new HoldfastError(outcome.status === 'paid' ? 'already_paid' : 'not_payable');
      await deps.paymentAnswered(id);
      const attempt = await deps.orders.findPayment(id, outcome.paymentId);
      const payment = presentPayment(attempt);
      if (!payment) throw new Error(`the attempt ${outcome.paymentId} is not in the database`);
      return { status: 201, body: payment };
    },
  });
}
