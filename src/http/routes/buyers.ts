import { type AppDeps } from '../deps';
import { type Endpoint, endpoint } from '../endpoint';
import { forgottenSchema } from '../schemas/personal-data';

/** `/v1/buyers/{id}/personal-data`. */
export function buyerRoutes(deps: AppDeps): Endpoint[] {
  return [forget(deps)];
}

function forget({ buyerData }: AppDeps): Endpoint {
  return endpoint({
    method: 'delete',
    path: '/v1/buyers/{id}/personal-data',
    tag: 'Buyers',
    summary: 'Forget a buyer: destroy the key of their forms and addresses. Orders, amounts and ledgers stay.',
    access: ['operate'],
    unknownId: 'not_found',
    errors: [],
    answers: {
      200: { description: 'Forgotten; a repeat answers the same.', schema: forgottenSchema },
    },
    handle: async ({ params: { id: buyerId = '' } }) => {
      const { at: forgottenAt, orders, openOrders } = await buyerData.forget(buyerId);
      return { status: 200, body: { buyerId, forgottenAt, orders, openOrders } };
    },
  });
}
