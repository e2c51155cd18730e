import { z } from 'zod';
import { type RefundOutcome } from '../../../domain/payment';
import { type RefundRequest } from '../../../ports/payment-gateway';
import { type Answer } from './http';
import { commonOutcome } from './outcomes';
import { codeOf, look, REFUND, REFUND_QUERY } from './tables';
import { unknown } from './unknown';
import { readYuan } from './wire-values';

const movedBody = z.object({ out_trade_no: z.string(), trade_no: z.string(), fund_change: z.string().optional() });
const refundBody = z.object({
  out_trade_no: z.string().optional(),
  out_request_no: z.string().optional(),
  refund_status: z.string().optional(),
  refund_amount: z.string().optional(),
});

/** Alipay advises to ask for a refund not sooner than ten seconds after it was requested. */
const PROCESSING_RETRY_MS = 10_000;

/**
 * What an answer to refund means. 10000 with fund_change Y moved the money; 10000 alone didn't say so: `askQuery`.
 * Alipay numbers no refunds, so the refund's id is our own number, under which the query knows it.
 */
export function refundOutcome(answer: Answer, request: RefundRequest): RefundOutcome | 'askQuery' {
  const verdict = look(REFUND, answer);
  switch (verdict) {
    case 'moved': {
      const body = movedBody.safeParse(answer.body);
      if (!body.success || body.data.fund_change !== 'Y') return 'askQuery';
      const { out_trade_no: no, trade_no: transactionId } = body.data;
      if (no !== request.merchantNo || transactionId !== request.transactionId) {
        return { t: 'rejected', code: 'NUMBER_MISMATCH' };
      }
      return { t: 'succeeded', refundId: request.refundNo };
    }
    case 'askQuery':
      return 'askQuery';
    case 'manual':
      return { t: 'failed', code: codeOf(answer), next: 'manual' };
    default:
      return commonOutcome(verdict, answer);
  }
}

/**
 * What an answer to the refund query means. Without a refund_status Alipay knows nothing under that number, or the
 * refund isn't through, or it failed: `absent`, and to ask for it again under the same number is right in all three.
 */
export function refundQueryOutcome(answer: Answer, request: RefundRequest): RefundOutcome {
  const verdict = look(REFUND_QUERY, answer);
  switch (verdict) {
    case 'refund': {
      const body = refundBody.safeParse(answer.body);
      return body.success ? foundRefund(body.data, request) : unknown('unparsable');
    }
    case 'absent':
      return { t: 'absent' };
    default:
      return commonOutcome(verdict, answer);
  }
}

function foundRefund(found: z.infer<typeof refundBody>, request: RefundRequest): RefundOutcome {
  if ((found.refund_status ?? '') === '') return { t: 'absent' };
  if (found.refund_status !== 'REFUND_SUCCESS') return unknown('unlisted');
  if (found.out_request_no !== request.refundNo || found.out_trade_no !== request.merchantNo) {
    return { t: 'rejected', code: 'NUMBER_MISMATCH' };
  }
  const amount = readYuan(found.refund_amount ?? '');
  if (!amount) return unknown('unparsable');
  if (amount.minor !== request.refund.minor) return { t: 'rejected', code: 'AMOUNT_MISMATCH' };
  return { t: 'succeeded', refundId: request.refundNo };
}

/** What the refund query makes of a refund that was taken on but not called done: without a trace yet, it is under way. */
export function refundOutcomeByQuery(answer: Answer, found: RefundOutcome): RefundOutcome {
  if (found.t !== 'absent') return found;
  return answer.code === '10000' ? { t: 'processing', retryAfterMs: PROCESSING_RETRY_MS } : unknown('unlisted');
}
