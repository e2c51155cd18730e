import { sameMoney } from '../../../domain/money';
import { type Rejected, type RefundOutcome, type Unknown } from '../../../domain/payment';
import { type RefundRequest } from '../../../ports/payment-gateway';
import { type Call, sendRefund } from './calls';
import { findRefund } from './find';
import { intentBody, moneyOf, read, refundAnswer, refundBody } from './objects';
import { look, nameOf, QUERY, REFUND } from './outcomes';
import { unknown } from './unknown';

/**
 * Refunds once per number. Stripe forgets an Idempotency-Key after a day, and then the same request would be a second
 * refund: so the number is looked for among the payment's refunds first, and only where it's provably not there is
 * the refund asked for. Between two that ask at once the key decides.
 */
export async function refundPayment(call: Call, request: RefundRequest): Promise<RefundOutcome> {
  const earlier = await findRefund(call, request);
  if (earlier.t !== 'absent') return earlier;
  const refused = await notThisPayment(call, request);
  if (refused) return refused;
  const { result } = await call.ask((options) => sendRefund(call, request, options));
  switch (result.t) {
    case 'unknown':
      return result;
    case 'error':
      return refusalOf(look(REFUND, result), nameOf(result));
    case 'ok': {
      const refund = read(refundBody, result.body);
      return refund ? refundAnswer(refund, request) : unknown('unparsable');
    }
  }
}

/** Whose money it is: a transaction of another number, or of another amount, isn't refunded in this one's name. */
async function notThisPayment(call: Call, request: RefundRequest): Promise<Rejected | Unknown | null> {
  const { result } = await call.ask((options) =>
    call.stripe.paymentIntents.retrieve(request.transactionId, {}, options),
  );
  if (result.t === 'unknown') return result;
  if (result.t === 'error') {
    const verdict = look(QUERY, result);
    if (verdict === 'rejected') return { t: 'rejected', code: nameOf(result) };
    return unknown(verdict === 'throttled' ? 'throttled' : 'unlisted');
  }
  const intent = read(intentBody, result.body);
  if (!intent) return unknown('unparsable');
  if (intent.livemode !== call.live) return { t: 'rejected', code: 'MERCHANT_MISMATCH' };
  if (intent.metadata['merchantNo'] !== request.merchantNo) return { t: 'rejected', code: 'NUMBER_MISMATCH' };
  const received = moneyOf(intent.amount_received, intent.currency);
  return sameMoney(received, request.amount) ? null : { t: 'rejected', code: 'AMOUNT_MISMATCH' };
}

function refusalOf(verdict: ReturnType<typeof look<(typeof REFUND)[number][2]>>, code: string): RefundOutcome {
  switch (verdict) {
    case 'manual':
    case 'newNumber':
      return { t: 'failed', code, next: verdict };
    case 'rejected':
      return { t: 'rejected', code };
    case 'throttled':
      return unknown('throttled');
    case null:
      return unknown('unlisted');
  }
}
