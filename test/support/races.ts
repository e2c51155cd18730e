import { type GatewayName } from '../../src/domain/payment';
import { type OrderJson } from './api-client';
import { untilStatus } from './invariants';
import { until } from './until';
import { type World } from './world';

/** The gateways with a provider outside, where nearly every race can happen. */
export const PROVIDERS = ['wechat', 'alipay', 'stripe'] as const;
/** The same and the points, which need none. */
export const GATEWAYS = [...PROVIDERS, 'points'] as const;
/** Those that sign their answers, which can therefore be forged and told from the true ones. */
export const SIGNING = ['wechat', 'alipay'] as const;
/** Those at which a refund that failed for good needs another number. */
export const NUMBERING = ['wechat', 'stripe'] as const;
export type Provider = (typeof PROVIDERS)[number];

/** Long enough to place and pay within it on a busy machine, short enough to wait for. */
export const WINDOW_SECONDS = 2;
/** Never over within a test. */
export const LONG_WINDOW_SECONDS = 600;
/** A fault that stays until it is disarmed. */
export const ALWAYS = 1_000;

const ON_SALE = 10;
const ORDERED = 3;
const PRICE = 1_000;
/** What an order of a race costs, in fen. */
export const AMOUNT = ORDERED * PRICE;

export interface RacingOrder {
  readonly id: string;
  readonly skuId: string;
  readonly gateway: GatewayName;
  readonly merchantNo: string;
}

export interface Placing {
  readonly buyerId?: string;
  readonly paymentWindowSeconds?: number;
}

/** An order for 3 of 10 units, whether its payment could be offered or not. */
export async function place(
  { api }: World,
  gateway: GatewayName,
  { buyerId = 'buyer_1', paymentWindowSeconds = LONG_WINDOW_SECONDS }: Placing = {},
): Promise<RacingOrder> {
  const skuId = await api.addSku(ON_SALE, PRICE);
  const lines = [{ skuId, quantity: ORDERED }];
  const { status, body } = await api.place({ buyerId, payWith: gateway, lines, paymentWindowSeconds });
  expect(status).toBe(201);
  return { id: body.id, skuId, gateway, merchantNo: body.payment?.merchantNo ?? '' };
}

/** An order that chose points after it was placed: nothing of them is held, its attempt takes them or fails. */
export async function switchedToPoints({ api }: World, buyerId: string): Promise<RacingOrder> {
  const skuId = await api.addSku(ON_SALE, PRICE);
  const lines = [{ skuId, quantity: ORDERED }];
  const { body } = await api.place({ buyerId, payWith: null, lines, paymentWindowSeconds: LONG_WINDOW_SECONDS });
  const path = `/v1/orders/${body.id}/payments`;
  const attempt = await api.call<{ merchantNo: string }>('POST', path, { gateway: 'points' });
  expect(attempt.status).toBe(201);
  return { id: body.id, skuId, gateway: 'points', merchantNo: attempt.body.merchantNo };
}

/** The same with its payment offered; at Alipay also scanned, for before that there is no trade to close. */
export async function placed(world: World, gateway: Provider, placing: Placing = {}): Promise<RacingOrder> {
  const order = await place(world, gateway, placing);
  await untilFact(world, order, 'create: created');
  if (gateway === 'alipay') await world.sandbox.scan(order.merchantNo);
  return order;
}

/** The same, paid and sold. */
export async function paidOrder(world: World, gateway: Provider): Promise<RacingOrder> {
  const order = await placed(world, gateway);
  expect(await world.sandbox.pay(order.merchantNo)).toMatchObject({ accepted: true });
  await untilStatus(world, order.id, 'paid');
  return order;
}

/** Where the stock is, and the moves that may have brought it there: each exactly once. */
const STOCK = {
  held: { counters: [ON_SALE - ORDERED, ORDERED, 0], moves: ['hold'] },
  sold: { counters: [ON_SALE - ORDERED, 0, ORDERED], moves: ['hold', 'confirm'] },
  returned: { counters: [ON_SALE, 0, 0], moves: ['hold', 'release'] },
} as const;

