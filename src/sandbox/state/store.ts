import { Journal } from './journal';
import {
  type Deferred,
  GATEWAY_NAMES,
  type GatewayName,
  type JournalRecord,
  type LedgerRow,
  type Notification,
  type Payment,
} from './types';

/**
 * The state that the journal's records add up to. `commit` is the only way to change it: journal first, memory second,
 * both in one synchronous step, so that transitions are linear without locks. Await `synced` before telling anybody.
 */
export class Store {
  private readonly payments = new Map<string, Payment>();
  private readonly merchantNoByRefund = new Map<string, string>();
  private readonly rows: LedgerRow[] = [];
  private readonly pending = new Map<string, Notification>();
  private readonly deferrals = new Map<string, Deferred>();
  private onNotification: (notification: Notification) => void = () => undefined;

  private constructor(private readonly journal: Journal) {}

  /** Opens the data directory and replays its journal. @throws when the journal is damaged before its last line. */
  static open(dataDir: string, warn: (message: string) => void): Store {
    const { journal, records } = Journal.open(dataDir, warn);
    const store = new Store(journal);
    for (const record of records) store.apply(record as JournalRecord);
    return store;
  }

  /** Makes one change durable (as far as the kernel) and visible. @throws when the disk refuses; nothing changed then. */
  commit(record: JournalRecord): void {
    this.journal.append(record);
    this.apply(record);
    if ('notification' in record && record.notification) this.onNotification(record.notification);
  }

  /** Resolves when everything committed so far is on the disk. */
  synced(): Promise<void> {
    return this.journal.synced();
  }

  close(): Promise<void> {
    return this.journal.close();
  }

  /** Called with every new notification, in the same synchronous step as its commit. */
  subscribe(listener: (notification: Notification) => void): void {
    this.onNotification = listener;
  }

  payment(gateway: GatewayName, merchantNo: string): Payment | null {
    return this.payments.get(entryKey(gateway, merchantNo)) ?? null;
  }

  /** The payment of that number at whichever gateway knows it. */
  findPayment(merchantNo: string): Payment | null {
    for (const gateway of GATEWAY_NAMES) {
      const payment = this.payment(gateway, merchantNo);
      if (payment) return payment;
    }
    return null;
  }

  /** The payment that a refund number belongs to. */
  paymentOfRefund(gateway: GatewayName, refundNo: string): Payment | null {
    const merchantNo = this.merchantNoByRefund.get(entryKey(gateway, refundNo));
    return merchantNo === undefined ? null : this.payment(gateway, merchantNo);
  }

  allPayments(): Payment[] {
    return [...this.payments.values()];
  }

  /** The ledger, oldest first, whole or of one number. */
  ledger(merchantNo?: string): LedgerRow[] {
    return merchantNo === undefined ? [...this.rows] : this.rows.filter((row) => row.merchantNo === merchantNo);
  }

  /** The number the next ledger row gets: 1, 2, 3 … without gaps. */
  nextSeq(): number {
    return this.rows.length + 1;
  }

  notification(id: string): Notification | null {
    return this.pending.get(id) ?? null;
  }

  pendingNotifications(): Notification[] {
    return [...this.pending.values()];
  }

  pendingDeferrals(): Deferred[] {
    return [...this.deferrals.values()];
  }

  private apply(record: JournalRecord): void {
    if ('row' in record && record.row) this.rows.push(record.row);
    if ('notification' in record && record.notification) this.pending.set(record.notification.id, record.notification);
    switch (record.type) {
      case 'created':
        this.payments.set(entryKey(record.payment.gateway, record.payment.merchantNo), record.payment);
        break;
      case 'paid':
        this.change(record, (payment) => ({ ...payment, state: 'paid', paid: record.paid }));
        break;
      case 'closed':
        this.change(record, (payment) => ({ ...payment, state: 'closed', closedAt: record.at }));
        break;
      case 'refund':
        this.merchantNoByRefund.set(entryKey(record.gateway, record.refund.refundNo), record.merchantNo);
        this.change(record, (payment) => ({
          ...payment,
          refunds: [...payment.refunds.filter((refund) => refund.refundNo !== record.refund.refundNo), record.refund],
        }));
        break;
      case 'notification_postponed':
        this.postpone(record.id, record.attempts, record.dueAt);
        break;
      case 'notification_ended':
        this.pending.delete(record.id);
        break;
      case 'deferred':
        this.deferrals.set(record.deferred.id, record.deferred);
        break;
      case 'deferred_done':
        this.deferrals.delete(record.id);
        break;
      default:
        throw new Error(`the journal holds a record this version does not know: ${JSON.stringify(record)}`);
    }
  }

  private change(
    at: { readonly gateway: GatewayName; readonly merchantNo: string },
    next: (payment: Payment) => Payment,
  ): void {
    const key = entryKey(at.gateway, at.merchantNo);
    const payment = this.payments.get(key);
    if (!payment) throw new Error(`the journal changes ${key}, which it never created`);
    this.payments.set(key, next(payment));
  }

  private postpone(id: string, attempts: number, dueAt: number): void {
    const notification = this.pending.get(id);
    if (notification) this.pending.set(id, { ...notification, attempts, dueAt });
  }
}

function entryKey(gateway: GatewayName, number: string): string {
  return `${gateway}:${number}`;
}
