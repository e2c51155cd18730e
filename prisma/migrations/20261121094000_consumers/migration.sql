-- What the consumers of events keep, points earned, and the order in which SKUs are read for the cache.

CREATE TABLE "consumer_events" (
    "consumer" TEXT NOT NULL,
    "event_id" TEXT NOT NULL,
    "handled_at" TIMESTAMPTZ(6) NOT NULL DEFAULT clock_timestamp(),

    CONSTRAINT "consumer_events_pkey" PRIMARY KEY ("consumer", "event_id")
);

CREATE TABLE "shipping_notices" (
    "order_id" TEXT NOT NULL,
    "children" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT clock_timestamp(),

    CONSTRAINT "shipping_notices_pkey" PRIMARY KEY ("order_id")
);

CREATE TABLE "points_awards" (
    "order_id" TEXT NOT NULL,
    "buyer_id" TEXT NOT NULL,
    "paid" BIGINT NOT NULL,
    "earned" BIGINT,
    "refunded" BIGINT NOT NULL DEFAULT 0,
    "taken_back" BIGINT NOT NULL DEFAULT 0,
    "short" BIGINT NOT NULL DEFAULT 0,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT clock_timestamp(),

    CONSTRAINT "points_awards_pkey" PRIMARY KEY ("order_id"),
    CONSTRAINT "points_awards_not_negative" CHECK (
      "paid" >= 0 AND coalesce("earned", 0) >= 0 AND "refunded" >= 0 AND "taken_back" >= 0 AND "short" >= 0),
    -- Never more goes back than was earned.
    CONSTRAINT "points_awards_taken_back" CHECK ("taken_back" + "short" <= coalesce("earned", 0))
);
-- What a shop may still want to collect.
CREATE INDEX "points_awards_short" ON "points_awards" ("buyer_id") WHERE "short" > 0;

CREATE TABLE "profit_shares" (
    "order_id" TEXT NOT NULL,
    "referrer_id" TEXT NOT NULL,
    "amount" BIGINT NOT NULL,
    "currency" CHAR(3) NOT NULL,
    "lines" JSONB NOT NULL,
    "recorded_at" TIMESTAMPTZ(6) NOT NULL DEFAULT clock_timestamp(),
    "reported_at" TIMESTAMPTZ(6),

    CONSTRAINT "profit_shares_pkey" PRIMARY KEY ("order_id")
);
CREATE INDEX "profit_shares_referrer_id_idx" ON "profit_shares"("referrer_id");

-- Earned on payment, taken back on refund: points that no payment in points stands behind.
ALTER TABLE "points_ledger"
  DROP CONSTRAINT "points_ledger_sign",
  DROP CONSTRAINT "points_ledger_payment",
  ADD CONSTRAINT "points_ledger_sign" CHECK (
    CASE "kind" WHEN 'hold' THEN "delta" < 0 WHEN 'release' THEN "delta" > 0 WHEN 'spend' THEN "delta" <= 0
                WHEN 'close' THEN "delta" = 0 WHEN 'refund' THEN "delta" > 0 WHEN 'adjust' THEN "delta" <> 0
                WHEN 'earn' THEN "delta" > 0 WHEN 'take_back' THEN "delta" <= 0 ELSE FALSE END),
  ADD CONSTRAINT "points_ledger_payment" CHECK (
    ("kind" IN ('adjust', 'earn', 'take_back')) = ("merchant_no" IS NULL)
    AND ("kind" IN ('adjust', 'earn', 'take_back')) = ("currency" IS NULL));

-- Drawn before SKUs are read for the cache: what was read with a later one saw all that was committed before it.
CREATE SEQUENCE "sku_read_tickets";
