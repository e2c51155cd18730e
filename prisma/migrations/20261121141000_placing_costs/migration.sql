-- Orders that a busy door wrote are left to it until its rush is over, or their lease.
ALTER TABLE "start_intents" ADD COLUMN "kept_by" TEXT;

-- An event gets its position later: until then it needs no entry.
DROP INDEX "outbox_position_key";
CREATE UNIQUE INDEX "outbox_position_key" ON "outbox" ("position") WHERE "position" IS NOT NULL;
