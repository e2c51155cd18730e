import { nameOf } from '../../../src/telemetry/tracing/spans';

describe('the name of a statement', () => {
  it.each([
    ['SELECT "public"."orders"."id" FROM "public"."orders" WHERE "id" = $1', 'SELECT', 'orders'],
    ['INSERT INTO start_intents (kind) VALUES ($1)', 'INSERT', 'start_intents'],
    ['UPDATE "public"."payments" SET "status" = $1', 'UPDATE', 'payments'],
    ['\n  WITH standing AS (SELECT id FROM orders WHERE id = $1 FOR UPDATE) SELECT 1', 'WITH', 'orders'],
    ['BEGIN', 'BEGIN', ''],
    ["SELECT 'buyer_1'", 'SELECT', ''],
  ])('%s', (sql, verb, table) => {
    expect(nameOf(sql)).toEqual({ verb, table });
  });
});
