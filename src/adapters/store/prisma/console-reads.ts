import { type ConsoleReads, type EventSearch, type OrderSearch, type PageQuery } from '../../../ports/console-reads';
import { readDeadEvents, readLedger, readPromotionUses, searchEvents, searchSkus, sumLedger } from './console-lists';
import { lookInside, searchOrders } from './console-orders';
import { readGatewayHealth, readStanding } from './console-standing';
import { type PrismaClient } from './generated/client';

/** The console's reads, each bounded by an index, a page or a sample, so that looking costs the shop next to nothing. */
export class PrismaConsoleReads implements ConsoleReads {
  constructor(private readonly prisma: PrismaClient) {}

  orders(search: OrderSearch) {
    return searchOrders(this.prisma, search);
  }

  order(orderId: string) {
    return lookInside(this.prisma, orderId);
  }

  overview() {
    return readStanding(this.prisma);
  }

  skus(query: Parameters<ConsoleReads['skus']>[0]) {
    return searchSkus(this.prisma, query);
  }

  ledgerSums(skuId: string) {
    return sumLedger(this.prisma, skuId);
  }

  ledger(skuId: string, query: PageQuery) {
    return readLedger(this.prisma, skuId, query);
  }

  promotionUses(promotionId: string, query: PageQuery) {
    return readPromotionUses(this.prisma, promotionId, query);
  }

  events(search: EventSearch) {
    return searchEvents(this.prisma, search);
  }

  deadEvents() {
    return readDeadEvents(this.prisma);
  }

  gatewayHealth(now: number) {
    return readGatewayHealth(this.prisma, now);
  }
}
