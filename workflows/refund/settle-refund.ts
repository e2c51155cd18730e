import { condition, setCurrentDetails, setHandler } from '@temporalio/workflow';
import type { RefundAnswer } from '../../activities';
import { waitBeforeAsking } from '../order/back-off';
import { historyGrewLong } from '../order/long-history';
import { at, gateway } from '../order/policies';
import { refundChanged, type RefundInput } from './contract';

/** A refund that a person has to pay back is looked at once a day: the gateway reports it done when they have. */
const MANUAL_LOOK_MS = 24 * 3_600_000;

/**
 * Asks the gateway until the money is on its way back. Contract:
 * 1. One number refunds once: it is queried before it is sent again; another number comes only after one that failed for good.
 * 2. There is no last try; what the gateway refuses for good waits for a person, visibly.
 * 3. A history that grew long is cut right before a question, by `inNewRun`: that one asks first, so no news is missed.
 */
export async function settleRefund(
  { refundId, gateway: name, asked: askedBefore = 0 }: RefundInput,
  inNewRun: (asked: number) => Promise<never>,
): Promise<void> {
  let told = 0;
  setHandler(refundChanged, () => {
    told += 1;
  });
  for (let asked = askedBefore + 1; ; asked += 1) {
    if (historyGrewLong()) await inNewRun(asked - 1);
    const heard = told;
    const answer = await gateway.askRefund.executeWithOptions(at(name, `refund at ${name}`), [{ refundId }]);
    if (answer.t === 'succeeded') return;
    if (answer.t === 'again') continue;
    setCurrentDetails(describe(answer));
    const wait = answer.t === 'manual' ? MANUAL_LOOK_MS : waitBeforeAsking(asked, answer.retryAfterMs);
    await condition(() => told > heard, wait, {
      summary: answer.t === 'manual' ? 'a person has to act' : `ask again (${answer.why})`,
    });
  }
}

function describe(answer: Exclude<RefundAnswer, { t: 'succeeded' | 'again' }>): string {
  return answer.t === 'manual'
    ? 'The gateway refused for good: **a person has to pay it back**.'
    : `Not settled yet: **${answer.why}**.`;
}
