import { DRAFT_LIMITS } from './draft';
import { MAX_MINOR, type Money } from './money';
import { type StockCounters, type StockLine } from './stock';

/** A cart must fit into one order. */
export const CART_LIMITS = { lines: DRAFT_LIMITS.lines, quantity: DRAFT_LIMITS.quantity } as const;

/** `short`: fewer than asked for; `off_shelf`: the SKU or its product is not on sale; `gone`: no SKU has the id any more. */
export const AVAILABILITIES = ['available', 'short', 'sold_out', 'off_shelf', 'gone'] as const;
export type Availability = (typeof AVAILABILITIES)[number];

/** A line of a cart beside what the catalogue says of its SKU now; null where there is no such SKU any more. */
export interface CartItem extends StockLine {
  readonly sku: {
    readonly title: string;
    readonly price: Money;
    /** Neither the SKU nor its product is off the shelf. */
    readonly onSale: boolean;
    readonly stock: StockCounters;
  } | null;
}

/** A line as the buyer sees it now. Nothing of it is promised before an order is placed. */
export interface CartLineView extends StockLine {
  readonly title: string | null;
  readonly unitPrice: Money | null;
  /** Unit price × quantity; null for what is not on sale, or comes to more than can be charged. */
  readonly amount: Money | null;
  readonly availability: Availability;
  /** Units that could be ordered now; null where there is no limit. */
  readonly available: number | null;
}

export interface CartView {
  readonly buyerId: string;
  readonly lines: readonly CartLineView[];
  /** Sum of the amounts; null where there are none, where their currencies mix, or beyond what can be charged. */
  readonly total: Money | null;
  readonly currency: string | null;
}

/** The cart at today's prices and stock. Whatever became of its SKUs, it can be shown. */
export function viewCart(buyerId: string, items: readonly CartItem[]): CartView {
  const lines = items.map(viewLine);
  const total = totalOf(lines.flatMap(({ amount }) => (amount ? [amount] : [])));
  return { buyerId, lines, total, currency: total?.currency ?? null };
}

function viewLine({ skuId, quantity, sku }: CartItem): CartLineView {
  const available = sku?.onSale ? (sku.stock.unlimited ? null : sku.stock.available) : 0;
  return {
    skuId,
    title: sku?.title ?? null,
    quantity,
    unitPrice: sku?.price ?? null,
    amount: sku?.onSale ? chargeable(sku.price.minor * quantity, sku.price.currency) : null,
    availability: sku ? availabilityOf(sku.onSale, available, quantity) : 'gone',
    available,
  };
}

function availabilityOf(onSale: boolean, available: number | null, quantity: number): Availability {
  if (!onSale) return 'off_shelf';
  if (available === null || available >= quantity) return 'available';
  return available === 0 ? 'sold_out' : 'short';
}

function totalOf(amounts: readonly Money[]): Money | null {
  const [first] = amounts;
  if (!first || amounts.some(({ currency }) => currency !== first.currency)) return null;
  return chargeable(
    amounts.reduce((sum, { minor }) => sum + minor, 0),
    first.currency,
  );
}

function chargeable(minor: number, currency: string): Money | null {
  return minor > MAX_MINOR ? null : { minor, currency };
}

/** What is left of carts while the orders of a batch take from them, in the order of arrival. */
export class CartsLeft {
  private readonly left: Map<string, Map<string, number>>;

  /** `carts`: the lines by buyer, as they are once locked. */
  constructor(carts: ReadonlyMap<string, readonly StockLine[]>) {
    this.left = new Map(
      [...carts].map(([buyerId, lines]) => [buyerId, new Map(lines.map(({ skuId, quantity }) => [skuId, quantity]))]),
    );
  }

  /** Whether the buyer's cart still holds all of the lines. `lines` must be normalised. */
  covers(buyerId: string, lines: readonly StockLine[]): boolean {
    return lines.every(({ skuId, quantity }) => this.quantityOf(buyerId, skuId) >= quantity);
  }

  /** The lines go into an order; `covers` must have said yes. */
  take(buyerId: string, lines: readonly StockLine[]): void {
    for (const { skuId, quantity } of lines)
      this.left.get(buyerId)?.set(skuId, this.quantityOf(buyerId, skuId) - quantity);
  }

  private quantityOf(buyerId: string, skuId: string): number {
    return this.left.get(buyerId)?.get(skuId) ?? 0;
  }
}
