import { CART_LIMITS, CartsLeft, type CartItem } from '../../../src/domain/cart';
import { HoldfastError } from '../../../src/domain/errors';
import { normaliseLines, type StockLine } from '../../../src/domain/stock';
import { type CartStore, type SetLineOutcome } from '../../../src/ports/cart-store';
import { type Sku } from '../../../src/ports/catalogue';

/** Carts in memory. */
export class FakeCarts implements CartStore {
  private readonly carts = new Map<string, Map<string, number>>();

  constructor(private readonly catalogue: { readonly skus: ReadonlyMap<string, Sku> }) {}

  read(buyerId: string): Promise<CartItem[]> {
    return Promise.resolve(
      this.lines(buyerId).map((line) => ({ ...line, sku: this.catalogue.skus.get(line.skuId) ?? null })),
    );
  }

  setLine(buyerId: string, skuId: string, quantity: number): Promise<SetLineOutcome> {
    const cart = this.carts.get(buyerId) ?? new Map<string, number>();
    this.carts.set(buyerId, cart);
    if (quantity === 0) cart.delete(skuId);
    else if (!this.catalogue.skus.has(skuId)) return Promise.resolve('noSku');
    else if (!cart.has(skuId) && cart.size >= CART_LIMITS.lines) return Promise.resolve('full');
    else cart.set(skuId, quantity);
    return Promise.resolve('set');
  }

  clear(buyerId: string): Promise<void> {
    this.carts.delete(buyerId);
    return Promise.resolve();
  }

  /** Throws `cart_changed` unless the cart holds the lines. */
  check(buyerId: string, lines: readonly StockLine[]): void {
    if (!new CartsLeft(new Map([[buyerId, this.lines(buyerId)]])).covers(buyerId, normaliseLines(lines)))
      throw new HoldfastError('cart_changed');
  }

  take(buyerId: string, lines: readonly StockLine[]): void {
    const cart = this.carts.get(buyerId);
    for (const { skuId, quantity } of lines) {
      const rest = (cart?.get(skuId) ?? 0) - quantity;
      if (rest > 0) cart?.set(skuId, rest);
      else cart?.delete(skuId);
    }
  }

  private lines(buyerId: string): StockLine[] {
    return [...(this.carts.get(buyerId) ?? [])].map(([skuId, quantity]) => ({ skuId, quantity }));
  }
}
