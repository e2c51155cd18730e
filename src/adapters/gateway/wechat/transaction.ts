import { z } from 'zod';
import { type Money } from '../../../domain/money';
import { type Paid, type QueryOutcome } from '../../../domain/payment';
import { type PaymentRef } from '../../../ports/payment-gateway';
import { unknown } from './unknown';

/** Whose payments these have to be. */
export interface Merchant {
  readonly mchid: string;
  readonly appid: string;
}

/** A payment as the query and the notification tell it. Amounts in fen; fields of the payer are left out on purpose. */
const transactionBody = z.object({
  mchid: z.string(),
  appid: z.string(),
  out_trade_no: z.string(),
  trade_state: z.string(),
  transaction_id: z.string().min(1).optional(),
  success_time: z.iso.datetime({ offset: true }).optional(),
  // The currency is optional in the documentation, which allows a mainland merchant no other than CNY.
  amount: z.object({ total: z.number().int().positive(), currency: z.string().default('CNY') }).optional(),
});

export type Transaction = z.infer<typeof transactionBody>;

/** Reads a verified body; null where it isn't a payment. */
export function readTransaction(body: unknown): Transaction | null {
  const parsed = transactionBody.safeParse(body);
  return parsed.success ? parsed.data : null;
}

/** The money of a paid transaction, paidAt in UTC; null where a field is missing. `total` is what the order asked for, coupons included. */
export function paidOf(transaction: Transaction): Paid | null {
  const { transaction_id: transactionId, success_time: time, amount } = transaction;
  if (transactionId === undefined || time === undefined || amount === undefined) return null;
  return {
    transactionId,
    amount: { minor: amount.total, currency: amount.currency },
    paidAt: new Date(time).toISOString(),
  };
}

/**
 * What each trade_state means for a native or JSAPI payment:
 * REFUND was paid first; PAYERROR is a failed try, and the code can still be paid; REVOKED belongs to payment codes
 * scanned by a till and proves nothing about ours, so it's taken as still payable and left to the close.
 */
const STATES: Readonly<Record<string, 'paid' | 'pending' | 'paying' | 'closedUnpaid'>> = {
  SUCCESS: 'paid',
  REFUND: 'paid',
  NOTPAY: 'pending',
  PAYERROR: 'pending',
  REVOKED: 'pending',
  USERPAYING: 'paying',
  CLOSED: 'closedUnpaid',
};

/** What a transaction says of the attempt: its merchant and number are checked in every state, its money where it's paid. */
export function transactionOutcome(transaction: Transaction, ref: PaymentRef, merchant: Merchant): QueryOutcome {
  if (transaction.mchid !== merchant.mchid || transaction.appid !== merchant.appid) {
    return { t: 'rejected', code: 'MERCHANT_MISMATCH' };
  }
  if (transaction.out_trade_no !== ref.merchantNo) return { t: 'rejected', code: 'NUMBER_MISMATCH' };
  const state = Object.hasOwn(STATES, transaction.trade_state) ? STATES[transaction.trade_state] : undefined;
  if (state === undefined) return unknown('unlisted');
  if (state !== 'paid') return { t: state };
  const paid = paidOf(transaction);
  if (!paid) return unknown('unparsable');
  const asked = ref.amount;
  if (!sameMoney(paid.amount, asked)) {
    return { t: 'rejected', code: 'AMOUNT_MISMATCH' };
  }
  // WeChat Pay tells that there were refunds (REFUND), never how much: that is asked refund by refund.
  return { t: 'paid', paid, refunded: { minor: 0, currency: paid.amount.currency } };
}

/** Equal in amount and currency. */
export function sameMoney(a: Money, b: Money): boolean {
  return a.minor === b.minor && a.currency === b.currency;
}
