import { Payments } from '../state/payments';
import { type SandboxClock } from '../state/clock';
import { type Store } from '../state/store';
import { type GatewayName, type Payment, type Refund } from '../state/types';
import { type StripeRecords } from './records';

/** The event types that the neutral core's notifications become, to be acknowledged and subject to faults. */
export const PAID_EVENT = 'payment_intent.succeeded';
export const REFUND_EVENTS = {
  SUCCESS: 'refund.updated',
  CLOSED: 'refund.updated',
  ABNORMAL: 'refund.failed',
} as const;

/**
 * The core's state machine with Stripe's addressing: an event goes where it is to go when it happens, not where the
 * payment was told at its creation. Of several endpoints the newest gets the core's notification; the others get a copy
 * that faults leave alone (events.ts).
 */
export class StripePayments extends Payments {
  constructor(
    store: Store,
    clock: SandboxClock,
    private readonly records: StripeRecords,
  ) {
    super(store, clock);
  }

  override get(gateway: GatewayName, merchantNo: string): Payment | null {
    const payment = super.get(gateway, merchantNo);
    return payment && { ...payment, notifyUrl: this.mainUrl([PAID_EVENT]) };
  }

  override findRefund(gateway: GatewayName, refundNo: string): { payment: Payment; refund: Refund } | null {
    const found = super.findRefund(gateway, refundNo);
    const notifyUrl = this.mainUrl(Object.values(REFUND_EVENTS));
    return found && { ...found, refund: { ...found.refund, notifyUrl } };
  }

  /** The newest endpoint that takes one of these types; null when there is none. */
  mainUrl(types: readonly string[]): string | null {
    return this.urls(types)[0] ?? null;
  }

  /** Every endpoint that takes one of these types, newest first. */
  urls(types: readonly string[]): string[] {
    return this.records
      .endpoints()
      .filter(({ events }) => events.includes('*') || types.some((type) => events.includes(type)))
      .map(({ url }) => url)
      .reverse();
  }
}
