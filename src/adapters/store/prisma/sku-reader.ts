import { type Page, type Sku, type SkuQuery } from '../../../ports/catalogue';
import { type SkuReader, type SkuReading } from '../../../ports/sku-cache';
import { pageQuery, toSku, WHOLE_SKU } from './catalogue';
import { pageOf } from './cursor';
import { type PrismaClient } from './generated/client';

/** Reads SKUs for the cache. */
export class PrismaSkuReader implements SkuReader {
  constructor(private readonly prisma: PrismaClient) {}

  async read(ids: readonly string[]): Promise<SkuReading> {
    // A statement of its own: the snapshot of the one that reads must not be older than the ticket.
    const [row] = await this.prisma.$queryRaw<{ ticket: bigint }[]>`SELECT nextval('sku_read_tickets') AS ticket`;
    const rows = await this.prisma.sku.findMany({ where: { id: { in: [...ids] } }, include: WHOLE_SKU });
    return { ticket: Number(row?.ticket), skus: rows.map(toSku) };
  }

  async page(query: SkuQuery): Promise<Page<Pick<Sku, 'id'>>> {
    return pageOf(await this.prisma.sku.findMany({ ...pageQuery(query), select: { id: true } }), query.limit);
  }
}
