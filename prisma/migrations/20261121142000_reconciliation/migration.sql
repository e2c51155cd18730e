-- Reconciliation: its runs, and what they found.

CREATE TABLE "reconcile_runs" (
    "id" TEXT NOT NULL,
    "process_id" TEXT NOT NULL,
    "at" TEXT,
    "progress" JSONB NOT NULL DEFAULT '{}',
    "window_from" TIMESTAMPTZ(3) NOT NULL,
    "window_to" TIMESTAMPTZ(3) NOT NULL,
    "started_at" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),
    "touched_at" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),
    "ended_at" TIMESTAMPTZ(3),

    CONSTRAINT "reconcile_runs_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "reconcile_runs_process_id_key" ON "reconcile_runs"("process_id");
-- One at a time: two would see each other's mending as damage.
CREATE UNIQUE INDEX "reconcile_runs_one" ON "reconcile_runs" ((true)) WHERE "ended_at" IS NULL;

CREATE TABLE "reconcile_cases" (
    "id" TEXT NOT NULL,
    "class" TEXT NOT NULL,
    "code" TEXT NOT NULL,
    "subject_kind" TEXT NOT NULL,
    "subject_id" TEXT NOT NULL,
    "found" JSONB NOT NULL,
    "state" TEXT NOT NULL,
    "first_seen_at" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),
    "last_seen_at" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),
    "settled_at" TIMESTAMPTZ(3),
    "opened_in" TEXT,
    "mended_in" TEXT,
    "resolved_by" TEXT,
    "note" TEXT,

    CONSTRAINT "reconcile_cases_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "reconcile_cases_state" CHECK ("state" IN ('suspected', 'open', 'mended', 'resolved', 'ignored')),
    CONSTRAINT "reconcile_cases_settled" CHECK (("settled_at" IS NULL) = ("state" IN ('suspected', 'open')))
);
CREATE INDEX "reconcile_cases_code_subject_kind_subject_id_idx" ON "reconcile_cases"("code", "subject_kind", "subject_id");
CREATE INDEX "reconcile_cases_state_id_idx" ON "reconcile_cases"("state", "id" DESC);
CREATE INDEX "reconcile_cases_opened_in_idx" ON "reconcile_cases"("opened_in");
CREATE INDEX "reconcile_cases_mended_in_idx" ON "reconcile_cases"("mended_in");
-- Of what is not settled there is one case per subject.
CREATE UNIQUE INDEX "reconcile_cases_unsettled" ON "reconcile_cases"("code", "subject_kind", "subject_id")
  WHERE "state" IN ('suspected', 'open');

-- Money that came too late and is being sent back, without a look at all the other notifications.
CREATE INDEX "webhook_inbox_late_idx" ON "webhook_inbox" ("id") WHERE "state" IN ('late', 'refunding');
