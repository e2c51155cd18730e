import { type NewId } from '../../../domain/ids';
import {
  type NewProduct,
  type Page,
  type Product,
  type ProductChange,
  type ProductQuery,
  type Products,
} from '../../../ports/catalogue';
import { told, toSku, WHOLE_SKU } from './catalogue';
import { type Sql, TRANSACTION_LIMITS } from './client';
import { decodeCursor, pageOf } from './cursor';
import { announceAll, eventRow } from './events';
import { type Prisma, type PrismaClient } from './generated/client';

const WITH_SKUS = { skus: { select: { id: true }, orderBy: { id: 'asc' } } } as const satisfies Prisma.ProductInclude;

type ProductRow = Prisma.ProductGetPayload<{ include: typeof WITH_SKUS }>;

/** Products in PostgreSQL. */
export class PrismaProducts implements Products {
  constructor(
    private readonly prisma: PrismaClient,
    private readonly newId: NewId,
  ) {}

  async create(product: NewProduct): Promise<Product | 'exists'> {
    const { count } = await this.prisma.product.createMany({ data: { ...product }, skipDuplicates: true });
    if (count === 0) return 'exists';
    return toProduct(await this.prisma.product.findUniqueOrThrow({ where: { id: product.id }, include: WITH_SKUS }));
  }

  update(id: string, { title, onShelf }: ProductChange): Promise<Product | null> {
    return this.prisma.$transaction(async (tx) => {
      const [before] = await tx.$queryRaw<{ on_shelf: boolean }[]>`
        SELECT on_shelf FROM products WHERE id = ${id} FOR UPDATE`;
      if (!before) return null;
      const row = await tx.product.update({ where: { id }, data: { title, onShelf }, include: WITH_SKUS });
      if (before.on_shelf !== onShelf) await this.tellSkus(tx, id);
      return toProduct(row);
    }, TRANSACTION_LIMITS);
  }

  async find(id: string): Promise<Product | null> {
    const row = await this.prisma.product.findUnique({ where: { id }, include: WITH_SKUS });
    return row && toProduct(row);
  }

  async list({ onShelf, cursor, limit }: ProductQuery): Promise<Page<Product>> {
    const rows = await this.prisma.product.findMany({
      where: {
        ...(onShelf === undefined ? {} : { onShelf }),
        ...(cursor === null ? {} : { id: { gt: decodeCursor(cursor) } }),
      },
      include: WITH_SKUS,
      orderBy: { id: 'asc' },
      take: limit + 1,
    });
    return pageOf(rows.map(toProduct), limit);
  }

  /** Whether its SKUs are on sale has changed with the product. */
  private async tellSkus(tx: Sql, productId: string): Promise<void> {
    await tx.$queryRaw`SELECT 1 FROM skus WHERE product_id = ${productId} ORDER BY id FOR UPDATE`;
    const rows = await tx.sku.findMany({ where: { productId }, include: WHOLE_SKU, orderBy: { id: 'asc' } });
    await announceAll(
      tx,
      rows.map((row) => eventRow(this.newId, 'SkuChanged', null, told(toSku(row)))),
    );
  }
}

function toProduct({ id, title, onShelf, createdAt, skus }: ProductRow): Product {
  return { id, title, onShelf, createdAt: createdAt.toISOString(), skuIds: skus.map((sku) => sku.id) };
}
