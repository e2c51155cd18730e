import { type Router } from 'express';
import { type Core } from '../core';
import { type Answer } from '../faults/http-faults';
import { type Fault } from '../faults/registry';
import { type Gateway } from '../gateway';
import { type StripeCommand, type StripeDesk } from './desk';
import { StripeRefusal } from './errors';
import { Announcements, isSuccess, renderNotification } from './events';
import { type StripeKeys } from './keys';
import { StripePayments } from './payments';
import { type StripeRecords } from './records';
import { StripeRefunds } from './refunds';
import { stripeRoutes } from './routes';
import { StripeTrade } from './trade';

/** Stripe's used subset on the sandbox's core. */
export function createStripeGateway(core: Core, keys: StripeKeys, records: StripeRecords): Gateway {
  const payments = new StripePayments(core.store, core.clock, records);
  const announce = new Announcements(core, keys, records, payments);
  const everything = () => core.store.allPayments();
  const trade = new StripeTrade(payments, everything, announce, core.clock);
  const refunds = new StripeRefunds(payments, everything, records, announce, core.clock, (refundNo, status, fault) =>
    core.deferrals.defer('stripe', { op: 'settleRefund', refundNo, status } satisfies StripeCommand, fault),
  );
  const execute = executor(trade, refunds, announce);
  const desk: StripeDesk = { core, keys, records, trade, refunds, execute };
  return {
    name: 'stripe',
    routes: (): Router => stripeRoutes(desk),
    credentials: (origin) => ({ baseUrl: origin, secretKey: keys.secretKey, webhookSecret: keys.webhookSecret }),
    buyerPays: (merchantNo, amount) => trade.buyerPays(merchantNo, amount),
    buyerScans: (merchantNo) => payments.get('stripe', merchantNo) !== null,
    resolveCode: () => null,
    renderNotification: (notification, payment, fault) =>
      renderNotification(notification, payment, { keys, records, nowMs: core.clock.nowMs() }, fault),
    isAcknowledgement: isSuccess,
    executeDeferred: (command) => tolerant(() => execute(command as StripeCommand, null)),
  };
}

function executor(
  trade: StripeTrade,
  refunds: StripeRefunds,
  announce: Announcements,
): (command: StripeCommand, fault: Fault | null) => Answer {
  return (command, fault) => {
    switch (command.op) {
      case 'create':
        return trade.create(command);
      case 'query':
        return trade.retrieve(command.kind, command.id, { fault, expand: command.expand });
      case 'list':
        return trade.list(command.kind, command.query, { fault, expand: [] });
      case 'close':
        return trade.close(command.kind, command.id, fault);
      case 'confirm':
        return trade.confirm(command.id);
      case 'refund':
        return refunds.create(command, fault);
      case 'queryRefund':
        return refunds.retrieve(command.id);
      case 'listRefunds':
        return refunds.list(command.query);
      case 'settleRefund':
        refunds.settle(command.refundNo, command.status);
        return NOTHING;
      case 'deliver':
        void announce.deliver(command);
        return NOTHING;
    }
  };
}

/** Nobody waits for a deferred command's answer. */
const NOTHING: Answer = { status: 200, body: '{}' };

/** A deferred command that is refused when its time comes had no effect, and nobody to tell. */
function tolerant(run: () => void): void {
  try {
    run();
  } catch (error) {
    if (!(error instanceof StripeRefusal)) throw error;
  }
}
