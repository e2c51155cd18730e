-- Promotions, held like stock; points, held from placing on.

CREATE TABLE "promotions" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "starts_at" TIMESTAMPTZ(3) NOT NULL,
    "ends_at" TIMESTAMPTZ(3) NOT NULL,
    "discount_basis_points" INTEGER NOT NULL,
    "sku_ids" TEXT[] NOT NULL,
    "store_ids" TEXT[] NOT NULL,
    "per_buyer_limit" INTEGER,
    "total_quota" INTEGER,
    "counts" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT clock_timestamp(),

    CONSTRAINT "promotions_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "promotions_window" CHECK ("starts_at" < "ends_at"),
    CONSTRAINT "promotions_discount" CHECK ("discount_basis_points" BETWEEN 0 AND 10000),
    CONSTRAINT "promotions_counts" CHECK ("counts" IN ('orders', 'units'))
);

-- The counters apart from the rules: a narrow, hot row, as stock has it.
CREATE TABLE "promotion_use" (
    "promotion_id" TEXT NOT NULL,
    "held" INTEGER NOT NULL DEFAULT 0,
    "used" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "promotion_use_pkey" PRIMARY KEY ("promotion_id"),
    CONSTRAINT "promotion_use_promotion_id_fkey" FOREIGN KEY ("promotion_id") REFERENCES "promotions"("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "promotion_use_not_negative" CHECK ("held" >= 0 AND "used" >= 0)
);
ALTER TABLE "promotion_use" SET (fillfactor = 50);

CREATE TABLE "promotion_buyers" (
    "promotion_id" TEXT NOT NULL,
    "buyer_id" TEXT NOT NULL,
    "held" INTEGER NOT NULL DEFAULT 0,
    "used" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "promotion_buyers_pkey" PRIMARY KEY ("promotion_id", "buyer_id"),
    CONSTRAINT "promotion_buyers_promotion_id_fkey" FOREIGN KEY ("promotion_id") REFERENCES "promotions"("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "promotion_buyers_not_negative" CHECK ("held" >= 0 AND "used" >= 0)
);

CREATE TABLE "promotion_ledger" (
    "id" BIGSERIAL NOT NULL,
    "reference" TEXT NOT NULL,
    "order_id" TEXT NOT NULL,
    "promotion_id" TEXT NOT NULL,
    "buyer_id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "quantity" INTEGER NOT NULL,
    "held_delta" INTEGER NOT NULL,
    "used_delta" INTEGER NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT clock_timestamp(),

    CONSTRAINT "promotion_ledger_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "promotion_ledger_kind" CHECK ("kind" IN ('hold', 'confirm', 'release')),
    CONSTRAINT "promotion_ledger_quantity_positive" CHECK ("quantity" > 0)
);
CREATE UNIQUE INDEX "promotion_ledger_reference_kind_key" ON "promotion_ledger"("reference", "kind");
CREATE INDEX "promotion_ledger_promotion_id_id_idx" ON "promotion_ledger"("promotion_id", "id");
CREATE INDEX "promotion_ledger_order_id_idx" ON "promotion_ledger"("order_id");
-- A hold is settled once: confirmed or released, never both.
CREATE UNIQUE INDEX "promotion_ledger_settled_once" ON "promotion_ledger" ("reference") WHERE "kind" IN ('confirm', 'release');

ALTER TABLE "orders" ADD COLUMN "promotion_id" TEXT;
ALTER TABLE "order_lines"
  ADD COLUMN "discount_basis_points" INTEGER NOT NULL DEFAULT 0,
  ADD CONSTRAINT "order_lines_discount" CHECK ("discount_basis_points" BETWEEN 0 AND 10000);

-- Points set aside by open orders; the balance is what can be spent.
ALTER TABLE "points_accounts"
  ADD COLUMN "held" BIGINT NOT NULL DEFAULT 0,
  ADD CONSTRAINT "points_accounts_held_not_negative" CHECK ("held" >= 0);
ALTER TABLE "points_ledger"
  DROP CONSTRAINT "points_ledger_sign",
  ADD CONSTRAINT "points_ledger_sign" CHECK (
    CASE "kind" WHEN 'hold' THEN "delta" < 0 WHEN 'release' THEN "delta" > 0 WHEN 'spend' THEN "delta" <= 0
                WHEN 'close' THEN "delta" = 0 WHEN 'refund' THEN "delta" > 0 WHEN 'adjust' THEN "delta" <> 0
                ELSE FALSE END);
