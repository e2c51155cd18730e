import { type CartView } from '../../src/domain/cart';
import { type Answer, type OrderJson } from './api-client';
import { type World } from './world';

/** Carts of a world, over HTTP. */
export class Carts {
  private buyers = 0;

  constructor(private readonly world: World) {}

  newBuyer(): string {
    this.buyers += 1;
    return `buyer_cart_${this.buyers}`;
  }

  /** A buyer with a cart of one line. */
  async filled(quantity = 2, stock = 100, price = 1999): Promise<{ buyerId: string; skuId: string }> {
    const [buyerId, skuId] = [this.newBuyer(), await this.world.api.addSku(stock, price)];
    await this.put(buyerId, skuId, quantity);
    return { buyerId, skuId };
  }

  async read(buyerId: string): Promise<CartView> {
    return (await this.world.api.call<CartView>('GET', `/v1/carts/${buyerId}`)).body;
  }

  /** How many of each SKU are in it. */
  async contents(buyerId: string): Promise<Record<string, number>> {
    return Object.fromEntries((await this.read(buyerId)).lines.map(({ skuId, quantity }) => [skuId, quantity]));
  }

  put(buyerId: string, skuId: string, quantity: number): Promise<Answer<CartView>> {
    return this.world.api.call('PUT', `/v1/carts/${buyerId}/lines/${skuId}`, { quantity });
  }

  checkout(buyerId: string, key?: string, body: object = {}): Promise<Answer<OrderJson>> {
    const headers: Record<string, string> = key === undefined ? {} : { 'idempotency-key': key };
    return this.world.api.call('POST', `/v1/carts/${buyerId}/checkout`, body, headers);
  }
}
