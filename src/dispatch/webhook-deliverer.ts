import { setback } from '../domain/webhook-endpoint';
import { type Alert } from '../ports/alert';
import { type Clock } from '../ports/clock';
import { type EventCursors, type FeedClaim } from '../ports/event-feed';
import { type Logger } from '../ports/logger';
import { type DueEndpoint, type WebhookDeliveries, type WebhookSender } from '../ports/webhook-endpoints';
import { Dispatcher } from './dispatcher';
import { fixedPace } from './pace';

/** Endpoints that are sent to at once, each one event at a time: a slow receiver holds up seven others at most for seconds. */
const CONCURRENCY = 8;
const POLL_MS = 500;
/** Events sent before others have their turn. */
const BATCH = 20;
/** Longer than one event may take; renewed with each. */
const LEASE_MS = 30_000;
/** A place that every cursor has reached: it renews a lease and moves nothing. */
const BEFORE_ALL = '0';

export interface WebhookDelivererDeps {
  readonly deliveries: WebhookDeliveries;
  readonly cursors: EventCursors;
  readonly sender: WebhookSender;
  readonly now: Clock;
  readonly alert: Alert;
  readonly log: Logger;
}

interface Turn {
  readonly endpoint: DueEndpoint;
  readonly claim: FeedClaim;
}

/** Sends each endpoint its events, in order, one at a time and at least once. */
export function createWebhookDeliverer(deps: WebhookDelivererDeps): Dispatcher<Turn> {
  const deliverer = new Dispatcher<Turn>({
    name: 'webhooks',
    claim: (limit) => claimTurns(deps, limit),
    deliver: async (turn) => {
      await deliver(deps, turn);
      deliverer.wake();
    },
    done: () => Promise.resolve(),
    idOf: ({ endpoint }) => endpoint.id,
    pace: fixedPace(CONCURRENCY),
    pollMs: POLL_MS,
    log: deps.log,
  });
  return deliverer;
}

async function claimTurns({ deliveries, cursors }: WebhookDelivererDeps, limit: number): Promise<Turn[]> {
  const due = await deliveries.due(limit);
  const turns = due.map(async (endpoint) => {
    const { id: subscriber, types } = endpoint;
    const claim = await cursors.claim({ subscriber, types, lanes: 1, limit: BATCH, leaseMs: LEASE_MS });
    return claim ? [{ endpoint, claim }] : [];
  });
  return (await Promise.all(turns)).flat();
}

async function deliver(deps: WebhookDelivererDeps, { endpoint, claim }: Turn): Promise<void> {
  const { cursors, deliveries, sender } = deps;
  // It may have waited for its turn until its lease ran out and another began at the same place.
  if (!(await cursors.reached(claim, BEFORE_ALL, LEASE_MS))) return;
  let { failures } = endpoint;
  for (const event of claim.events) {
    const outcome = await sender.send(endpoint, event);
    if (outcome.t === 'failed') return fail(deps, { endpoint: { ...endpoint, failures }, claim }, outcome.error);
    if (!(await cursors.reached(claim, event.position, LEASE_MS))) return;
    // With the first that is taken: a receiver that takes some of a batch each time makes progress, and isn't given up on.
    if (failures) await deliveries.recovered(endpoint.id);
    failures = null;
  }
  await cursors.reached(claim, claim.upTo);
}

async function fail(deps: WebhookDelivererDeps, { endpoint, claim }: Turn, error: string): Promise<void> {
  const { deliveries, cursors, now, alert, log } = deps;
  const next = setback(endpoint.failures, now());
  await deliveries.setBack(endpoint.id, next, error);
  await cursors.release(claim);
  const about = { endpointId: endpoint.id, error, failures: next.failures.count };
  if (next.state === 'disabled') alert('webhook_disabled', about);
  else log.warn(about, 'a webhook was not delivered; trying again');
}
