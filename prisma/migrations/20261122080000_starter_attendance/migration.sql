-- When a starter beside a worker last looked at start_intents: those of processes without a worker leave it what waits while it does.
CREATE TABLE "starter_attendance" (
  "id" INTEGER NOT NULL DEFAULT 1,
  "seen_at" TIMESTAMPTZ(6) NOT NULL DEFAULT to_timestamp(0),
  CONSTRAINT "starter_attendance_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "starter_attendance_one_row" CHECK ("id" = 1)
);
INSERT INTO "starter_attendance" DEFAULT VALUES;
