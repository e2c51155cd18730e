import { CancellationScope, condition, isCancellation, log } from '@temporalio/workflow';
import type { AttemptToOffer } from '../../activities';
import { idFrom } from '../../src/domain/ids';
import { type CloseReason } from '../../src/domain/order-status';
import { type PaymentReceived, type SwitchReply, type SwitchRequest } from './contract';
import { type OrderDesk } from './desk';
import { at, keepBooks, gateway, gatewayCreate } from './policies';

/** An attempt being offered at its gateway. */
export interface Offer {
  readonly attempt: AttemptToOffer;
  /** Ends the create, however it stands; afterwards nothing more reaches the gateway. */
  withdraw(): Promise<void>;
}

/** Asks the gateway for a payment, beside the wait for it: the buyer may pay before we know that we asked. */
export function offerPayment(orderId: string, attempt: AttemptToOffer, desk: OrderDesk): Offer {
  const scope = new CancellationScope();
  const ended = scope
    .run(async () => {
      const options = at(attempt.gateway, `offer the payment at ${attempt.gateway}`);
      const paid = await gatewayCreate.createPayment.executeWithOptions(options, [{ orderId, paymentId: attempt.id }]);
      if (paid) desk.told(paid);
    })
    .catch((error: unknown) => {
      // The close settles what became of it; the order waits on, for another attempt or for the end of its window.
      if (!isCancellation(error)) log.warn('the gateway was not asked for the payment', { orderId, error });
    });
  return {
    attempt,
    async withdraw() {
      scope.cancel();
      await ended;
    },
  };
}

/** How the wait ended, and which attempt was on offer then. */
export type WindowOutcome =
  | { readonly t: 'paid'; readonly payment: PaymentReceived; readonly offer: Offer | null }
  | { readonly t: 'over'; readonly reason: CloseReason; readonly offer: Offer | null };

/**
 * Waits until the payment is told, somebody cancels, or the window is over; a payment told counts first. Meanwhile the
 * gateway may be switched: one step at a time, each between two looks at the clock.
 */
export async function awaitPayment(
  orderId: string,
  desk: OrderDesk,
  { payBy, first }: { payBy: string; first: AttemptToOffer | null },
): Promise<WindowOutcome> {
  let offer = first && offerPayment(orderId, first, desk);
  const summary = `payment window, until ${payBy}`;
  for (;;) {
    const left = Math.max(Date.parse(payBy) - Date.now(), 0);
    await condition(() => desk.payment !== null || desk.cancelRequest !== null || desk.switching !== null, left, {
      summary,
    });
    if (desk.payment) return { t: 'paid', payment: desk.payment, offer };
    if (!desk.switching) return { t: 'over', reason: desk.cancelRequest?.reason ?? 'payment_window_over', offer };
    const switched = await switchAttempt(orderId, desk, offer, desk.switching);
    offer = switched.offer;
    desk.switched(switched.reply);
  }
}

interface Switched {
  readonly offer: Offer | null;
  readonly reply: SwitchReply;
}

/** Closes the attempt on offer, and only when that is proved offers the next: at no time two can be paid. */
async function switchAttempt(
  orderId: string,
  desk: OrderDesk,
  offer: Offer | null,
  { gateway: to, paymentId: asked }: SwitchRequest,
): Promise<Switched> {
  if (offer) {
    await offer.withdraw();
    const { id: paymentId, gateway: from } = offer.attempt;
    const answer = await gateway.closePayment.executeWithOptions(at(from, `close at ${from}, to switch`), [
      { orderId, paymentId },
    ]);
    if (answer.t === 'paid') desk.told(answer.payment);
    if (desk.payment) return { offer, reply: { t: 'ended', status: 'paid' } };
    // Withdrawn though it may not have been asked for yet: it is the one to pay still, so it is offered again.
    if (answer.t === 'open') return { offer: offerPayment(orderId, offer.attempt, desk), reply: answer };
  }
  const paymentId = asked ?? idFrom('payment', Date.now(), Math.random);
  const next = await keepBooks('addAttempt', `next attempt: ${to}`, { orderId, paymentId, gateway: to });
  if (!next) return { offer: null, reply: { t: 'ended', status: desk.status } };
  return { offer: offerPayment(orderId, next, desk), reply: { t: 'offered', paymentId } };
}
