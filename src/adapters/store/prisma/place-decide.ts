import { HoldfastError } from '../../../domain/errors';
import { type HoldBooks, HoldDesk, type HoldWish } from '../../../domain/holds';
import { type Order } from '../../../domain/order';
import { CartsLeft } from '../../../domain/cart';
import { type PricedSku } from '../../../domain/pricing';
import { type StockLine } from '../../../domain/stock';
import { type Placing, type PlaceResult } from '../../../ports/order-store';
import { type Sql } from './client';
import { type Settled } from './group-commit';
import { draftOrder, type PlaceContext, wishOf } from './place-draft';
import { lockCarts } from './place-carts';
import { requireForms } from './place-forms';
import { lockAccounts } from './points-holds';
import { lockPromotions } from './promotion-statements';
import { readCatalogue } from './shelf';
import { lockCounters } from './stock-statements';

export type Answer = Settled<PlaceResult>;

/** An order that got everything it asked for, to be written. */
export interface Held {
  readonly placing: Placing;
  readonly order: Order;
  readonly wish: HoldWish;
}

export interface Books extends HoldBooks {
  readonly catalogue: ReadonlyMap<string, PricedSku>;
  /** Lines of the carts that are checked out, by buyer. */
  readonly carts: ReadonlyMap<string, readonly StockLine[]>;
}

/**
 * Locks and reads what the orders touch: carts, stock, promotions, accounts, in this order, each in the order of its ids. Everything
 * that locks more than one of these does so in this order, so that nothing deadlocks.
 */
export async function openBooks(tx: Sql, placings: readonly Placing[]): Promise<Books> {
  const drafts = placings.map(({ draft }) => draft);
  const skuIds = [...new Set(drafts.flatMap(({ lines }) => lines.map(({ skuId }) => skuId)))];
  const promoted = drafts.filter(({ promotionId }) => promotionId);
  const carts = await lockCarts(
    tx,
    placings.filter(({ fromCart }) => fromCart).map(({ draft }) => draft.buyerId),
  );
  const stock = await lockCounters(tx, skuIds);
  const promotions = await lockPromotions(
    tx,
    promoted.map(({ promotionId }) => promotionId ?? ''),
    promoted.map(({ buyerId }) => buyerId),
  );
  const points = await lockAccounts(
    tx,
    drafts.filter(({ payWith }) => payWith === 'points').map(({ buyerId }) => buyerId),
  );
  // Once the counters are locked: what was taken off the shelf before, or got another price, is so for these orders.
  return { carts, stock, promotions, points, catalogue: await readCatalogue(tx, skuIds) };
}

/** Decides in the order of arrival, each order all or nothing. */
export function decideAll(
  placings: readonly Placing[],
  books: Books,
  context: PlaceContext,
): { held: Held[]; answers: Map<Placing, Answer> } {
  const desks = { holds: new HoldDesk(books), carts: new CartsLeft(books.carts) };
  const answers = new Map<Placing, Answer>();
  const held = placings.flatMap((placing): Held[] => {
    try {
      const { order, wish, answer } = decide(placing, books, desks, context);
      answers.set(placing, { ok: answer });
      return answer.t === 'placed' ? [{ placing, order, wish }] : [];
    } catch (error) {
      if (!(error instanceof HoldfastError)) throw error;
      answers.set(placing, { error });
      return [];
    }
  });
  return { held, answers };
}

interface Desks {
  readonly holds: HoldDesk;
  readonly carts: CartsLeft;
}

function decide(placing: Placing, books: Books, desks: Desks, context: PlaceContext) {
  const { draft, fromCart } = placing;
  const { promotionId } = draft;
  const promotion = promotionId ? (books.promotions.get(promotionId)?.promotion ?? null) : null;
  if (promotionId && !promotion) throw new HoldfastError('promotion_not_found');
  const order = draftOrder(placing, { catalogue: books.catalogue, promotion }, context);
  requireForms(context.forms, draft, books.catalogue);
  const wish = wishOf(order, promotion);
  if (fromCart && !desks.carts.covers(draft.buyerId, wish.lines)) throw new HoldfastError('cart_changed');
  const decision = desks.holds.take(wish);
  if (decision.t === 'refused') throw new HoldfastError(decision.code);
  if (fromCart && decision.t === 'held') desks.carts.take(draft.buyerId, wish.lines);
  const answer: PlaceResult =
    decision.t === 'held' ? { t: 'placed', order, replayed: false } : { ...decision, replayed: false };
  return { order, wish, answer };
}
