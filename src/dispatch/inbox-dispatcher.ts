import { type Alert } from '../ports/alert';
import { type Logger } from '../ports/logger';
import { type OrderProcess } from '../ports/order-process';
import { type OrderStore } from '../ports/order-store';
import { type FactToTell, type WebhookInbox } from '../ports/webhook-inbox';
import { Dispatcher } from './dispatcher';
import { AdaptivePace } from './pace';

const LEASE_MS = 15_000;
const POLL_MS = 1_000;

export interface InboxDispatcherDeps {
  readonly inbox: WebhookInbox;
  readonly orders: OrderStore;
  readonly process: OrderProcess;
  readonly alert: Alert;
  readonly log: Logger;
}

/** Tells each order's process of its stored payments; money for an order that has ended otherwise is kept for a person. */
export function createInboxDispatcher(deps: InboxDispatcherDeps): Dispatcher<FactToTell> {
  return new Dispatcher<FactToTell>({
    name: 'inbox',
    claim: (limit) => deps.inbox.claim(limit, LEASE_MS),
    deliver: (fact) => deliver(deps, fact),
    done: (facts) => deps.inbox.delivered(facts.map(({ inboxId }) => inboxId)),
    idOf: ({ inboxId }) => inboxId,
    pace: new AdaptivePace(() => performance.now()),
    pollMs: POLL_MS,
    log: deps.log,
  });
}

async function deliver(
  { inbox, orders, process, alert }: InboxDispatcherDeps,
  { draft, ...fact }: FactToTell,
): Promise<void> {
  if (!draft) throw new Error(`the order ${fact.orderId} of a stored payment is not there`);
  if ((await process.paymentReceived(fact, draft)) === 'told') return;
  const ended = await orders.find(fact.orderId);
  if (ended?.payment?.transactionId === fact.paid.transactionId) return;
  await inbox.late(fact);
  alert('late_payment', { orderId: fact.orderId, transactionId: fact.paid.transactionId, status: ended?.status });
}
