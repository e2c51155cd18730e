import { type HoldBooks } from '../../../domain/holds';
import { type EventLine } from '../../../domain/events';
import { type NewId } from '../../../domain/ids';
import { type StockCounters } from '../../../domain/stock';
import { type IdempotencyKey } from '../../../ports/idempotency';
import { type Sql } from './client';
import { announceRows, eventRow } from './events';
import { Prisma } from './generated/client';
import { answerKeys } from './idempotency';
import { type CartOrder, takeFromCarts } from './place-carts';
import { type Held } from './place-decide';
import { type PlaceContext } from './place-draft';
import { sealForms, toSeal } from './place-forms';
import { holdPoints, type PointsHoldEntry } from './points-holds';
import { holdPromotions, type PromotionEntry } from './promotion-statements';
import { enterRows, FITS, holdRow } from './stock-statements';

/**
 * The process that placed an order starts it itself; the pollers leave it that long to do so. Longer than what it has taken
 * on waits for its turn; what it could not take on lies idle that long.
 */
const PLACER_LEASE_SECONDS = 2;
/** In a rush it is left that long to do so, or to release it: until the longest rush is over. */
const RUSH_LEASE_SECONDS = 20;

/** Decided before, with everything locked: it does. */
const LOCKED_AND_JUDGED = Prisma.sql`judged AS MATERIALIZED (SELECT true AS fits, true AS "asRemembered")`;

/** Writes a decided batch: orders, lines, attempts, holds with their ledger, facts, events, start intents, answers. */
export async function writePlaced(
  tx: Sql,
  held: readonly Held[],
  refusals: readonly (IdempotencyKey & { outcome: unknown })[],
  books: HoldBooks,
  context: PlaceContext,
): Promise<void> {
  if (held.length > 0) {
    await writeOrders(tx, Prisma.sql`${LOCKED_AND_JUDGED}, ${enterRows(holdRows(held, books.stock))}`, held, context);
    await holdPromotions(tx, held.flatMap(promotionEntry));
    await holdPoints(tx, pointsEntries(held, books.points));
    await takeFromCarts(tx, held.flatMap(cartOrder));
    const personal = held.flatMap(({ order, placing }) => toSeal(order.id, placing.draft));
    await sealForms(tx, context.sealer, personal);
    await keepChoices(tx, held.flatMap(choiceEntry));
  }
  await answerKeys(tx, [...refusals, ...held.flatMap(completeAnswer)]);
}

function cartOrder({ placing, order, wish }: Held): CartOrder[] {
  return placing.fromCart ? [{ buyerId: order.buyerId, lines: wish.lines }] : [];
}

function choiceEntry({ placing: { choice }, order: { id: orderId, payment } }: Held) {
  return choice && payment ? [{ orderId, paymentId: payment.id, ...choice }] : [];
}

async function keepChoices(tx: Sql, data: Prisma.PaymentChoiceCreateManyInput[]): Promise<void> {
  if (data.length > 0) await tx.paymentChoice.createMany({ data });
}

function promotionEntry({ order, wish }: Held): PromotionEntry[] {
  return wish.promotion ? [{ ...wish.promotion, reference: order.id, orderId: order.id }] : [];
}

/** What each order sets aside, with the balance running down from one order of a buyer to the next. */
function pointsEntries(held: readonly Held[], points: HoldBooks['points']): PointsHoldEntry[] {
  const balances = new Map(points);
  return held.flatMap(({ order, wish }) => {
    if (!wish.points || !order.payment) return [];
    const balanceAfter = (balances.get(order.buyerId) ?? 0) - wish.points.points;
    balances.set(order.buyerId, balanceAfter);
    const { merchantNo, amount } = order.payment;
    return [{ ...wish.points, merchantNo, currency: amount.currency, balanceAfter }];
  });
}

/** Without a gateway to wait for, and in a rush, the answer is complete as it stands. */
export function completeAnswer({ placing, order }: Held) {
  if (!placing.idempotency || (order.payment && !placing.inRush)) return [];
  return [{ ...placing.idempotency, outcome: { t: 'placed', order } }];
}

/** What became of a batch of orders. */
export interface Written {
  /** All were written; otherwise nothing was. */
  readonly fits: boolean;
  /** Each SKU is still sold as it was remembered. */
  readonly asRemembered: boolean;
}

/** Ledger rows of the holds. */
export function holdRows(held: readonly Held[], counters: ReadonlyMap<string, Pick<StockCounters, 'unlimited'>>) {
  return held.flatMap(({ order, wish }) => wish.lines.map((line) => holdRow(order.id, line, counters.get(line.skuId))));
}

/**
 * Writes orders with all that comes with one: lines, attempts, facts, events, start intents. `before`: CTEs that enter the
 * ledger and move the counters, among them `judged`, a row of `Written`: unless everything fits, nothing is written.
 */
