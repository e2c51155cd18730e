import { type Actor, actorOfKey, type ApiKey } from '../../domain/access';
import { type ErrorCode, ERRORS, HoldfastError } from '../../domain/errors';
import { type OperatorActionRecord } from '../../ports/operator-actions';
import { type AppDeps } from '../deps';
import { type Answer, type Endpoint, endpoint } from '../endpoint';
import { idempotencyOf } from '../idempotency';
import {
  actionPageSchema,
  actionRecordSchema,
  declineBodySchema,
  listActionsQuerySchema,
  performBodySchema,
} from '../schemas/operator-actions';
import { z } from '../schemas/zod';

export const OPERATING_TAG = 'Operating';

/** What an order refuses an action with. */
const REFUSALS = [
  'already_paid',
  'not_payable',
  'order_closing',
  'deadline_out_of_bounds',
  'not_cancellable',
  'nothing_to_retry',
  'gateway_not_available',
  'gateway_cannot_take',
  'previous_payment_open',
  'not_refundable',
  'amount_exceeds_refundable',
  'not_restockable',
  'process_ended',
] as const satisfies readonly ErrorCode[];

const ANSWERS = {
  200: { description: 'Done; `result` says what.', schema: actionRecordSchema },
  202: {
    description: 'Waits for a second person (`awaiting_approval`), or is still being done (`executing`).',
    schema: actionRecordSchema,
  },
};

/** Operators' actions on orders: with a reason, kept, large ones by two. */
export function operatorActionRoutes(deps: AppDeps): Endpoint[] {
  return [perform(deps), list(deps), ofOrder(deps), approve(deps), decline(deps)];
}

function perform({ desk }: AppDeps): Endpoint {
  return endpoint({
    method: 'post',
    path: '/v1/orders/{id}/actions',
    tag: OPERATING_TAG,
    summary: 'Do something to an order: extend, cancel, retry, switch, refund, restock, handle by hand.',
    access: ['operate'],
    unknownId: 'order_not_found',
    idempotencyKey: 'required',
    body: { schema: performBodySchema },
    errors: REFUSALS,
    answers: ANSWERS,
    handle: async (call) => {
      const { id = '' } = call.params;
      const key = idempotencyOf(call, `POST /v1/orders/${id}/actions`, call.body);
      if (!key) throw new HoldfastError('idempotency_key_required');
      const request = { ...call.body, actor: operatorOf(call.client), orderId: id, idempotencyKey: key.key };
      return answerOf(await desk.perform(request));
    },
  });
}

function list({ desk }: AppDeps): Endpoint {
  return endpoint({
    method: 'get',
    path: '/v1/operator-actions',
    tag: OPERATING_TAG,
    summary: 'List operators’ actions, newest first.',
    access: ['operate', 'read'],
    query: listActionsQuerySchema,
    errors: [],
    answers: { 200: { description: 'A page of actions.', schema: actionPageSchema } },
    handle: async ({ query: { orderId, state, kind, cursor, limit } }) => {
      const page = await desk.list({
        ...(orderId !== undefined && { orderId }),
        ...(state !== undefined && { state }),
        ...(kind !== undefined && { kind }),
        cursor: cursor ?? null,
        limit,
      });
      return { status: 200, body: page };
    },
  });
}

function ofOrder({ desk, orders }: AppDeps): Endpoint {
  return endpoint({
    method: 'get',
    path: '/v1/orders/{id}/actions',
    tag: OPERATING_TAG,
    summary: 'All actions on an order, oldest first.',
    access: ['operate', 'read'],
    unknownId: 'order_not_found',
    errors: [],
    answers: {
      200: { description: 'The actions.', schema: z.strictObject({ items: z.array(actionRecordSchema) }) },
    },
    handle: async ({ params: { id = '' } }) => {
      if (!(await orders.find(id))) throw new HoldfastError('order_not_found');
      return { status: 200, body: { items: await desk.ofOrder(id) } };
    },
  });
}

function approve({ desk }: AppDeps): Endpoint {
  return endpoint({
    method: 'post',
    path: '/v1/operator-actions/{id}/approval',
    tag: OPERATING_TAG,
    summary: 'Approve an action that somebody else asked for; it is done at once.',
    access: ['operate'],
    unknownId: 'operator_action_not_found',
    errors: ['second_person_needed', 'not_awaiting_approval', ...REFUSALS],
    answers: ANSWERS,
    handle: async ({ params: { id = '' }, client }) =>
      answerOf(await desk.approve({ actor: operatorOf(client), actionId: id })),
  });
}

function decline({ desk }: AppDeps): Endpoint {
  return endpoint({
    method: 'post',
    path: '/v1/operator-actions/{id}/decline',
    tag: OPERATING_TAG,
    summary: 'Decline an action that waits for a second person, or take one’s own back.',
    access: ['operate'],
    unknownId: 'operator_action_not_found',
    body: { schema: declineBodySchema },
    errors: ['not_awaiting_approval'],
    answers: { 200: { description: 'Declined.', schema: actionRecordSchema } },
    handle: async ({ params: { id = '' }, body: { reason }, client }) => ({
      status: 200,
      body: await desk.decline({ actor: operatorOf(client), actionId: id, reason }),
    }),
  });
}

/** A refusal is a problem with the order's own code; the action is kept with it all the same. */
function answerOf(record: OperatorActionRecord): Answer {
  const { state, result } = record;
  if (state === 'refused' && result && result.code in ERRORS)
    throw new HoldfastError(result.code as ErrorCode, result.message);
  return { status: state === 'awaiting_approval' || state === 'executing' ? 202 : 200, body: record };
}

/** Whom the key speaks for. */
export function operatorOf(client: ApiKey): Actor {
  const actor = actorOfKey(client);
  if (!actor) throw new HoldfastError('forbidden');
  return actor;
}
