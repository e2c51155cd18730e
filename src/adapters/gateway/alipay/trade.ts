import { z } from 'zod';
import { type Paid, type QueryOutcome } from '../../../domain/payment';
import { type PaymentRef } from '../../../ports/payment-gateway';
import { unknown } from './unknown';
import { CURRENCY, readChinaTime, readYuan } from './wire-values';

/** Whose trades these have to be. */
export interface Merchant {
  readonly appId: string;
  readonly sellerId: string;
}

/** A trade as the query tells it; fields of the buyer are left out on purpose. */
const tradeBody = z.object({
  out_trade_no: z.string(),
  trade_no: z.string().min(1),
  trade_status: z.string(),
  total_amount: z.string(),
  send_pay_date: z.string().optional(),
  trans_currency: z.string().optional(),
  // Answers are signed with this app's key and name neither as a rule; where they do, it has to be right.
  app_id: z.string().optional(),
  seller_id: z.string().optional(),
});
type Trade = z.infer<typeof tradeBody>;

/**
 * What each trade_status means. TRADE_CLOSED is both "closed unpaid" and "refunded in full": send_pay_date, the moment
 * the money came, is there only for the latter. Taking one for the other would at worst hide a payment that has gone
 * back in full: in neither case is money kept, or payable any more.
 */
const STATES: Readonly<Record<string, 'pending' | 'paid' | 'closed'>> = {
  WAIT_BUYER_PAY: 'pending',
  TRADE_SUCCESS: 'paid',
  TRADE_FINISHED: 'paid',
  TRADE_CLOSED: 'closed',
};

/** What a verified trade says of the attempt: number and merchant are checked in every state, the money where it's paid. */
export function tradeOutcome(body: unknown, ref: PaymentRef, merchant: Merchant): QueryOutcome {
  const parsed = tradeBody.safeParse(body);
  if (!parsed.success) return unknown('unparsable');
  const trade = parsed.data;
  if (
    (trade.app_id ?? merchant.appId) !== merchant.appId ||
    (trade.seller_id ?? merchant.sellerId) !== merchant.sellerId
  )
    return { t: 'rejected', code: 'MERCHANT_MISMATCH' };
  if (trade.out_trade_no !== ref.merchantNo) return { t: 'rejected', code: 'NUMBER_MISMATCH' };
  const state = Object.hasOwn(STATES, trade.trade_status) ? STATES[trade.trade_status] : undefined;
  if (state === undefined) return unknown('unlisted');
  if (state === 'pending') return { t: 'pending' };
  if (state === 'closed' && trade.send_pay_date === undefined) return { t: 'closedUnpaid' };
  return paidOutcome(trade, ref, state === 'closed');
}

function paidOutcome(trade: Trade, ref: PaymentRef, refundedInFull: boolean): QueryOutcome {
  const paid = paidOf(trade.trade_no, trade.total_amount, trade.send_pay_date);
  if (!paid) return unknown('unparsable');
  const currency = trade.trans_currency ?? CURRENCY;
  if (paid.amount.minor !== ref.amount.minor || currency !== ref.amount.currency) {
    return { t: 'rejected', code: 'AMOUNT_MISMATCH' };
  }
  // The query tells of no partial refund; those are asked for by their numbers.
  return { t: 'paid', paid, refunded: refundedInFull ? paid.amount : { minor: 0, currency } };
}

/** The money of a paid trade; null where amount or time can't be read. `total_amount` is what was asked for, coupons included. */
export function paidOf(transactionId: string, totalAmount: string, chinaPaidAt: string | undefined): Paid | null {
  const amount = readYuan(totalAmount);
  const paidAt = chinaPaidAt === undefined ? null : readChinaTime(chinaPaidAt);
  return amount && paidAt !== null && transactionId !== '' ? { transactionId, amount, paidAt } : null;
}
