import { PrismaStockStore } from '../../src/adapters/store/prisma/stock-store';
import { prismaStockUnderTest } from './prisma-stock-under-test';
import { stockStoreSuite } from './stock-store.suite';

stockStoreSuite('PostgreSQL', () => prismaStockUnderTest('stock store', (prisma) => new PrismaStockStore(prisma)));
