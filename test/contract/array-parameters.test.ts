import { arrayOf, createPrisma } from '../../src/adapters/store/prisma/client';
import { type PrismaClient } from '../../src/adapters/store/prisma/generated/client';
import { createTestDatabase, type TestDatabase } from '../support/database';

describe('a parameter that is the text of an array', () => {
  let database: TestDatabase;
  let prisma: PrismaClient;
  beforeAll(async () => {
    database = await createTestDatabase('array_parameters');
    prisma = createPrisma(database.url);
  });
  afterAll(async () => {
    await prisma.$disconnect();
    await database.drop();
  });

  it.each([
    ['texts', ['a"b', 'c\\d', '\\"', '{e,f}', 'NULL', '', ' g ', "h'i", 'line\nbreak', '茶']],
    ['texts that need nothing escaped', ['ord_1', 'ord_2']],
    ['no texts', []],
  ])('is read by PostgreSQL as what it was made of: %s', async (_, values) => {
    expect(await prisma.$queryRaw`SELECT ${arrayOf(values)}::text[] AS read`).toEqual([{ read: values }]);
  });

  it('is read as numbers, too', async () => {
    expect(await prisma.$queryRaw`SELECT ${arrayOf([3, -4])}::int[] AS read`).toEqual([{ read: [3, -4] }]);
  });

  it('with a character that PostgreSQL has not is refused as any text with it is', async () => {
    await expect(prisma.$queryRaw`SELECT ${arrayOf(['a\0b'])}::text[]`).rejects.toMatchObject({
      meta: { driverAdapterError: { cause: { originalCode: '22021' } } },
    });
  });
});
