import { HoldfastError } from '../../../domain/errors';
import { type HoldWish } from '../../../domain/holds';
import { type NewId } from '../../../domain/ids';
import { type Order, type OrderDraft, type PaymentAttempt } from '../../../domain/order';
import { expiryOf } from '../../../domain/payment';
import { priceLines, type PricedSku } from '../../../domain/pricing';
import { countsFor, type Promotion, refusalToApply } from '../../../domain/promotion';
import { normaliseLines } from '../../../domain/stock';
import { type Sealer } from '../../../ports/buyer-data';
import { type BatchObserver } from '../../../ports/batch-observer';
import { type Clock } from '../../../ports/clock';
import { type FormCheck } from '../../../ports/form-check';
import { type Placing } from '../../../ports/order-store';

export interface PlaceContext {
  readonly newId: NewId;
  readonly now: Clock;
  readonly forms: FormCheck;
  readonly sealer: Sealer;
  /** Watches the placings that share transactions. */
  readonly placings?: BatchObserver<Placing>;
  /** Names this process in the start intents that it keeps for itself. */
  readonly self: string;
}

/** What an order is priced by, as it stands once everything is locked. */
export interface PriceBook {
  readonly catalogue: ReadonlyMap<string, PricedSku>;
  /** The promotion that the order names; null where it names none. */
  readonly promotion: Promotion | null;
}

/**
 * The order as it will stand: prices frozen, window counted from now, its first attempt numbered before any gateway is
 * asked. Throws HoldfastError for what can't be sold or priced so.
 */
export function draftOrder(
  { draft, orderId, checkAmount }: Placing,
  book: PriceBook,
  { newId, now }: PlaceContext,
): Order {
  const createdAt = now();
  const promotion = book.promotion && running(book.promotion, draft, createdAt);
  const { lines, amount } = priceLines(draft, book.catalogue, () => newId('child'), promotion);
  checkAmount?.(amount);
  const payBy = createdAt + draft.paymentWindowSeconds * 1000;
  return {
    id: orderId,
    status: 'awaiting_payment',
    buyerId: draft.buyerId,
    amount,
    refundedAmount: { minor: 0, currency: amount.currency },
    lines,
    payBy: new Date(payBy).toISOString(),
    payment: firstAttempt(draft, amount, { createdAt, payBy }, newId),
    storeId: draft.storeId ?? null,
    referrerId: draft.referrerId ?? null,
    promotionId: draft.promotionId ?? null,
    note: draft.note ?? null,
    createdAt: new Date(createdAt).toISOString(),
    paidAt: null,
    closedAt: null,
    closeReason: null,
  };
}

/** The clock is read with the promotion locked: one that ended while the order waited its turn is over for it. */
function running(promotion: Promotion, { storeId, lines }: OrderDraft, now: number): Promotion {
  const skuIds = lines.map(({ skuId }) => skuId);
  const code = refusalToApply(promotion, { now, storeId: storeId ?? null, skuIds });
  if (code) throw new HoldfastError(code, undefined, { errors: [{ path: 'promotionId', message: REFUSALS[code] }] });
  return promotion;
}

const REFUSALS = {
  promotion_not_running: 'not running at this time',
  promotion_not_applicable: 'not for this store, or for none of the lines',
} as const;

function firstAttempt(
  { payWith }: OrderDraft,
  amount: Order['amount'],
  { createdAt, payBy }: { createdAt: number; payBy: number },
  newId: NewId,
): PaymentAttempt | null {
  if (!payWith) return null;
  const id = newId('payment');
  return {
    id,
    gateway: payWith,
    status: 'creating',
    merchantNo: id,
    amount,
    expiresAt: expiryOf(payWith, createdAt, payBy),
    payUrl: null,
    codeUrl: null,
    gatewayRef: null,
    transactionId: null,
  };
}

/** What the order asks to hold. A free one paid with points sets nothing aside. */
export function wishOf(order: Order, promotion: Promotion | null): HoldWish {
  const { buyerId, amount, payment } = order;
  return {
    lines: normaliseLines(order.lines),
    promotion: promotion && { promotionId: promotion.id, buyerId, quantity: countsFor(promotion, order.lines) },
    points: payment?.gateway === 'points' && amount.minor > 0 ? { buyerId, points: amount.minor } : null,
  };
}
