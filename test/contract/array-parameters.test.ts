import { arrayOf, createPrisma } from '../../src/adapters/store/prisma/client';
import { createTestDatabase } from '../support/database';

describe('a parameter that is the text of an array', () => {
  it.each([
    ['texts', ['a"b', 'c\\d', '\\"', '{e,f}', 'NULL', '', ' g ', "h'i", 'line\nbreak', '茶']],
    ['texts that need nothing escaped', ['ord_1', 'ord_2']],
    ['no texts', []],
  ])('is read by PostgreSQL as what it was made of: %s', async (_, values) => {
    const database = await createTestDatabase('array_parameters');
    const prisma = createPrisma(database.url);
    const [row] = await prisma.$queryRaw<{ read: string[] }[]>`SELECT ${arrayOf(values)}::text[] AS read`;
    const numbers = await prisma.$queryRaw`SELECT ${arrayOf([3, -4])}::int[] AS read`;
    await prisma.$disconnect();
    await database.drop();
    expect(row?.read).toEqual(values);
    expect(numbers).toEqual([{ read: [3, -4] }]);
  });
});
