import {
  type Catalogue,
  type AdjustedSku,
  type NewSku,
  type Page,
  type Sku,
  type SkuChange,
  type SkuQuery,
} from '../../../ports/catalogue';
import { type RequiredForm } from '../../../domain/buyer-fields';
import { type NewId } from '../../../domain/ids';
import { type IdempotencyKey, type KeyRefusal } from '../../../ports/idempotency';
import { type AdjustRequest } from '../../../ports/stock-store';
import { type Sql, TRANSACTION_LIMITS } from './client';
import { decodeCursor, pageOf } from './cursor';
import { announce } from './events';
import { type Prisma, type PrismaClient } from './generated/client';
import { answerOnce } from './idempotency';
import { adjustIn } from './stock-store';

/** What a SKU is read with. */
export const WHOLE_SKU = { stock: true, product: { select: { onShelf: true } } } as const satisfies Prisma.SkuInclude;

type SkuRow = Prisma.SkuGetPayload<{ include: typeof WHOLE_SKU }>;

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
      const created = toSku(await tx.sku.findUniqueOrThrow({ where: { id: sku.id }, include: WHOLE_SKU }));
      await announce(tx, this.newId, 'SkuCreated', null, { ...told(created), initialStock: available, unlimited });
      return created;
    }, TRANSACTION_LIMITS);
  }

  update(id: string, change: SkuChange): Promise<Sku | null> {
    return this.prisma.$transaction(async (tx) => {
      if (!(await tx.sku.findUnique({ where: { id }, select: { id: true } }))) return null;
      await upsertProduct(tx, change);
      // Product before SKU, as in the product's own change: of two changes at once, the later event tells the later fact.
      await tx.$queryRaw`SELECT 1 FROM products WHERE id = ${change.productId} FOR SHARE`;
      const sku = toSku(await tx.sku.update({ where: { id }, data: columns(change), include: WHOLE_SKU }));
      await announce(tx, this.newId, 'SkuChanged', null, told(sku));
      return sku;
    }, TRANSACTION_LIMITS);
  }

  async find(id: string): Promise<Sku | null> {
    const row = await this.prisma.sku.findUnique({ where: { id }, include: WHOLE_SKU });
    return row && toSku(row);
  }

  async list(query: SkuQuery): Promise<Page<Sku>> {
    const rows = await this.prisma.sku.findMany({ ...pageQuery(query), include: WHOLE_SKU });
    return pageOf(rows.map(toSku), query.limit);
  }

  adjustStock(request: AdjustRequest, key: IdempotencyKey | null): Promise<AdjustedSku | KeyRefusal> {
    return this.prisma.$transaction(
      (tx) => answerOnce(tx, key, request.reference, () => this.adjustOnce(tx, request)),
      TRANSACTION_LIMITS,
    );
  }

  private async adjustOnce(tx: Sql, request: AdjustRequest): Promise<AdjustedSku> {
    const outcome = await adjustIn(tx, request);
    if (outcome !== 'done' && outcome !== 'already') return { t: outcome };
    const { skuId, delta, reason, reference } = request;
    if (outcome === 'done') await announce(tx, this.newId, 'StockAdjusted', null, { skuId, delta, reason, reference });
    return { t: 'adjusted', sku: toSku(await tx.sku.findUniqueOrThrow({ where: { id: skuId }, include: WHOLE_SKU })) };
  }
}

function columns({ productId, title, price, onShelf, requiredForm }: SkuChange) {
  return {
    productId,
    title,
    price: price.minor,
    currency: price.currency,
    onShelf,
    ...(requiredForm && { requiredForm: requiredForm as unknown as Prisma.InputJsonArray }),
  };
}

/** Which SKUs a page has, and one more. Throws `validation_failed` for a cursor that is none. */
export function pageQuery({ productId, onShelf, cursor, limit }: SkuQuery) {
  return {
    where: {
      ...(productId === undefined ? {} : { productId }),
      ...(onShelf === undefined ? {} : { onShelf }),
      ...(cursor === null ? {} : { id: { gt: decodeCursor(cursor) } }),
    },
    orderBy: { id: 'asc' },
    take: limit + 1,
  } as const satisfies Prisma.SkuFindManyArgs;
}

/** What the events tell of a SKU. */
export function told({ id: skuId, productId, title, price, onShelf, onSale }: Sku) {
  return { skuId, productId, title, price, onShelf, onSale };
}

/** A SKU brings its product along; a product that is there keeps its title. */
async function upsertProduct(tx: Sql, { productId, title }: SkuChange): Promise<void> {
  await tx.product.createMany({ data: { id: productId, title }, skipDuplicates: true });
}

export function toSku(row: SkuRow): Sku {
  const { available = 0, reserved = 0, sold = 0, unlimited = false } = row.stock ?? {};
  return {
    id: row.id,
    productId: row.productId,
    title: row.title,
    price: { minor: Number(row.price), currency: row.currency },
    onShelf: row.onShelf,
    onSale: row.onShelf && row.product.onShelf,
    requiredForm: row.requiredForm as unknown as RequiredForm,
    stock: { available, reserved, sold, unlimited },
  };
}
