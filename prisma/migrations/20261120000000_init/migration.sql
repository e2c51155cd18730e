-- Tables as in schema.prisma, followed by what Prisma's schema cannot say.

-- CreateTable
CREATE TABLE "products" (
    "id" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "products_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "skus" (
    "id" TEXT NOT NULL,
    "product_id" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "price" BIGINT NOT NULL,
    "currency" CHAR(3) NOT NULL,
    "on_shelf" BOOLEAN NOT NULL DEFAULT true,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "skus_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "stock" (
    "sku_id" TEXT NOT NULL,
    "available" INTEGER NOT NULL,
    "reserved" INTEGER NOT NULL DEFAULT 0,
    "sold" INTEGER NOT NULL DEFAULT 0,
    "unlimited" BOOLEAN NOT NULL DEFAULT false,

    CONSTRAINT "stock_pkey" PRIMARY KEY ("sku_id")
);

-- CreateTable
CREATE TABLE "stock_ledger" (
    "id" BIGSERIAL NOT NULL,
    "reference" TEXT NOT NULL,
    "order_id" TEXT,
    "sku_id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "quantity" INTEGER NOT NULL,
    "available_delta" INTEGER NOT NULL,
    "reserved_delta" INTEGER NOT NULL,
    "sold_delta" INTEGER NOT NULL,
    "reason" TEXT,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT clock_timestamp(),

    CONSTRAINT "stock_ledger_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "orders" (
    "id" TEXT NOT NULL,
    "buyer_id" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "amount" BIGINT NOT NULL,
    "currency" CHAR(3) NOT NULL,
    "pay_with" TEXT,
    "payment_window_seconds" INTEGER NOT NULL,
    "pay_by" TIMESTAMPTZ(3) NOT NULL,
    "store_id" TEXT,
    "referrer_id" TEXT,
    "note" TEXT,
    "close_reason" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "paid_at" TIMESTAMPTZ(3),
    "closed_at" TIMESTAMPTZ(3),

    CONSTRAINT "orders_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "order_lines" (
    "order_id" TEXT NOT NULL,
    "position" SMALLINT NOT NULL,
    "child_id" TEXT NOT NULL,
    "sku_id" TEXT NOT NULL,
    "product_id" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "quantity" INTEGER NOT NULL,
    "unit_price" BIGINT NOT NULL,
    "amount" BIGINT NOT NULL,

    CONSTRAINT "order_lines_pkey" PRIMARY KEY ("order_id","position")
);

