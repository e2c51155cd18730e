import { CART_LIMITS, type CartItem } from '../../../domain/cart';
import { type StockLine } from '../../../domain/stock';
import { type CartStore, type SetLineOutcome } from '../../../ports/cart-store';
import { toSku, WHOLE_SKU } from './catalogue';
import { type Sql, TRANSACTION_LIMITS } from './client';
import { type PrismaClient } from './generated/client';
import { lockCarts } from './place-carts';

/** Carts in PostgreSQL: a row per line, and one per buyer that is locked by whatever changes them. */
export class PrismaCarts implements CartStore {
  constructor(private readonly prisma: PrismaClient) {}

  async read(buyerId: string): Promise<CartItem[]> {
    const lines = await this.prisma.cartLine.findMany({
      where: { buyerId },
      orderBy: [{ addedAt: 'asc' }, { skuId: 'asc' }],
    });
    const skus = await this.prisma.sku.findMany({
      where: { id: { in: lines.map(({ skuId }) => skuId) } },
      include: WHOLE_SKU,
    });
    const known = new Map(skus.map((row) => [row.id, toSku(row)]));
    return lines.map(({ skuId, quantity }) => ({ skuId, quantity, sku: known.get(skuId) ?? null }));
  }

  setLine(buyerId: string, skuId: string, quantity: number): Promise<SetLineOutcome> {
    return this.prisma.$transaction(async (tx) => {
      const lines = await lockCart(tx, buyerId);
      if (quantity === 0) {
        await tx.cartLine.deleteMany({ where: { buyerId, skuId } });
        return 'set';
      }
      if (lines.filter((line) => line.skuId !== skuId).length >= CART_LIMITS.lines) return 'full';
      const written = await tx.$executeRaw`
        INSERT INTO cart_lines (buyer_id, sku_id, quantity) SELECT ${buyerId}, id, ${quantity} FROM skus WHERE id = ${skuId}
        ON CONFLICT (buyer_id, sku_id) DO UPDATE SET quantity = excluded.quantity`;
      return written === 0 ? 'noSku' : 'set';
    }, TRANSACTION_LIMITS);
  }

  async clear(buyerId: string): Promise<void> {
    await this.prisma.$transaction(async (tx) => {
      await lockCart(tx, buyerId);
      await tx.cartLine.deleteMany({ where: { buyerId } });
    }, TRANSACTION_LIMITS);
  }
}

/** Makes the cart unless it is there, locks it, and reads its lines. */
async function lockCart(tx: Sql, buyerId: string): Promise<readonly StockLine[]> {
  await tx.$executeRaw`INSERT INTO carts (buyer_id) VALUES (${buyerId}) ON CONFLICT DO NOTHING`;
  return (await lockCarts(tx, [buyerId])).get(buyerId) ?? [];
}
