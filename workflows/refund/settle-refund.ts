import { allHandlersFinished, condition, setCurrentDetails, setHandler } from '@temporalio/workflow';
import type { RefundAnswer } from '../../activities';
import { waitBeforeAsking } from '../order/back-off';
import { historyGrewLong } from '../order/long-history';
import { at, gateway } from '../order/policies';
import { refundChanged, type RefundInput, retryRefund, type RefundRetryReply } from './contract';

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
  const news = new RefundNews();
  for (let asked = askedBefore + 1; ; asked += 1) {
    if (historyGrewLong()) {
      await news.answered({ t: 'asking' });
      await inNewRun(asked - 1);
    }
    const heard = news.told;
    const answer = await gateway.askRefund.executeWithOptions(at(name, `refund at ${name}`), [{ refundId }]);
    if (answer.t === 'succeeded') return news.answered({ t: 'settled' });
    if (answer.t === 'again') continue;
    setCurrentDetails(describe(answer));
    news.answer({ t: 'asked', why: answer.t === 'manual' ? 'refused for good: a person has to act' : answer.why });
    const wait = answer.t === 'manual' ? MANUAL_LOOK_MS : waitBeforeAsking(asked, answer.retryAfterMs);
    await condition(() => news.told > heard, wait, {
      summary: answer.t === 'manual' ? 'a person has to act' : `ask again (${answer.why})`,
    });
  }
}

/** What the gateway or an operator says to a refund: each time it is asked now, and the operator hears the answer. */
class RefundNews {
  told = 0;
  private replies = 0;
  private reply: RefundRetryReply = { t: 'asking' };

  constructor() {
    setHandler(refundChanged, () => {
      this.told += 1;
    });
    setHandler(retryRefund, async () => {
      const before = this.replies;
      this.told += 1;
      await condition(() => this.replies > before);
      return this.reply;
    });
  }

  answer(reply: RefundRetryReply): void {
    this.reply = reply;
    this.replies += 1;
  }

  /** Whoever waits hears it before the run ends. */
  async answered(reply: RefundRetryReply): Promise<void> {
    this.answer(reply);
    await condition(allHandlersFinished);
  }
}

function describe(answer: Exclude<RefundAnswer, { t: 'succeeded' | 'again' }>): string {
  return answer.t === 'manual'
    ? 'The gateway refused for good: **a person has to pay it back**.'
    : `Not settled yet: **${answer.why}**.`;
}
