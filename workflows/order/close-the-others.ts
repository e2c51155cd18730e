import { condition, continueAsNew } from '@temporalio/workflow';
import { waitBeforeAsking } from './back-off';
import { type OrderInput } from './contract';
import { type OrderDesk } from './desk';
import { historyGrewLong } from './long-history';
import { at, gateway, keepBooks } from './policies';

/** Attempts beside the one whose money was kept: closed, too, or their money sent back. The order is paid meanwhile. */
export async function closeTheOthers(orderId: string, input: OrderInput, desk: OrderDesk): Promise<void> {
  let asked = input.closingOthers?.asked ?? 0;
  if (input.closingOthers) desk.kept = input.closingOthers.kept;
  for (const { id: paymentId, gateway: name } of await keepBooks('openAttempts', 'look for other attempts', {
    orderId,
  })) {
    for (;;) {
      if (historyGrewLong()) await cutHistory(orderId, input, desk, asked);
      const answer = await gateway.closePayment.executeWithOptions(at(name, `close the other attempt at ${name}`), [
        { orderId, paymentId },
      ]);
      asked += 1;
      if (answer.t === 'paid')
        await keepBooks('keepLatePayment', 'keep the late payment', { orderId, ...answer.payment });
      if (answer.t !== 'open') break;
      const calls = desk.calls;
      await condition(() => desk.calls > calls, waitBeforeAsking(asked, answer.retryAfterMs), {
        summary: `ask again (${answer.why})`,
      });
    }
    await keepBooks('attemptClosed', 'the other attempt is closed', { paymentId });
    asked = 0;
  }
}

/** Goes on in a new run, right before a question; it knows no more of the payments that this one was told. */
async function cutHistory(orderId: string, input: OrderInput, desk: OrderDesk, asked: number): Promise<void> {
  await desk.drained();
  await keepLatePayments(orderId, desk);
  const closingOthers = { asked, kept: desk.kept };
  await continueAsNew<(next: OrderInput) => Promise<unknown>>({ ...input, closingOthers });
}

/** Every payment told but the one that is kept, those told meanwhile included: money that goes back. */
export async function keepLatePayments(orderId: string, desk: OrderDesk): Promise<void> {
  for (let late = desk.nextLatePayment(); late; late = desk.nextLatePayment())
    await keepBooks('keepLatePayment', 'keep the late payment', { orderId, ...late });
}
