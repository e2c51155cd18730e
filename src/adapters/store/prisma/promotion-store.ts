import { type Promotion } from '../../../domain/promotion';
import { type Page } from '../../../ports/catalogue';
import {
  type PromotionChange,
  type PromotionStore,
  type PromotionWithUse,
  type UnknownSkus,
} from '../../../ports/promotion-store';
import { type Sql, TRANSACTION_LIMITS } from './client';
import { decodeCursor, pageOf } from './cursor';
import { type Prisma, type PrismaClient } from './generated/client';
import { lockPromotions, toPromotion } from './promotion-statements';

const WITH_USE = { use: true } as const satisfies Prisma.PromotionInclude;

/** Promotions in PostgreSQL; their counters change with the orders that hold them, through the ledger. */
export class PrismaPromotionStore implements PromotionStore {
  constructor(private readonly prisma: PrismaClient) {}

  create({ id, counts, ...rules }: Promotion): Promise<PromotionWithUse | 'exists' | UnknownSkus> {
    return this.prisma.$transaction(async (tx) => {
      const unknown = await unknownSkus(tx, rules.skuIds);
      if (unknown) return unknown;
      const { count } = await tx.promotion.createMany({
        data: { id, counts, ...columns(rules) },
        skipDuplicates: true,
      });
      if (count === 0) return 'exists';
      await tx.promotionUse.create({ data: { promotionId: id } });
      return { id, counts, ...rules, use: { held: 0, used: 0 } };
    }, TRANSACTION_LIMITS);
  }

  update(id: string, change: PromotionChange): Promise<PromotionWithUse | null | UnknownSkus> {
    return this.prisma.$transaction(async (tx) => {
      if (!(await lockPromotions(tx, [id], [])).has(id)) return null;
      const unknown = await unknownSkus(tx, change.skuIds);
      if (unknown) return unknown;
      return withUse(await tx.promotion.update({ where: { id }, data: columns(change), include: WITH_USE }));
    }, TRANSACTION_LIMITS);
  }

  async find(id: string): Promise<PromotionWithUse | null> {
    const row = await this.prisma.promotion.findUnique({ where: { id }, include: WITH_USE });
    return row && withUse(row);
  }

  async list({ cursor, limit }: { cursor: string | null; limit: number }): Promise<Page<PromotionWithUse>> {
    const rows = await this.prisma.promotion.findMany({
      where: cursor === null ? {} : { id: { gt: decodeCursor(cursor) } },
      include: WITH_USE,
      orderBy: { id: 'asc' },
      take: limit + 1,
    });
    return pageOf(rows.map(withUse), limit);
  }
}

function columns({ skuIds, storeIds, ...rules }: PromotionChange) {
  return { ...rules, skuIds: [...skuIds], storeIds: [...storeIds] };
}

async function unknownSkus(tx: Sql, skuIds: readonly string[]): Promise<UnknownSkus | null> {
  const known = await tx.sku.findMany({ where: { id: { in: [...skuIds] } }, select: { id: true } });
  const there = new Set(known.map(({ id }) => id));
  const missing = skuIds.filter((skuId) => !there.has(skuId));
  return missing.length > 0 ? { t: 'unknownSkus', skuIds: missing } : null;
}

function withUse(row: Prisma.PromotionGetPayload<{ include: typeof WITH_USE }>): PromotionWithUse {
  const { held = 0, used = 0 } = row.use ?? {};
  return { ...toPromotion(row), use: { held, used } };
}
