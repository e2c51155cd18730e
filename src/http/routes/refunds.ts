import { HoldfastError } from '../../domain/errors';
import { type Money } from '../../domain/money';
import { type RefundResult } from '../../ports/refund-store';
import { type AppDeps } from '../deps';
import { type Endpoint, endpoint } from '../endpoint';
import { idempotencyOf, keyRefused, REPLAYED, replayedHeader } from '../idempotency';
import { presentRefund } from '../present/refund';
import { type RefundBody, refundBodySchema, refundSchema } from '../schemas/refunds';

/** Money back, in full or in part; answered when it is taken on, settled by a process of its own. */
export function refundRoute(deps: AppDeps): Endpoint {
  const { orders, refunds, newId, startSoon, twoPersonAboveMinor: limit } = deps;
  return endpoint({
    method: 'post',
    path: '/v1/orders/{id}/refunds',
    tag: 'Orders',
    summary: 'Refund a paid order in full or in part.',
    access: ['orders', 'operate'],
    unknownId: 'order_not_found',
    idempotencyKey: 'required',
    body: { schema: refundBodySchema },
    errors: ['not_refundable', 'amount_exceeds_refundable', 'second_person_needed'],
    answers: {
      201: {
        description: 'Taken on. The order shows `refunding` until it is settled.',
        schema: refundSchema,
        headers: REPLAYED,
      },
    },
    handle: async (call) => {
      const { id = '' } = call.params;
      const idempotency = idempotencyOf(call, `POST /v1/orders/${id}/refunds`, call.body);
      if (!idempotency) throw new HoldfastError('idempotency_key_required');
      const order = await orders.find(id);
      if (!order) throw new HoldfastError('order_not_found');
      const { reason, restock = false } = call.body;
      const amount = amountOf(call.body, order.amount.currency);
      // A shop's key decides for the shop; one that only operates is a person's, and large amounts need two.
      const alone = limit !== null && !call.client.scopes.includes('orders');
      const command = {
        ...{ refundId: newId('refund'), orderId: id, amount, reason, restock, idempotency },
        ...(alone && { secondPersonFrom: limit }),
      };
      const { refund, replayed } = taken(await refunds.request(command));
      if (!replayed) startSoon({ kind: 'refund', id: refund.id, gateway: refund.gateway });
      return { status: 201, body: presentRefund(refund), headers: replayedHeader(replayed) };
    },
  });
}

function amountOf({ amount }: RefundBody, currency: string): Money | null {
  if (amount === undefined) return null;
  return typeof amount === 'number' ? { minor: amount, currency } : amount;
}

function taken(result: RefundResult): Extract<RefundResult, { t: 'requested' }> {
  switch (result.t) {
    case 'requested':
      return result;
    case 'notFound':
      throw new HoldfastError('order_not_found');
    case 'notRefundable':
      throw new HoldfastError('not_refundable');
    case 'exceeds': {
      const { minor, currency } = result.refundable;
      throw new HoldfastError(
        'amount_exceeds_refundable',
        `at most ${minor} minor units of ${currency} are left to refund`,
      );
    }
    case 'secondPersonNeeded':
      throw new HoldfastError('second_person_needed', 'refunds of this order come to a large amount: use an action');
    case 'reused':
    case 'inProgress':
      throw keyRefused(result);
  }
}
