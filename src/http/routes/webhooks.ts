import { type AppDeps } from '../deps';
import { type Endpoint, rawEndpoint } from '../endpoint';
import { gatewayNamed, receiveNotification } from '../receive-notification';

/** `/v1/webhooks/{gateway}`: no API key, the gateway's signature is the proof. */
export function webhookRoutes(deps: AppDeps): Endpoint[] {
  return [
    rawEndpoint('notification', {
      method: 'post',
      path: '/v1/webhooks/{gateway}',
      tag: 'Webhooks',
      summary: 'A payment gateway’s notification, in the gateway’s own format; acknowledged in it, once stored.',
      access: 'public',
      errors: ['gateway_unknown'],
      answers: {
        200: { description: 'Stored, or nothing that concerns this service.', contentType: '*/*' },
        401: { description: 'Not proved to come from the gateway; in the gateway’s own format.', contentType: '*/*' },
        500: { description: 'Not stored: send it again; in the gateway’s own format.', contentType: '*/*' },
      },
      handle: async ({ params: { gateway = '' }, headers, body, log }) => {
        return receiveNotification(deps, gatewayNamed(deps.gateways, gateway), { headers, body }, log);
      },
    }),
  ];
}
