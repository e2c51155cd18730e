-- Events: one feed in the order of commits, its subscribers' places in it, and shops' webhook endpoints.

-- Nothing read what earlier versions wrote here, and it lacks what readers are promised from now on.
DELETE FROM "outbox";
DROP INDEX "outbox_unpublished";
ALTER TABLE "outbox"
  DROP COLUMN "published_at",
  ADD COLUMN "position" BIGINT,
  ADD COLUMN "lane" SMALLINT,
  ADD CONSTRAINT "outbox_placed_whole" CHECK (("position" IS NULL) = ("lane" IS NULL));

-- A position is given once and to one event: what the sequencer promises, the database keeps.
CREATE UNIQUE INDEX "outbox_position_key" ON "outbox" ("position");
-- What the sequencer looks for: the few that were committed since it last looked.
CREATE INDEX "outbox_unplaced" ON "outbox" ("seq") WHERE "position" IS NULL;

CREATE TABLE "event_cursors" (
    "subscriber" TEXT NOT NULL,
    "lane" SMALLINT NOT NULL,
    "position" BIGINT NOT NULL,
    "lease" TEXT,
    "leased_until" TIMESTAMPTZ(6),
    "moved_at" TIMESTAMPTZ(6) NOT NULL DEFAULT clock_timestamp(),

    CONSTRAINT "event_cursors_pkey" PRIMARY KEY ("subscriber", "lane"),
    CONSTRAINT "event_cursors_leased_whole" CHECK (("lease" IS NULL) = ("leased_until" IS NULL))
);
-- Narrow rows that move all the time: each finds room in its own page and touches no index (HOT).
ALTER TABLE "event_cursors" SET (fillfactor = 50);

CREATE TABLE "dead_events" (
    "consumer" TEXT NOT NULL,
    "position" BIGINT NOT NULL,
    "due" BOOLEAN NOT NULL DEFAULT false,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT clock_timestamp(),

    CONSTRAINT "dead_events_pkey" PRIMARY KEY ("consumer", "position")
);

CREATE TABLE "webhook_endpoints" (
    "id" TEXT NOT NULL,
    "url" TEXT NOT NULL,
    "types" TEXT[] NOT NULL,
    "secret" TEXT NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'active',
    "failures" INTEGER NOT NULL DEFAULT 0,
    "failing_since" TIMESTAMPTZ(3),
    "next_try_at" TIMESTAMPTZ(3),
    "last_error" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "webhook_endpoints_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "webhook_endpoints_state" CHECK ("state" IN ('active', 'failing', 'disabled')),
    CONSTRAINT "webhook_endpoints_failing" CHECK (("failures" > 0) = ("failing_since" IS NOT NULL))
);
