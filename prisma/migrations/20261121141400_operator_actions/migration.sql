-- What operators do: their actions with who asked, who approved and what came of it, marks for manual handling, outages.

ALTER TABLE "orders" ADD COLUMN "manual_since" TIMESTAMPTZ(3);

-- The few orders that wait for a person, found without a look at all the others.
CREATE INDEX "orders_manual_idx" ON "orders" ("id" DESC) WHERE "manual_since" IS NOT NULL;

CREATE TABLE "operator_actions" (
    "id" TEXT NOT NULL,
    "order_id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "action" JSONB NOT NULL,
    "reason" TEXT NOT NULL,
    "amount_minor" BIGINT,
    "actor_id" TEXT NOT NULL,
    "client_key" TEXT NOT NULL,
    "requested_by" JSONB NOT NULL,
    "requested_at" TIMESTAMPTZ(3) NOT NULL,
    "state" TEXT NOT NULL,
    "approve_by" TIMESTAMPTZ(3),
    "approved_by" JSONB,
    "decided_at" TIMESTAMPTZ(3),
    "result" JSONB,
    "leased_until" TIMESTAMPTZ(3),

    CONSTRAINT "operator_actions_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "operator_actions_order_id_fkey" FOREIGN KEY ("order_id") REFERENCES "orders" ("id"),
    CONSTRAINT "operator_actions_kinds" CHECK ("kind" IN
      ('extend', 'cancel', 'retry_now', 'switch_gateway', 'refund', 'restock', 'manual', 'resume')),
    CONSTRAINT "operator_actions_states" CHECK ("state" IN
      ('awaiting_approval', 'executing', 'done', 'refused', 'declined', 'expired')),
    CONSTRAINT "operator_actions_reason" CHECK (char_length("reason") BETWEEN 3 AND 500),
    CONSTRAINT "operator_actions_settled" CHECK ("result" IS NOT NULL OR "state" NOT IN ('done', 'refused', 'declined', 'expired')),
    -- Nobody is his own second person.
    CONSTRAINT "operator_actions_two_persons" CHECK
      ("approved_by" IS NULL OR "state" = 'declined' OR "approved_by"->>'id' <> "actor_id")
);

CREATE UNIQUE INDEX "operator_actions_once" ON "operator_actions" ("actor_id", "client_key");
CREATE INDEX "operator_actions_order_id_idx" ON "operator_actions" ("order_id", "id");
CREATE INDEX "operator_actions_open_idx" ON "operator_actions" ("state", "id") WHERE "state" IN ('awaiting_approval', 'executing');

CREATE TABLE "outages" (
    "id" TEXT NOT NULL,
    "gateway" TEXT NOT NULL,
    "minutes" INTEGER NOT NULL,
    "reason" TEXT NOT NULL,
    "actor_id" TEXT NOT NULL,
    "client_key" TEXT NOT NULL,
    "started_by" JSONB NOT NULL,
    "started_at" TIMESTAMPTZ(3) NOT NULL,
    "ended_at" TIMESTAMPTZ(3),
    "state" TEXT NOT NULL DEFAULT 'running',
    "process_started" BOOLEAN NOT NULL DEFAULT false,

    CONSTRAINT "outages_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "outages_states" CHECK ("state" IN ('running', 'done', 'stopped')),
    CONSTRAINT "outages_minutes" CHECK ("minutes" BETWEEN 1 AND 1440),
    CONSTRAINT "outages_ended" CHECK (("ended_at" IS NULL) = ("state" = 'running'))
);

CREATE UNIQUE INDEX "outages_once" ON "outages" ("actor_id", "client_key");

CREATE TABLE "outage_results" (
    "outage_id" TEXT NOT NULL,
    "order_id" TEXT NOT NULL,
    "outcome" TEXT NOT NULL,
    "pay_by" TIMESTAMPTZ(3),
    "message" TEXT NOT NULL,
    "at" TIMESTAMPTZ(6) NOT NULL DEFAULT clock_timestamp(),
    "tries" INTEGER NOT NULL DEFAULT 1,

    CONSTRAINT "outage_results_pkey" PRIMARY KEY ("outage_id", "order_id"),
    CONSTRAINT "outage_results_outage_id_fkey" FOREIGN KEY ("outage_id") REFERENCES "outages" ("id"),
    CONSTRAINT "outage_results_outcomes" CHECK ("outcome" IN ('extended', 'refused', 'unanswered')),
    CONSTRAINT "outage_results_pay_by" CHECK (("pay_by" IS NOT NULL) = ("outcome" = 'extended'))
);
