import { allHandlersFinished, condition, continueAsNew, workflowInfo } from '@temporalio/workflow';
import type { AttemptToOffer, ClosingAnswer } from '../../activities';
import { type ClosingSoFar, type OrderInput, type PaymentReceived } from './contract';
import { type OrderDesk } from './desk';
import { waitBeforeAsking } from './back-off';
import { at, keepBooks, gateway } from './policies';

export interface ClosingTask {
  readonly orderId: string;
  readonly input: OrderInput;
  /** The one attempt that may be payable: the earlier ones were proved closed. */
  readonly attempt: AttemptToOffer | null;
  readonly escalateAfterMs: number;
}

/** How a closing ended: somebody had paid after all, or nobody can any more. */
export type Closing =
  | { readonly t: 'paid'; readonly payment: PaymentReceived }
  | { readonly t: 'unpayable'; readonly proof: Extract<ClosingAnswer, { t: 'unpayable' }>['proof'] };

/**
 * Asks the gateway to close until its answer proves something. Contract:
 * 1. Only `unpayable` lets the stock go back; every other answer means: hold on, ask again.
 * 2. A payment told in the meantime ends it at once.
 * 3. There is no last try. The wait grows to five minutes, is durable, is visible, and a person is told once it has taken long.
 * 4. A history that grew long is cut right after an answer, when nobody waits for one: whoever asked to cancel has heard
 *    it, so the handlers end by themselves.
 */
export async function closeBeforeRelease(task: ClosingTask, desk: OrderDesk): Promise<Closing> {
  const { orderId, input, attempt, escalateAfterMs } = task;
  const since = input.closing?.since ?? Date.now();
  let escalated = input.closing?.escalated ?? false;
  if (input.closing) await resume(desk, input.closing);
  for (;;) {
    if (desk.payment) return { t: 'paid', payment: desk.payment };
    const answer = await closePayment(orderId, attempt);
    if (answer.t === 'paid') {
      desk.told(answer.payment);
      continue;
    }
    if (desk.payment) return { t: 'paid', payment: desk.payment };
    if (answer.t === 'unpayable') return answer;
    if (!escalated && Date.now() - since >= escalateAfterMs) {
      escalated = true;
      await keepBooks('escalateClosing', 'tell a person', { orderId, lastAnswer: answer.why });
    }
    const calls = desk.calls;
    const wait = waitBeforeAsking(desk.asked + 1, answer.retryAfterMs);
    desk.heard(answer.why, Date.now() + wait);
    if (workflowInfo().continueAsNewSuggested) await cutHistory(input, desk, { since, escalated, answer });
    await waitToAskAgain(desk, { calls, wait, why: answer.why });
  }
}

type OpenAnswer = Extract<ClosingAnswer, { t: 'open' }>;

/** Goes on in a new run; returns where a payment was told at the last moment, which this run then takes. */
async function cutHistory(
  input: OrderInput,
  desk: OrderDesk,
  { since, escalated, answer }: { since: number; escalated: boolean; answer: OpenAnswer },
): Promise<void> {
  await condition(allHandlersFinished);
  if (desk.payment) return;
  const closing = { asked: desk.asked, since, escalated, lastAnswer: answer.why, retryAfterMs: answer.retryAfterMs };
  await continueAsNew<(next: OrderInput) => Promise<unknown>>({ ...input, closing });
}

/** The wait that the run before did not get to. */
async function resume(desk: OrderDesk, { asked, lastAnswer, retryAfterMs }: ClosingSoFar): Promise<void> {
  const calls = desk.calls;
  desk.asked = asked - 1;
  const wait = waitBeforeAsking(asked, retryAfterMs);
  desk.heard(lastAnswer, Date.now() + wait);
  await waitToAskAgain(desk, { calls, wait, why: lastAnswer });
}

/** Without an attempt that this run knows of, the order's record says whether there is one. */
function closePayment(orderId: string, attempt: AttemptToOffer | null): Promise<ClosingAnswer> {
  const options = attempt ? at(attempt.gateway, `close at ${attempt.gateway}`) : { summary: 'nothing was offered' };
  return gateway.closePayment.executeWithOptions(options, [{ orderId, paymentId: attempt?.id ?? null }]);
}

async function waitToAskAgain(
  desk: OrderDesk,
  { calls, wait, why }: { calls: number; wait: number; why: string },
): Promise<void> {
  await condition(() => desk.payment !== null || desk.calls > calls, wait, { summary: `ask again (${why})` });
}
