import { allHandlersFinished, condition, continueAsNew, workflowInfo } from '@temporalio/workflow';
import type { ClosingAnswer } from '../../activities';
import { type OrderInput, type PaymentReceived } from './contract';
import { type OrderDesk } from './desk';
import { waitBeforeAsking } from './back-off';
import { books, gateway } from './policies';

/** How a closing ended: somebody had paid after all, or nobody can any more. */
export type Closing =
  | { readonly t: 'paid'; readonly payment: PaymentReceived }
  | { readonly t: 'unpayable'; readonly proof: Extract<ClosingAnswer, { t: 'unpayable' }>['proof'] };

/**
 * Asks the gateway to close until its answer proves something. Contract:
 * 1. Only `unpayable` lets the stock go back; every other answer means: hold on, ask again.
 * 2. A payment told in the meantime ends it at once.
 * 3. There is no last try. The wait grows to five minutes, is durable, is visible, and a person is told once it has taken long.
 */
export async function closeBeforeRelease(
  { orderId, input, escalateAfterMs }: { orderId: string; input: OrderInput; escalateAfterMs: number },
  desk: OrderDesk,
): Promise<Closing> {
  const since = Date.now();
  let escalated = false;
  for (;;) {
    if (desk.payment) return { t: 'paid', payment: desk.payment };
    const answer = await gateway.closePayment.executeWithOptions({ summary: 'close at the gateway' }, [{ orderId }]);
    if (answer.t === 'paid') return { t: 'paid', payment: answer.payment };
    if (desk.payment) return { t: 'paid', payment: desk.payment };
    if (answer.t === 'unpayable') return answer;
    if (!escalated && Date.now() - since >= escalateAfterMs) {
      escalated = true;
      await books.escalateClosing({ orderId, lastAnswer: answer.why });
    }
    await waitToAskAgain(desk, answer);
    if (workflowInfo().continueAsNewSuggested && !desk.payment) {
      // The order's own record says where it stands: the next run finds it `closing` and goes on from here.
      await condition(allHandlersFinished);
      await continueAsNew<(input: OrderInput) => Promise<unknown>>(input);
    }
  }
}

async function waitToAskAgain(desk: OrderDesk, answer: Extract<ClosingAnswer, { t: 'open' }>): Promise<void> {
  const calls = desk.calls;
  const wait = waitBeforeAsking(desk.asked + 1, answer.retryAfterMs);
  desk.heard(answer.why, Date.now() + wait);
  await condition(() => desk.payment !== null || desk.calls > calls, wait, { summary: `ask again (${answer.why})` });
}
