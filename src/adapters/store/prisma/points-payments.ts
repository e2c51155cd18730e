import { type NewId } from '../../../domain/ids';
import { type Money } from '../../../domain/money';
import { type PointsRefund, refusalOfRepeat, refusalToRefund, refusalToSpend } from '../../../domain/points';
import { type PointsCloseOutcome, type PointsRefundOutcome, type SpendOutcome } from '../../../ports/points-store';
import { type Sql } from './client';
import { announce } from './events';
import {
  enter,
  findAttempt,
  isPast,
  lockAccount,
  type PointsAttempt,
  readHold,
  readRefund,
  readStanding,
} from './points-statements';

/** Each of these runs within the caller's transaction: lock the account and read, decide, write. */

/** The payment takes its points, unless it has, is closed, or they do not suffice. Its undo is `refundIn`. */
export async function spendIn(tx: Sql, newId: NewId, merchantNo: string, asked: Money): Promise<SpendOutcome> {
  const attempt = await findAttempt(tx, merchantNo);
  if (!attempt) return { t: 'none' };
  const { orderId, buyerId, price, expiresAt } = attempt;
  const spendable = await lockAccount(tx, buyerId);
  const standing = await readStanding(tx, merchantNo);
  if (standing.t !== 'open') return standing;
  const balance = spendable + (await readHold(tx, merchantNo));
  const code = refusalToSpend({ balance, price, asked, expired: await isPast(tx, expiresAt) });
  if (code) return { t: 'refused', code };
  await releaseHold(tx, attempt, merchantNo);
  if (price.minor > 0) await announce(tx, newId, 'PointsSpent', orderId, { orderId, buyerId, points: price.minor });
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
export async function closeIn(tx: Sql, newId: NewId, merchantNo: string): Promise<PointsCloseOutcome> {
  const attempt = await findAttempt(tx, merchantNo);
  if (!attempt) return { t: 'none' };
  const { orderId, buyerId } = attempt;
  await lockAccount(tx, buyerId);
  const standing = await readStanding(tx, merchantNo);
  if (standing.t === 'closed') return { t: 'closed', before: true };
  if (standing.t === 'spent') return standing;
  const points = await releaseHold(tx, attempt, merchantNo);
  if (points > 0) await announce(tx, newId, 'PointsReturned', orderId, { orderId, buyerId, points });
  await enter(tx, {
    buyerId,
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
export async function refundIn(
  tx: Sql,
  newId: NewId,
  refund: PointsRefund,
  reason: string,
): Promise<PointsRefundOutcome> {
  const { refundNo, merchantNo, amount } = refund;
  const attempt = await findAttempt(tx, merchantNo);
  if (!attempt) return { t: 'none' };
  const { orderId, buyerId } = attempt;
  await lockAccount(tx, buyerId);
  const known = await readRefund(tx, refundNo);
  const code = known ? refusalOfRepeat(known, refund) : refusalToRefund(await readStanding(tx, merchantNo), refund);
  if (code) return { t: 'refused', code };
  if (known) return { t: 'refunded' };
  const { minor: delta, currency } = amount;
  await enter(tx, { buyerId, kind: 'refund', reference: refundNo, delta, merchantNo, currency, reason });
  await announce(tx, newId, 'PointsReturned', orderId, { orderId, buyerId, points: delta });
  return { t: 'refunded' };
}

/** The undo of placing's hold: what it set aside can be spent again. Answers how much that was. */
async function releaseHold(tx: Sql, { buyerId, price }: PointsAttempt, merchantNo: string): Promise<number> {
  const held = await readHold(tx, merchantNo);
  if (held === 0) return 0;
  const { currency } = price;
  await enter(tx, {
    buyerId,
    kind: 'release',
    reference: merchantNo,
    delta: held,
    merchantNo,
    currency,
    reason: null,
  });
  return held;
}