-- CreateTable
CREATE TABLE "payments" (
    "id" TEXT NOT NULL,
    "order_id" TEXT NOT NULL,
    "attempt" SMALLINT NOT NULL,
    "gateway" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "merchant_no" TEXT NOT NULL,
    "amount" BIGINT NOT NULL,
    "currency" CHAR(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "pay_url" TEXT,
    "code_url" TEXT,
    "transaction_id" TEXT,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT clock_timestamp(),
    "paid_at" TIMESTAMPTZ(3),

    CONSTRAINT "payments_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "order_facts" (
    "id" BIGSERIAL NOT NULL,
    "order_id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "what" TEXT NOT NULL,
    "data" JSONB NOT NULL,
    "at" TIMESTAMPTZ(6) NOT NULL DEFAULT clock_timestamp(),

    CONSTRAINT "order_facts_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "outbox" (
    "seq" BIGSERIAL NOT NULL,
    "id" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "schema_version" SMALLINT NOT NULL DEFAULT 1,
    "order_id" TEXT,
    "payload" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT clock_timestamp(),
    "published_at" TIMESTAMPTZ(6),

    CONSTRAINT "outbox_pkey" PRIMARY KEY ("seq")
);

-- CreateTable
CREATE TABLE "start_intents" (
    "order_id" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT clock_timestamp(),
    "leased_until" TIMESTAMPTZ(6),
    "tries" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "start_intents_pkey" PRIMARY KEY ("order_id")
);

-- CreateTable
CREATE TABLE "webhook_inbox" (
    "id" TEXT NOT NULL,
    "gateway" TEXT NOT NULL,
    "event_id" TEXT NOT NULL,
    "merchant_no" TEXT NOT NULL,
    "transaction_id" TEXT NOT NULL,
    "amount" BIGINT NOT NULL,
    "currency" TEXT NOT NULL,
    "paid_at" TIMESTAMPTZ(3) NOT NULL,
    "order_id" TEXT,
    "payment_id" TEXT,
    "state" TEXT NOT NULL,
    "leased_until" TIMESTAMPTZ(6),
    "tries" INTEGER NOT NULL DEFAULT 0,
    "received_at" TIMESTAMPTZ(6) NOT NULL DEFAULT clock_timestamp(),

    CONSTRAINT "webhook_inbox_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "idempotency_records" (
    "client" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "fingerprint" TEXT NOT NULL,
    "resource_id" TEXT NOT NULL,
    "outcome" JSONB,
    "answer_due" TIMESTAMPTZ(6) NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT clock_timestamp(),

    CONSTRAINT "idempotency_records_pkey" PRIMARY KEY ("client","key")
);

-- CreateIndex
CREATE INDEX "skus_product_id_idx" ON "skus"("product_id");

-- CreateIndex
CREATE INDEX "stock_ledger_sku_id_id_idx" ON "stock_ledger"("sku_id", "id");

-- CreateIndex
CREATE INDEX "stock_ledger_order_id_idx" ON "stock_ledger"("order_id");

-- CreateIndex
CREATE UNIQUE INDEX "stock_ledger_reference_sku_id_kind_key" ON "stock_ledger"("reference", "sku_id", "kind");

-- CreateIndex
CREATE INDEX "orders_buyer_id_id_idx" ON "orders"("buyer_id", "id" DESC);

-- CreateIndex
CREATE INDEX "orders_status_id_idx" ON "orders"("status", "id" DESC);

-- CreateIndex
CREATE UNIQUE INDEX "payments_order_id_attempt_key" ON "payments"("order_id", "attempt");

-- CreateIndex
CREATE UNIQUE INDEX "payments_gateway_merchant_no_key" ON "payments"("gateway", "merchant_no");

-- CreateIndex
CREATE INDEX "order_facts_order_id_id_idx" ON "order_facts"("order_id", "id");

-- CreateIndex
CREATE UNIQUE INDEX "outbox_id_key" ON "outbox"("id");

-- CreateIndex
CREATE INDEX "start_intents_created_at_idx" ON "start_intents"("created_at");

-- CreateIndex
CREATE INDEX "webhook_inbox_order_id_idx" ON "webhook_inbox"("order_id");

-- CreateIndex
CREATE UNIQUE INDEX "webhook_inbox_gateway_event_id_key" ON "webhook_inbox"("gateway", "event_id");

-- CreateIndex
CREATE UNIQUE INDEX "webhook_inbox_gateway_transaction_id_key" ON "webhook_inbox"("gateway", "transaction_id");

-- AddForeignKey
ALTER TABLE "skus" ADD CONSTRAINT "skus_product_id_fkey" FOREIGN KEY ("product_id") REFERENCES "products"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "stock" ADD CONSTRAINT "stock_sku_id_fkey" FOREIGN KEY ("sku_id") REFERENCES "skus"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "order_lines" ADD CONSTRAINT "order_lines_order_id_fkey" FOREIGN KEY ("order_id") REFERENCES "orders"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "payments" ADD CONSTRAINT "payments_order_id_fkey" FOREIGN KEY ("order_id") REFERENCES "orders"("id") ON DELETE RESTRICT ON UPDATE CASCADE;


-- The database itself refuses to oversell.
ALTER TABLE "stock"
  ADD CONSTRAINT "stock_available_not_negative" CHECK ("available" >= 0),
  ADD CONSTRAINT "stock_reserved_not_negative" CHECK ("reserved" >= 0),
  ADD CONSTRAINT "stock_sold_not_negative" CHECK ("sold" >= 0);

-- Half-empty pages: every counter update finds room in its own page and touches no index (HOT).
ALTER TABLE "stock" SET (fillfactor = 50);

ALTER TABLE "stock_ledger"
  ADD CONSTRAINT "stock_ledger_kind" CHECK ("kind" IN ('initial', 'hold', 'confirm', 'release', 'restock', 'adjust')),
  ADD CONSTRAINT "stock_ledger_quantity_positive" CHECK ("quantity" > 0 OR "kind" IN ('initial', 'adjust'));

-- A hold is settled once: confirmed or released, never both.
CREATE UNIQUE INDEX "stock_ledger_settled_once" ON "stock_ledger" ("reference", "sku_id") WHERE "kind" IN ('confirm', 'release');

ALTER TABLE "orders"
  ADD CONSTRAINT "orders_status" CHECK ("status" IN ('awaiting_payment', 'closing', 'paid', 'cancelled', 'rejected')),
  ADD CONSTRAINT "orders_amount_not_negative" CHECK ("amount" >= 0);

ALTER TABLE "skus" ADD CONSTRAINT "skus_price_not_negative" CHECK ("price" >= 0);

ALTER TABLE "order_lines" ADD CONSTRAINT "order_lines_quantity_positive" CHECK ("quantity" > 0);

ALTER TABLE "payments"
  ADD CONSTRAINT "payments_status" CHECK ("status" IN ('creating', 'pending', 'paid', 'closed', 'failed', 'refunded'));

-- An order is paid by one attempt.
CREATE UNIQUE INDEX "payments_one_paid" ON "payments" ("order_id") WHERE "status" = 'paid';

ALTER TABLE "webhook_inbox"
  ADD CONSTRAINT "webhook_inbox_state" CHECK ("state" IN ('received', 'delivered', 'held_for_review'));

-- What the dispatcher looks for: the few that are not delivered yet.
CREATE INDEX "webhook_inbox_undelivered" ON "webhook_inbox" ("received_at") WHERE "state" = 'received';
CREATE INDEX "outbox_unpublished" ON "outbox" ("seq") WHERE "published_at" IS NULL;
