import { type Holds } from '../faults/holds';
import { type Fault, type FaultRegistry } from '../faults/registry';
import { type Gateway } from '../gateway';
import { type SandboxClock } from '../state/clock';
import { ledgerRow } from '../state/ledger';
import { type Store } from '../state/store';
import { type Timers } from '../state/timers';
import { type GatewayName, type Notification, type Payment } from '../state/types';
import { deliver, type DeliveryResult } from './delivery';

/** The pauses after the first tries; the real ones (15 s … 6 h) compressed to what a test or a developer waits for. */
const PAUSES_MS = [1_000, 2_000, 5_000, 15_000, 60_000];
/** Every further pause. */
const LONG_PAUSE_MS = 300_000;
/** WeChat Pay tries 15 times and then leaves it to the merchant's query. */
const MOST_ATTEMPTS = 15;

interface Parts {
  readonly store: Store;
  readonly faults: FaultRegistry;
  readonly clock: SandboxClock;
  readonly timers: Timers;
  readonly holds: Holds;
  readonly gateway: (name: GatewayName) => Gateway;
}

/** Delivers notifications until they are acknowledged; what is owed is in the journal, so a restart goes on with it. */
export class NotificationQueue {
  private readonly stopping = new AbortController();
  private readonly held = new Map<string, () => void>();

  constructor(private readonly parts: Parts) {}

  /** Takes up what an earlier process still owed, and everything new. */
  start(): void {
    this.parts.store.subscribe((notification) => this.schedule(notification));
    for (const notification of this.parts.store.pendingNotifications()) this.schedule(notification);
  }

  /** Ends deliveries in flight; they count as not acknowledged. */
  stop(): void {
    this.stopping.abort();
  }

  private schedule(notification: Notification): void {
    const wait = notification.dueAt - this.parts.clock.machineMs();
    this.parts.timers.after(wait, () => void this.attempt(notification.id, true));
  }

  /** One operation `notify`: takes a fault (unless it is the second half of one), delivers, records what came of it. */
  private async attempt(id: string, faulty: boolean): Promise<void> {
    const { store, faults } = this.parts;
    await store.synced();
    const notification = store.notification(id);
    if (!notification || this.stopping.signal.aborted) return;
    const fault = faulty ? faults.take('notify', notification.gateway, notification.merchantNo) : null;
    switch (fault?.name) {
      case 'lost':
        return this.end(notification, 'lost');
      case 'latency':
      case 'delayed':
        return this.postpone(notification, fault);
      case 'reordered':
        return this.holdBack(notification, fault);
      case 'drop_before_effect':
        return this.retry(notification);
      default:
        return this.send(notification, fault);
    }
  }

  private async send(notification: Notification, fault: Fault | null): Promise<void> {
    const { store } = this.parts;
    const gateway = this.parts.gateway(notification.gateway);
    const payment = store.payment(notification.gateway, notification.merchantNo);
    if (!payment) return;
    const copies = fault?.name === 'duplicate' ? fault.copies : 1;
    const results = await Promise.all(
      Array.from({ length: copies }, () =>
        deliver(notification.url, gateway.renderNotification(notification, payment, fault), this.stopping.signal),
      ),
    );
    if (this.stopping.signal.aborted) return;
    this.releaseHeld(notification);
    const heard = fault?.name !== 'timeout_after_effect';
    if (heard && results.some((result) => isGood(gateway, result))) this.acknowledged(notification, payment);
    else this.retry(notification);
  }

  private acknowledged(notification: Notification, payment: Payment): void {
    const { store, clock } = this.parts;
    const refund = payment.refunds.find((candidate) => candidate.refundNo === notification.refundNo);
    const amount = refund?.amount ?? payment.paid?.amount ?? payment.amount;
    const extra = {
      ...(payment.paid ? { transactionId: payment.paid.transactionId } : {}),
      ...(refund ? { refundNo: refund.refundNo } : {}),
    };
    const row = ledgerRow(store.nextSeq(), clock.nowIso(), payment, 'notified', amount, extra);
    store.commit({ type: 'notification_ended', id: notification.id, end: 'acknowledged', row });
  }

  private retry(notification: Notification): void {
    const { store, clock } = this.parts;
    const attempts = notification.attempts + 1;
    if (attempts >= MOST_ATTEMPTS) return this.end(notification, 'given_up');
    const dueAt = clock.machineMs() + (PAUSES_MS[attempts - 1] ?? LONG_PAUSE_MS);
    store.commit({ type: 'notification_postponed', id: notification.id, attempts, dueAt });
    this.schedule({ ...notification, attempts, dueAt });
  }

  /** The same attempt, the fault's `ms` later; a restart in between keeps the delay. */
  private postpone(notification: Notification, fault: Fault): void {
    const { store, clock, holds } = this.parts;
    const { id, attempts } = notification;
    store.commit({ type: 'notification_postponed', id, attempts, dueAt: clock.machineMs() + fault.ms });
    holds.after(fault.id, fault.ms, () => void this.attempt(id, false));
  }

  /** Waits for the gateway's next delivery to overtake it, the fault's `ms` at most. */
  private holdBack(notification: Notification, fault: Fault): void {
    const go = (): void => {
      if (this.held.delete(notification.id)) void this.attempt(notification.id, false);
    };
    this.held.set(notification.id, go);
    this.parts.holds.after(fault.id, fault.ms, go);
  }

  private releaseHeld(overtaker: Notification): void {
    for (const [id, go] of [...this.held]) {
      if (this.parts.store.notification(id)?.gateway === overtaker.gateway) go();
    }
  }

  private end(notification: Notification, end: 'lost' | 'given_up'): void {
    this.parts.store.commit({ type: 'notification_ended', id: notification.id, end, row: null });
  }
}

function isGood(gateway: Gateway, result: DeliveryResult): boolean {
  return result !== null && gateway.isAcknowledgement(result.status, result.body);
}
