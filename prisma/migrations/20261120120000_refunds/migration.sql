-- Refunds, late money, several attempts: what comes after "paid" and beside it.

ALTER TABLE "payments" ADD COLUMN "gateway_ref" TEXT;

ALTER TABLE "orders" DROP CONSTRAINT "orders_status";
ALTER TABLE "orders" ADD CONSTRAINT "orders_status" CHECK (
  "status" IN ('awaiting_payment', 'closing', 'paid', 'cancelled', 'rejected', 'refunding', 'refunded'));

CREATE TABLE "refunds" (
    "id" TEXT NOT NULL,
    "order_id" TEXT,
    "inbox_id" TEXT,
    "cause" TEXT NOT NULL,
    "gateway" TEXT NOT NULL,
    "merchant_no" TEXT NOT NULL,
    "gateway_ref" TEXT,
    "transaction_id" TEXT NOT NULL,
    "number" TEXT NOT NULL,
    "tries" INTEGER NOT NULL DEFAULT 1,
    "paid_amount" BIGINT NOT NULL,
    "amount" BIGINT NOT NULL,
    "currency" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "restock" JSONB NOT NULL DEFAULT '[]',
    "status" TEXT NOT NULL DEFAULT 'pending',
    "gateway_refund_id" TEXT,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT clock_timestamp(),
    "settled_at" TIMESTAMPTZ(6),

    CONSTRAINT "refunds_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "refunds_status" CHECK ("status" IN ('pending', 'processing', 'succeeded', 'manual')),
    CONSTRAINT "refunds_cause" CHECK ("cause" IN ('requested', 'late_payment')),
    CONSTRAINT "refunds_amount_positive" CHECK ("amount" > 0 AND "amount" <= "paid_amount")
);
CREATE UNIQUE INDEX "refunds_number_key" ON "refunds"("number");
ALTER TABLE "refunds" ADD CONSTRAINT "refunds_order_id_fkey" FOREIGN KEY ("order_id") REFERENCES "orders"("id") ON DELETE SET NULL ON UPDATE CASCADE;
CREATE INDEX "refunds_order_id_idx" ON "refunds"("order_id");
-- Late money goes back once.
CREATE UNIQUE INDEX "refunds_late_once" ON "refunds" ("inbox_id");

ALTER TABLE "webhook_inbox" DROP CONSTRAINT "webhook_inbox_state";
ALTER TABLE "webhook_inbox" ADD CONSTRAINT "webhook_inbox_state" CHECK (
  "state" IN ('received', 'delivered', 'late', 'refunding', 'revived', 'held_for_review'));

-- Intents are for every kind of workflow, not for orders alone.
ALTER TABLE "start_intents" RENAME COLUMN "order_id" TO "subject_id";
ALTER TABLE "start_intents" ADD COLUMN "kind" TEXT NOT NULL DEFAULT 'order';
ALTER TABLE "start_intents" ALTER COLUMN "kind" DROP DEFAULT;
ALTER TABLE "start_intents" DROP CONSTRAINT "start_intents_pkey";
ALTER TABLE "start_intents" ADD CONSTRAINT "start_intents_pkey" PRIMARY KEY ("kind", "subject_id");
ALTER TABLE "start_intents" ADD CONSTRAINT "start_intents_kind" CHECK ("kind" IN ('order', 'refund', 'late_payment'));
