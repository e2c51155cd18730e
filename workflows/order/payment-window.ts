import { CancellationScope, condition, isCancellation, log } from '@temporalio/workflow';
import type { AttemptToOffer, PaymentStanding } from '../../activities';
import { idFrom } from '../../src/domain/ids';
import { type CloseReason } from '../../src/domain/order-status';
import { type PaymentReceived, type SwitchReply, type SwitchRequest } from './contract';
import { type OrderDesk } from './desk';
import { type Asked, type ExtendCommand } from './operator-commands';
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

/** An attempt whose gateway has answered the create: nothing is under way that could be withdrawn. */
function standingOffer({ id, gateway: name }: AttemptToOffer): Offer {
  return { attempt: { id, gateway: name }, withdraw: () => Promise.resolve() };
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
  { payBy, first }: { payBy: string; first: (AttemptToOffer & { readonly offered: boolean }) | null },
): Promise<WindowOutcome> {
  let offer = first && (first.offered ? standingOffer(first) : offerPayment(orderId, first, desk));
  desk.payBy ??= payBy;
  for (;;) {
    await somethingToDo(desk, desk.payBy);
    if (desk.payment) return { t: 'paid', payment: desk.payment, offer };
    if (desk.switching) {
      const switched = await switchAttempt(orderId, desk, offer, desk.switching);
      offer = switched.offer;
      desk.switched(switched.reply);
      continue;
    }
    // Noted before the clock was looked at: an extension that was accepted moves the deadline, even at the last moment.
    const asked = desk.operators.next;
    if (!asked || desk.cancelRequest)
      return { t: 'over', reason: desk.cancelRequest?.reason ?? 'payment_window_over', offer };
    if (asked.command.t === 'extend') await extendWindow(orderId, desk, asked, asked.command);
    else offer = await retryOffer(orderId, desk, asked, offer);
  }
}

/** Resolves when something was told or asked, or the window is over. */
async function somethingToDo(desk: OrderDesk, payBy: string): Promise<void> {
  const left = Math.max(Date.parse(payBy) - Date.now(), 0);
  await condition(() => hasHeard(desk), left, { summary: `payment window, until ${payBy}` });
}

/** Whether something was told or asked that the window's loop has to act on. */
export function hasHeard({ payment, cancelRequest, switching, operators }: OrderDesk): boolean {
  return payment !== null || cancelRequest !== null || switching !== null || operators.next !== null;
}

/** The record's deadline moves first; the timer follows it. */
async function extendWindow(
  orderId: string,
  desk: OrderDesk,
  asked: Asked,
  { commandId, payBy }: ExtendCommand,
): Promise<void> {
  const outcome = await keepBooks('extendWindow', `extend the payment window to ${payBy}`, {
    orderId,
    commandId,
    payBy,
  });
  desk.show('awaiting_payment', outcome.payBy);
  desk.operators.answer(asked, outcome);
}

/** Asks the gateway now: a payment that nobody told is found, and one that the gateway doesn't have yet is offered again. */
async function retryOffer(orderId: string, desk: OrderDesk, asked: Asked, offer: Offer | null): Promise<Offer | null> {
  const reply = (why: string): void =>
    desk.operators.answer(asked, { t: 'asked', status: desk.status, why, nextAskAt: null });
  if (!offer) {
    reply('no payment is on offer');
    return null;
  }
  const standing = await askNow(orderId, desk, offer.attempt);
  if (!standing) {
    reply('the gateway has not answered yet');
    return offer;
  }
  if (standing.t === 'paid') {
    desk.told(standing.payment);
    reply('paid');
    return offer;
  }
  reply(standing.why);
  if (!standing.again) return offer;
  await offer.withdraw();
  return offerPayment(orderId, offer.attempt, desk);
}

/** Tries of one question for an operator, who waits for it: a few. Until then the window's end waits as well. */
const ASK_NOW = '20s';

/** Where the attempt stands; null where the gateway didn't say in time, or a payment or a cancellation came first. */
async function askNow(
  orderId: string,
  desk: OrderDesk,
  { id: paymentId, gateway: name }: AttemptToOffer,
): Promise<PaymentStanding | null> {
  const scope = new CancellationScope();
  let standing: PaymentStanding | null = null;
  let over = false;
  const options = { ...at(name, `ask ${name} now`), scheduleToCloseTimeout: ASK_NOW } as const;
  const asked = scope
    .run(() => gateway.queryPayment.executeWithOptions(options, [{ orderId, paymentId }]))
    .then((answer) => {
      standing = answer;
    })
    .catch((error: unknown) => {
      if (!isCancellation(error)) log.warn('the gateway did not answer an operator', { orderId, error });
    })
    .finally(() => {
      over = true;
    });
  await condition(() => over || desk.payment !== null || desk.cancelRequest !== null);
  // Asking changes nothing at the gateway: nobody has to hear the answer.
  scope.cancel();
  await asked;
  return standing;
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
  const closed = offer?.attempt.id ?? null;
  const next = await keepBooks('addAttempt', `next attempt: ${to}`, { orderId, paymentId, gateway: to, closed });
  if (!next) return { offer: null, reply: { t: 'ended', status: desk.status } };
  // A run that was started once more with an old input may not know of an attempt: the one that the record has is closed first.
  if (next.standing) return switchAttempt(orderId, desk, standingOffer(next), { gateway: to, paymentId });
  return { offer: offerPayment(orderId, next, desk), reply: { t: 'offered', paymentId } };
}
