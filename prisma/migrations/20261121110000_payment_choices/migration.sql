-- How a buyer wants to pay an attempt, and as whom. Written before the attempt is: no foreign key.

CREATE TABLE "payment_choices" (
    "payment_id" TEXT NOT NULL,
    "order_id" TEXT NOT NULL,
    "method" TEXT NOT NULL,
    "payer_id" TEXT,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT clock_timestamp(),

    CONSTRAINT "payment_choices_pkey" PRIMARY KEY ("payment_id"),
    CONSTRAINT "payment_choices_known" CHECK ("method" IN ('native', 'jsapi', 'qr', 'page')),
    CONSTRAINT "payment_choices_payer" CHECK (("payer_id" IS NULL) = ("method" <> 'jsapi'))
);

CREATE INDEX "payment_choices_order_id_idx" ON "payment_choices" ("order_id");
