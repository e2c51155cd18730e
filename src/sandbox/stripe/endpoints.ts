import { type Request, type Response, Router } from 'express';
import { type StripeDesk } from './desk';
import { StripeRefusal } from './errors';
import { check, endpointCreate, listQuery } from './fields';
import { newId } from './ids';
import { endpointView, listView, type StripeObject } from './objects';
import { idOf, postedForm, queryForm } from './plans';
import { type Endpoint } from './records';

/**
 * `/v1/webhook_endpoints`: create (answers the secret), list, retrieve, delete. Registering a URL again answers the
 * endpoint it has, with the new list of events (the real one makes a second): a product registers at every start.
 */
export function endpointRoutes(desk: StripeDesk): Router {
  const { records, keys } = desk;
  const router = Router();
  const find = (req: Request): Endpoint => {
    const id = idOf(req);
    const endpoint = records.endpoints().find((candidate) => candidate.id === id);
    if (!endpoint) throw StripeRefusal.missing('webhook endpoint', id);
    return endpoint;
  };
  const answer = async (res: Response, object: StripeObject): Promise<void> => {
    await records.synced();
    res.json(object);
  };
  router.post('/', async (req, res) => {
    const { url, enabled_events: events } = check(endpointCreate, postedForm(req));
    const known = records.endpoints().find((candidate) => candidate.url === url);
    const id = known?.id ?? newId('we');
    const endpoint = { id, url, events, createdAt: known?.createdAt ?? desk.core.clock.nowIso() };
    // Deleted first: the newest registration is the last in line.
    if (known) records.deleteEndpoint(id);
    records.addEndpoint(endpoint);
    await answer(res, endpointView(endpoint, keys.webhookSecret));
  });
  router.get('/', async (req, res) => {
    const query = check(listQuery, queryForm(req));
    const views = records.endpoints().map((endpoint) => endpointView(endpoint, null));
    await answer(res, listView('/v1/webhook_endpoints', views.reverse(), query));
  });
  router.get('/:id', async (req, res) => answer(res, endpointView(find(req), null)));
  router.delete('/:id', async (req, res) => {
    const { id } = find(req);
    records.deleteEndpoint(id);
    await answer(res, { id, object: 'webhook_endpoint', deleted: true });
  });
  return router;
}
