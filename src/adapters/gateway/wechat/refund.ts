import { z } from 'zod';
import { type RefundOutcome } from '../../../domain/payment';
import { type RefundRequest } from '../../../ports/payment-gateway';
import { type Answer } from './http';
import { codeOf, look, QUERY_REFUND, REFUND } from './tables';
import { sameMoney } from './transaction';
import { unknown } from './unknown';

/** WeChat Pay asks to leave a refund in processing alone for a minute before asking what became of it. */
export const PROCESSING_RETRY_MS = 60_000;

/** A balance is topped up by people: often enough to follow them soon, far below the limit for refused requests (6 a second). */
export const SHORT_RETRY_MS = 300_000;

/** A refund as its request and its query tell it. Amounts in fen. */
const refundBody = z.object({
  out_trade_no: z.string(),
  transaction_id: z.string(),
  out_refund_no: z.string(),
  refund_id: z.string().min(1),
  status: z.string(),
  amount: z.object({ total: z.number().int(), refund: z.number().int(), currency: z.string().default('CNY') }),
});
type Refund = z.infer<typeof refundBody>;

/** What an answer to a refund request means, held against the request. */
export function refundOutcome(answer: Answer, request: RefundRequest): RefundOutcome {
  const verdict = look(REFUND, answer);
  switch (verdict) {
    case 'refund':
      return readRefund(answer, request);
    case 'short':
      return { t: 'unknown', cause: 'unlisted', retryAfterMs: SHORT_RETRY_MS };
    case 'manual':
      return { t: 'failed', code: codeOf(answer) ?? String(answer.status), next: 'manual' };
    case 'rejected':
      return { t: 'rejected', code: codeOf(answer) ?? String(answer.status) };
    case 'throttled':
      return unknown('throttled');
    case null:
      return unknown('unlisted');
  }
}

/** What an answer to a refund's query means, held against the request. */
export function queryRefundOutcome(answer: Answer, request: RefundRequest): RefundOutcome {
  const verdict = look(QUERY_REFUND, answer);
  switch (verdict) {
    case 'refund':
      return readRefund(answer, request);
    case 'absent':
      return { t: 'absent' };
    case 'rejected':
      return { t: 'rejected', code: codeOf(answer) ?? String(answer.status) };
    case 'throttled':
      return unknown('throttled');
    case null:
      return unknown('unlisted');
  }
}

/**
 * What each refund status means: SUCCESS, the money is on its way back; CLOSED, never done, another number may be tried;
 * ABNORMAL, the bank gave it back (a dead card), so a person settles it in the merchant platform. Null: not listed.
 */
export function settledOutcome(status: string, refundId: string): RefundOutcome | null {
  switch (status) {
    case 'SUCCESS':
      return { t: 'succeeded', refundId };
    case 'PROCESSING':
      return { t: 'processing', retryAfterMs: PROCESSING_RETRY_MS };
    case 'CLOSED':
      return { t: 'failed', code: status, next: 'newNumber' };
    case 'ABNORMAL':
      return { t: 'failed', code: status, next: 'manual' };
    default:
      return null;
  }
}

function readRefund(answer: Answer, request: RefundRequest): RefundOutcome {
  const parsed = refundBody.safeParse(answer.body);
  if (!parsed.success) return unknown('unparsable');
  const mismatch = mismatchOf(parsed.data, request);
  if (mismatch) return { t: 'rejected', code: mismatch };
  return settledOutcome(parsed.data.status, parsed.data.refund_id) ?? unknown('unlisted');
}

/** What an answer tells of another refund than ours, whatever its state: its numbers, then its money. */
function mismatchOf(refund: Refund, request: RefundRequest): string | null {
  const ours =
    refund.out_refund_no === request.refundNo &&
    refund.out_trade_no === request.merchantNo &&
    refund.transaction_id === request.transactionId;
  if (!ours) return 'NUMBER_MISMATCH';
  const { total, refund: back, currency } = refund.amount;
  const agreed =
    sameMoney({ minor: total, currency }, request.amount) && sameMoney({ minor: back, currency }, request.refund);
  return agreed ? null : 'AMOUNT_MISMATCH';
}