/** A race's end, as the table of races has it. */
export interface RaceEnd {
  readonly order: 'awaiting_payment' | 'closing' | 'paid' | 'cancelled' | 'refunding' | 'refunded';
  readonly payment: 'creating' | 'pending' | 'paid' | 'closed' | 'refunded';
  readonly stock: keyof typeof STOCK;
  /** What the provider's own ledger tells of the payment, without notifications. */
  readonly gateway: readonly string[];
  /** Fen that went back, refund by refund, by the provider's ledger; none unless given. */
  readonly refunds?: readonly number[];
}

export const PAID: RaceEnd = { order: 'paid', payment: 'paid', stock: 'sold', gateway: ['created', 'paid'] };
export const CANCELLED: RaceEnd = {
  order: 'cancelled',
  payment: 'closed',
  stock: 'returned',
  gateway: ['created', 'closed'],
};

/** Waits for the order's end, and holds order, payment, stock, its ledger and the provider's ledger against it. */
export async function expectEnd(world: World, order: RacingOrder, end: RaceEnd): Promise<OrderJson> {
  const found = await untilStatus(world, order.id, end.order);
  const { available, reserved, sold } = await world.api.stock(order.skuId);
  const moves = (await world.api.timeline(order.id)).filter(({ kind }) => kind === 'stock').map(({ what }) => what);
  const { counters, moves: due } = STOCK[end.stock];
  expect({
    payment: found.payment?.status,
    stock: [available, reserved, sold],
    moves,
    gateway: await world.sandbox.story(order.merchantNo),
    refunds: await refundsOf(world, order.merchantNo),
    announcedPaid: await world.prisma.outbox.count({ where: { orderId: order.id, type: 'OrderPaid' } }),
  }).toEqual({
    payment: end.payment,
    stock: counters,
    moves: due,
    gateway: end.gateway,
    refunds: end.refunds ?? [],
    announcedPaid: end.stock === 'sold' ? 1 : 0,
  });
  return found;
}

/** While nothing is proved, the units stay with the order. */
export async function expectStillHeld(world: World, { id, skuId }: RacingOrder): Promise<void> {
  expect(await world.api.stock(skuId)).toMatchObject({ available: ON_SALE - ORDERED, reserved: ORDERED, sold: 0 });
  expect(['awaiting_payment', 'closing']).toContain((await world.api.order(id)).status);
}

/** Fen that went back, refund by refund, by the provider's ledger. */
export async function refundsOf({ sandbox }: World, merchantNo: string): Promise<number[]> {
  const rows = await sandbox.ledger(merchantNo);
  return rows.filter(({ kind }) => kind === 'refunded').map(({ amount }) => amount.minor);
}

/** Asks for a refund, of the whole unless `amount` says how many fen; answers its id. */
export async function askRefund({ api }: World, { id }: RacingOrder, amount?: number): Promise<string> {
  const body = { reason: 'race', ...(amount === undefined ? {} : { amount }) };
  const headers = { 'idempotency-key': `${id}-${amount ?? 'all'}` };
  const answer = await api.call<{ id: string }>('POST', `/v1/orders/${id}/refunds`, body, headers);
  expect(answer.status).toBe(201);
  return answer.body.id;
}

/** Waits until the timeline has such a fact, e.g. `close: unknown`. */
export function untilFact({ api }: World, { id }: RacingOrder, what: string) {
  return until(`${what} is told of ${id}`, async () => (await api.timeline(id)).some((fact) => fact.what === what));
}

/** Waits until the order's faults have all hit: what they hold back is under way. */
export function untilHit({ sandbox }: World, { merchantNo }: RacingOrder) {
  return until(`the faults on ${merchantNo} hit`, async () =>
    (await sandbox.armed()).every(({ match }) => match.merchantNo !== merchantNo),
  );
}

/** Waits until a person is told of it. */
export function untilAlert({ logged }: World, alert: string, about: string) {
  return until(`alert ${alert} about ${about}`, () =>
    logged.some((line) => line.includes(`"alert":"${alert}"`) && line.includes(about)),
  );
}
