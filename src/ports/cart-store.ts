import { type CartItem } from '../domain/cart';

/** `full`: another line would be more than an order may have. */
export type SetLineOutcome = 'set' | 'noSku' | 'full';

/**
 * What buyers mean to order. A cart promises nothing: neither price nor stock is held before an order is placed, and
 * placing (`Placing.fromCart`) is what takes lines out of it.
 */
export interface CartStore {
  /** The lines in the order in which they were added; none of a buyer who has no cart. */
  read(buyerId: string): Promise<CartItem[]>;
  /** The line holds `quantity` from now on, however often it is repeated; 0 removes it. */
  setLine(buyerId: string, skuId: string, quantity: number): Promise<SetLineOutcome>;
  clear(buyerId: string): Promise<void>;
}
