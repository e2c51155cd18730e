import { defineConfig } from 'prisma/config';

/**
 * For the Prisma command line only (generate, validate, studio); the service applies its migrations itself, see
 * src/adapters/store/prisma/migrate.ts. `generate` needs no database, so the address may be missing there.
 */
export default defineConfig({
  schema: 'prisma/schema.prisma',
  migrations: { path: 'prisma/migrations' },
  datasource: { url: process.env['DATABASE_URL'] ?? '' },
});