export async function writeOrders(
  sql: Sql,
  before: Prisma.Sql,
  held: readonly Held[],
  { newId, self }: PlaceContext,
): Promise<Written> {
  const [row] = await sql.$queryRaw<Written[]>`
  WITH ${before},
  placed AS (
    INSERT INTO orders (id, buyer_id, status, amount, currency, pay_with, payment_window_seconds, pay_by, store_id,
                        referrer_id, promotion_id, note, created_at)
    SELECT r.* FROM jsonb_to_recordset(${JSON.stringify(held.map(orderRow))}::jsonb)
      AS r(id text, buyer_id text, status text, amount bigint, currency text, pay_with text, payment_window_seconds int,
           pay_by timestamptz, store_id text, referrer_id text, promotion_id text, note text, created_at timestamptz)
    WHERE ${FITS}),
  lined AS (
    INSERT INTO order_lines (order_id, position, child_id, sku_id, product_id, title, quantity, unit_price,
                             discount_basis_points, amount)
    SELECT r.* FROM jsonb_to_recordset(${JSON.stringify(held.flatMap(lineRows))}::jsonb)
      AS r(order_id text, position smallint, child_id text, sku_id text, product_id text, title text, quantity int,
           unit_price bigint, discount_basis_points int, amount bigint)
    WHERE ${FITS}),
  offered AS (
    INSERT INTO payments (id, order_id, attempt, gateway, status, merchant_no, amount, currency, expires_at)
    SELECT r.* FROM jsonb_to_recordset(${JSON.stringify(held.flatMap(paymentRows))}::jsonb)
      AS r(id text, order_id text, attempt smallint, gateway text, status text, merchant_no text, amount bigint,
           currency text, expires_at timestamptz)
    WHERE ${FITS}),
  told AS (
    INSERT INTO order_facts (order_id, kind, what, data)
    SELECT r.* FROM jsonb_to_recordset(${JSON.stringify(held.flatMap(factRows))}::jsonb)
      AS r(order_id text, kind text, what text, data jsonb)
    WHERE ${FITS}),
  ${announceRows(
    held.flatMap((each) => placedEvents(each, newId)),
    FITS,
  )},
  intended AS (
    INSERT INTO start_intents (kind, subject_id, store_id, leased_until, kept_by)
    SELECT 'order', r.id, r.store, clock_timestamp() + make_interval(secs => r.lease), r.kept_by
    FROM jsonb_to_recordset(${JSON.stringify(held.flatMap((each) => intentRows(each, self)))}::jsonb) AS r(id text, store text, lease int, kept_by text)
    WHERE ${FITS})
  SELECT fits, "asRemembered" FROM judged`;
  if (!row) throw new Error('a batch of orders was not judged');
  return row;
}

function intentRows({ placing, order }: Held, self: string) {
  if (!placing.startIntent) return [];
  const [lease, keptBy] = placing.inRush ? [RUSH_LEASE_SECONDS, self] : [PLACER_LEASE_SECONDS, null];
  return [{ id: order.id, store: order.storeId ?? '', lease, kept_by: keptBy }];
}

function placedEvents({ order, wish }: Held, newId: NewId) {
  const { id: orderId, buyerId, storeId, referrerId, promotionId, amount, payBy } = order;
  const { promotion, points } = wish;
  return [
    eventRow(newId, 'OrderPlaced', orderId, {
      ...{ orderId, buyerId, storeId, referrerId, promotionId, amount, payBy },
      lines: order.lines.map(eventLine),
    }),
    eventRow(newId, 'StockHeld', orderId, { orderId, lines: wish.lines }),
    ...(promotion ? [eventRow(newId, 'PromotionHeld', orderId, { orderId, ...promotion })] : []),
    ...(points ? [eventRow(newId, 'PointsHeld', orderId, { orderId, ...points })] : []),
  ];
}

/** A line as events tell it. */
export function eventLine({ childId, skuId, productId, quantity, amount }: EventLine): EventLine {
  return { childId, skuId, productId, quantity, amount };
}

function orderRow({ order, placing }: Held) {
  return {
    id: order.id,
    buyer_id: order.buyerId,
    status: order.status,
    amount: order.amount.minor,
    currency: order.amount.currency,
    pay_with: placing.draft.payWith,
    payment_window_seconds: placing.draft.paymentWindowSeconds,
    pay_by: order.payBy,
    store_id: order.storeId,
    referrer_id: order.referrerId,
    promotion_id: order.promotionId,
    note: order.note,
    created_at: order.createdAt,
  };
}

function lineRows({ order }: Held) {
  return order.lines.map((line, position) => ({
    order_id: order.id,
    position,
    child_id: line.childId,
    sku_id: line.skuId,
    product_id: line.productId,
    title: line.title,
    quantity: line.quantity,
    unit_price: line.unitPrice.minor,
    discount_basis_points: line.discountBasisPoints,
    amount: line.amount.minor,
  }));
}

function paymentRows({ order }: Held) {
  if (!order.payment) return [];
  const { id, gateway, status, merchantNo, amount, expiresAt } = order.payment;
  return [
    {
      id,
      order_id: order.id,
      attempt: 1,
      gateway,
      status,
      merchant_no: merchantNo,
      amount: amount.minor,
      currency: amount.currency,
      expires_at: expiresAt,
    },
  ];
}

function factRows({ order }: Held) {
  const placed = {
    order_id: order.id,
    kind: 'state',
    what: order.status,
    data: { from: 'placing', amount: order.amount, payBy: order.payBy },
  };
  if (!order.payment) return [placed];
  const { id, gateway, merchantNo } = order.payment;
  return [
    placed,
    { order_id: order.id, kind: 'payment', what: 'creating', data: { paymentId: id, gateway, merchantNo } },
  ];
}
