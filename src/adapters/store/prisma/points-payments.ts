import { type Money } from '../../../domain/money';
import { type PointsRefund, refusalOfRepeat, refusalToRefund, refusalToSpend } from '../../../domain/points';
import { type PointsCloseOutcome, type PointsRefundOutcome, type SpendOutcome } from '../../../ports/points-store';
import { type Sql } from './client';
import { enter, findAttempt, isPast, lockAccount, readRefund, readStanding } from './points-statements';

/** Each of these runs within the caller's transaction: lock the account and read, decide, write. */

/** The payment takes its points, unless it has, is closed, or they do not suffice. Its undo is `refundIn`. */
export async function spendIn(tx: Sql, merchantNo: string, asked: Money): Promise<SpendOutcome> {
  const attempt = await findAttempt(tx, merchantNo);
  if (!attempt) return { t: 'none' };
  const { buyerId, price, expiresAt } = attempt;
  const balance = await lockAccount(tx, buyerId);
  const standing = await readStanding(tx, merchantNo);
  if (standing.t !== 'open') return standing;
  const code = refusalToSpend({ balance, price, asked, expired: await isPast(tx, expiresAt) });
  if (code) return { t: 'refused', code };
  const { at } = await enter(tx, {
    buyerId,
    kind: 'spend',
    reference: merchantNo,
    delta: 0 - price.minor,
    merchantNo,
    currency: price.currency,
    reason: null,
  });
  return { t: 'spent', amount: price, refunded: 0, spentAt: at };
}

/** From here on the payment can never be spent, unless it was. */
export async function closeIn(tx: Sql, merchantNo: string): Promise<PointsCloseOutcome> {
  const attempt = await findAttempt(tx, merchantNo);
  if (!attempt) return { t: 'none' };
  await lockAccount(tx, attempt.buyerId);
  const standing = await readStanding(tx, merchantNo);
  if (standing.t === 'closed') return { t: 'closed', before: true };
  if (standing.t === 'spent') return standing;
  await enter(tx, {
    buyerId: attempt.buyerId,
    kind: 'close',
    reference: merchantNo,
    delta: 0,
    merchantNo,
    currency: attempt.price.currency,
    reason: null,
  });
  return { t: 'closed', before: false };
}

/** Points of a spent payment go back to the account they came from. */
export async function refundIn(tx: Sql, refund: PointsRefund, reason: string): Promise<PointsRefundOutcome> {
  const { refundNo, merchantNo, amount } = refund;
  const attempt = await findAttempt(tx, merchantNo);
  if (!attempt) return { t: 'none' };
  const { buyerId } = attempt;
  await lockAccount(tx, buyerId);
  const known = await readRefund(tx, refundNo);
  const code = known ? refusalOfRepeat(known, refund) : refusalToRefund(await readStanding(tx, merchantNo), refund);
  if (code) return { t: 'refused', code };
  if (known) return { t: 'refunded' };
  const { minor: delta, currency } = amount;
  await enter(tx, { buyerId, kind: 'refund', reference: refundNo, delta, merchantNo, currency, reason });
  return { t: 'refunded' };
}
