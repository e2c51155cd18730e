-- Points: a balance that this service keeps itself.

CREATE TABLE "points_accounts" (
    "buyer_id" TEXT NOT NULL,
    "balance" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "points_accounts_pkey" PRIMARY KEY ("buyer_id"),
    CONSTRAINT "points_accounts_not_negative" CHECK ("balance" >= 0)
);

CREATE TABLE "points_ledger" (
    "id" BIGSERIAL NOT NULL,
    "buyer_id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "reference" TEXT NOT NULL,
    "delta" BIGINT NOT NULL,
    "balance_after" BIGINT NOT NULL,
    "merchant_no" TEXT,
    "currency" CHAR(3),
    "reason" TEXT,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT clock_timestamp(),

    CONSTRAINT "points_ledger_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "points_ledger_sign" CHECK (
      CASE "kind" WHEN 'spend' THEN "delta" <= 0 WHEN 'close' THEN "delta" = 0 WHEN 'refund' THEN "delta" > 0
                  WHEN 'adjust' THEN "delta" <> 0 ELSE FALSE END),
    CONSTRAINT "points_ledger_payment" CHECK (
      ("kind" = 'adjust') = ("merchant_no" IS NULL) AND ("kind" = 'adjust') = ("currency" IS NULL)),
    CONSTRAINT "points_ledger_not_negative" CHECK ("balance_after" >= 0)
);
CREATE UNIQUE INDEX "points_ledger_kind_reference_key" ON "points_ledger"("kind", "reference");
CREATE INDEX "points_ledger_buyer_id_id_idx" ON "points_ledger"("buyer_id", "id");
CREATE INDEX "points_ledger_merchant_no_idx" ON "points_ledger"("merchant_no");
-- A payment is spent or closed, once, and never both.
CREATE UNIQUE INDEX "points_ledger_settled_once" ON "points_ledger" ("merchant_no") WHERE "kind" IN ('spend', 'close');
