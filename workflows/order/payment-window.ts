import { CancellationScope, condition, isCancellation, log } from '@temporalio/workflow';
import { type CloseReason } from '../../src/domain/order-status';
import { type PaymentReceived } from './contract';
import { type OrderDesk } from './desk';
import { gatewayCreate } from './policies';

/** A payment being offered at its gateway. */
export interface Offer {
  /** Ends the create, however it stands; afterwards nothing more reaches the gateway. */
  withdraw(): Promise<void>;
}

/** Asks the gateway for a payment, beside the wait for it: the buyer may pay before we know that we asked. */
export function offerPayment(orderId: string, payment: { id: string; gateway: string }): Offer {
  const scope = new CancellationScope();
  const ended = scope
    .run(() =>
      gatewayCreate.createPayment.executeWithOptions({ summary: `offer the payment at ${payment.gateway}` }, [
        { orderId, paymentId: payment.id },
      ]),
    )
    .catch((error: unknown) => {
      // The close settles what became of it; the order waits on, for another attempt or for the end of its window.
      if (!isCancellation(error)) log.warn('the gateway was not asked for the payment', { orderId, error });
    });
  return {
    async withdraw() {
      scope.cancel();
      await ended;
    },
  };
}

/** How the wait ended. */
export type WindowOutcome =
  { readonly t: 'paid'; readonly payment: PaymentReceived } | { readonly t: 'over'; readonly reason: CloseReason };

/** Waits until the payment is told, somebody cancels, or the window is over; a payment told counts first. */
export async function awaitPayment(desk: OrderDesk, payBy: string): Promise<WindowOutcome> {
  const left = Math.max(Date.parse(payBy) - Date.now(), 0);
  const summary = `payment window, until ${payBy}`;
  await condition(() => desk.payment !== null || desk.cancelRequest !== null, left, { summary });
  if (desk.payment) return { t: 'paid', payment: desk.payment };
  return { t: 'over', reason: desk.cancelRequest?.reason ?? 'payment_window_over' };
}
