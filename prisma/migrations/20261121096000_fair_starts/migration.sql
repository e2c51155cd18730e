-- Starters take turns between shops: the shop is in the intent, and the index leads from shop to shop, oldest first.
-- The default lets processes of the release before go on placing.
ALTER TABLE "start_intents" ADD COLUMN "store_id" TEXT NOT NULL DEFAULT '';

-- DropIndex
DROP INDEX "start_intents_created_at_idx";

-- CreateIndex
CREATE INDEX "start_intents_kind_store_id_created_at_idx" ON "start_intents"("kind", "store_id", "created_at");
