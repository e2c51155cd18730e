import { type IncomingHttpHeaders } from 'node:http';
import { type GatewayName, GATEWAYS } from '../domain/payment';
import { HoldfastError } from '../domain/errors';
import { type Notification, type NotificationReply } from '../ports/payment-gateway';
import { type Logger } from '../ports/logger';
import { type InboxEntry, type StoreOutcome } from '../ports/webhook-inbox';
import { type AppDeps, type NotifyingGateway } from './deps';

type NotificationDeps = Pick<AppDeps, 'gateways' | 'inbox' | 'inboxWake' | 'alert' | 'refunds' | 'process'>;

/** The configured gateway of that name, or `gateway_unknown`. */
export function gatewayNamed(gateways: AppDeps['gateways'], name: string): NotifyingGateway {
  const known: GatewayName | undefined = GATEWAYS.find((each) => each === name);
  const gateway = known && gateways.get(known);
  if (!gateway) throw new HoldfastError('gateway_unknown');
  return gateway;
}

/**
 * Takes a gateway's notification: verified over its raw bytes, stored, and only then acknowledged, in the gateway's own
 * format. What is not the gateway's changes nothing; what could not be stored is asked for again.
 */
export async function receiveNotification(
  deps: NotificationDeps,
  gateway: NotifyingGateway,
  raw: { readonly headers: IncomingHttpHeaders; readonly body: Buffer },
  log: Logger,
): Promise<NotificationReply> {
  const notification = gateway.parseNotification({ headers: singleHeaders(raw.headers), body: raw.body });
  switch (notification.t) {
    case 'forged':
      log.warn(
        { gateway: gateway.name, why: notification.why },
        'notification refused: not proved to be the gateway’s',
      );
      return gateway.notificationReply(false, notification.why);
    case 'ignored':
      log.info({ gateway: gateway.name, eventId: notification.eventId, why: notification.why }, 'notification ignored');
      return gateway.notificationReply(true);
    case 'refund':
      await tellRefund(deps, notification.refundNo, log);
      return gateway.notificationReply(true);
    case 'paid':
      return storePayment(deps, gateway, notification, log);
  }
}

/**
 * A refund's news only makes its process ask the gateway now rather than later: what is lost here is found by asking, so
 * nothing is stored and a failure is no reason to have it sent again.
 */
async function tellRefund({ refunds, process }: NotificationDeps, refundNo: string, log: Logger): Promise<void> {
  try {
    const refund = await refunds.ofNumber(refundNo);
    if (refund) await process.refundChanged(refund);
  } catch (err) {
    log.warn({ err, refundNo }, 'news of a refund could not be passed on; its process asks by itself');
  }
}

async function storePayment(
  { inbox, inboxWake, alert }: NotificationDeps,
  gateway: NotifyingGateway,
  { eventId, merchantNo, paid }: Extract<Notification, { t: 'paid' }>,
  log: Logger,
): Promise<NotificationReply> {
  const entry: InboxEntry = { gateway: gateway.name, eventId, merchantNo, paid };
  let outcome: StoreOutcome;
  try {
    outcome = await inbox.store(entry);
  } catch (err) {
    log.error(
      { err, gateway: gateway.name, eventId, merchantNo },
      'notification could not be stored; it is asked for again',
    );
    return unstored(gateway);
  }
  if (outcome === 'stored' || outcome === 'duplicate') inboxWake();
  else
    alert(ALERT_OF[outcome], {
      gateway: gateway.name,
      eventId,
      merchantNo,
      transactionId: paid.transactionId,
      amount: paid.amount,
    });
  return gateway.notificationReply(true);
}

/** The gateway's "send it again", as a server error: a 4xx would blame the notification. */
function unstored(gateway: NotifyingGateway): NotificationReply {
  const reply = gateway.notificationReply(false, 'not stored; send it again');
  return { ...reply, status: reply.status >= 500 ? reply.status : 500 };
}

/** Which alert tells a person of an outcome that no process can settle; the money is kept in the inbox. */
const ALERT_OF = { unknownPayment: 'payment_unknown', wrongAmount: 'payment_wrong_amount' } as const;

/** Repeated headers as Node joins them; the few that it keeps as arrays are of no interest to a gateway. */
function singleHeaders(headers: IncomingHttpHeaders): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]),
  );
}
