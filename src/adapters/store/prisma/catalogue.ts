import {
  type Catalogue,
  type AdjustedSku,
  type NewSku,
  type Page,
  type Sku,
  type SkuChange,
} from '../../../ports/catalogue';
import { type NewId } from '../../../domain/ids';
import { type IdempotencyKey, type KeyRefusal } from '../../../ports/idempotency';
import { type AdjustRequest } from '../../../ports/stock-store';
import { type Sql, TRANSACTION_LIMITS } from './client';
import { decodeCursor, pageOf } from './cursor';
import { eventRow } from './events';
import { type Prisma, type PrismaClient } from './generated/client';
import { answerKeys, claimKeys, keyOf } from './idempotency';
import { adjustIn } from './stock-store';

type SkuRow = Prisma.SkuGetPayload<{ include: { stock: true } }>;

/** SKUs in PostgreSQL; their counters change through the ledger only. */
export class PrismaCatalogue implements Catalogue {
  constructor(
    private readonly prisma: PrismaClient,
    private readonly newId: NewId,
  ) {}

  create(sku: NewSku): Promise<Sku | 'exists'> {
    return this.prisma.$transaction(async (tx) => {
      if (await tx.sku.findUnique({ where: { id: sku.id }, select: { id: true } })) return 'exists';
      await upsertProduct(tx, sku);
      const { count } = await tx.sku.createMany({ data: { id: sku.id, ...columns(sku) }, skipDuplicates: true });
      if (count === 0) return 'exists';
      const { initialStock: available, unlimited } = sku;
      await tx.stock.create({ data: { skuId: sku.id, available, unlimited } });
      await tx.stockLedger.create({
        data: {
          reference: sku.id,
          skuId: sku.id,
          kind: 'initial',
          quantity: available,
          availableDelta: available,
          reservedDelta: 0,
          soldDelta: 0,
        },
      });
      return toSku(await tx.sku.findUniqueOrThrow({ where: { id: sku.id }, include: { stock: true } }));
    }, TRANSACTION_LIMITS);
  }

  update(id: string, change: SkuChange): Promise<Sku | null> {
    return this.prisma.$transaction(async (tx) => {
      if (!(await tx.sku.findUnique({ where: { id }, select: { id: true } }))) return null;
      await upsertProduct(tx, change);
      return toSku(await tx.sku.update({ where: { id }, data: columns(change), include: { stock: true } }));
    }, TRANSACTION_LIMITS);
  }

  async find(id: string): Promise<Sku | null> {
    const row = await this.prisma.sku.findUnique({ where: { id }, include: { stock: true } });
    return row && toSku(row);
  }

  async list({ cursor, limit }: { cursor: string | null; limit: number }): Promise<Page<Sku>> {
    const rows = await this.prisma.sku.findMany({
      where: cursor === null ? {} : { id: { gt: decodeCursor(cursor) } },
      include: { stock: true },
      orderBy: { id: 'asc' },
      take: limit + 1,
    });
    return pageOf(rows.map(toSku), limit);
  }

  adjustStock(request: AdjustRequest, key: IdempotencyKey | null): Promise<AdjustedSku | KeyRefusal> {
    return this.prisma.$transaction(async (tx) => {
      if (!key) return this.adjustOnce(tx, request);
      const claim = { ...key, resourceId: request.reference };
      const state = (await claimKeys<AdjustedSku>(tx, [claim])).get(keyOf(key));
      if (state?.t === 'answered') return state.outcome;
      if (state?.t === 'reused' || state?.t === 'inProgress') return state;
      const outcome = await this.adjustOnce(tx, request);
      await answerKeys(tx, [{ ...key, outcome }]);
      return outcome;
    }, TRANSACTION_LIMITS);
  }

  private async adjustOnce(tx: Sql, request: AdjustRequest): Promise<AdjustedSku> {
    const outcome = await adjustIn(tx, request);
    if (outcome !== 'done' && outcome !== 'already') return { t: outcome };
    const { skuId, delta, reason, reference } = request;
    const { order_id: orderId, ...event } = eventRow(this.newId, 'StockAdjusted', null, {
      skuId,
      delta,
      reason,
      reference,
    });
    if (outcome === 'done') await tx.outbox.create({ data: { ...event, orderId } });
    return {
      t: 'adjusted',
      sku: toSku(await tx.sku.findUniqueOrThrow({ where: { id: skuId }, include: { stock: true } })),
    };
  }
}

function columns({ productId, title, price, onShelf }: SkuChange) {
  return { productId, title, price: price.minor, currency: price.currency, onShelf };
}

/** A SKU brings its product along; a product that is there keeps its title. */
async function upsertProduct(tx: Sql, { productId, title }: SkuChange): Promise<void> {
  await tx.product.createMany({ data: { id: productId, title }, skipDuplicates: true });
}

function toSku(row: SkuRow): Sku {
  const { available = 0, reserved = 0, sold = 0, unlimited = false } = row.stock ?? {};
  return {
    id: row.id,
    productId: row.productId,
    title: row.title,
    price: { minor: Number(row.price), currency: row.currency },
    onShelf: row.onShelf,
    stock: { available, reserved, sold, unlimited },
  };
}
