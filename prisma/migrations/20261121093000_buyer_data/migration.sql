-- What SKUs ask their buyers for, and what buyers filled in: sealed with a key per buyer.

ALTER TABLE "skus" ADD COLUMN "required_form" JSONB NOT NULL DEFAULT '[]';

CREATE TABLE "buyer_keys" (
    "buyer_id" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "wrapped_key" BYTEA,
    "master_key_id" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT clock_timestamp(),
    "destroyed_at" TIMESTAMPTZ(6),

    CONSTRAINT "buyer_keys_pkey" PRIMARY KEY ("buyer_id", "version"),
    -- What is destroyed is gone, and what is gone says when.
    CONSTRAINT "buyer_keys_destroyed" CHECK (("wrapped_key" IS NULL) = ("destroyed_at" IS NOT NULL))
);
-- A buyer has one living key at a time, however many first orders come at once.
CREATE UNIQUE INDEX "buyer_keys_one_living" ON "buyer_keys" ("buyer_id") WHERE "destroyed_at" IS NULL;
-- For the check at start that every master key in use is configured.
CREATE INDEX "buyer_keys_living_by_master_key" ON "buyer_keys" ("master_key_id") WHERE "destroyed_at" IS NULL;

CREATE TABLE "order_personal_data" (
    "order_id" TEXT NOT NULL,
    "buyer_id" TEXT NOT NULL,
    "key_version" INTEGER NOT NULL,
    "sealed" BYTEA NOT NULL,

    CONSTRAINT "order_personal_data_pkey" PRIMARY KEY ("order_id"),
    CONSTRAINT "order_personal_data_order_id_fkey" FOREIGN KEY ("order_id") REFERENCES "orders"("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "order_personal_data_buyer_id_key_version_fkey" FOREIGN KEY ("buyer_id", "key_version") REFERENCES "buyer_keys"("buyer_id", "version") ON DELETE RESTRICT ON UPDATE CASCADE
);
CREATE INDEX "order_personal_data_buyer_id_idx" ON "order_personal_data" ("buyer_id");
