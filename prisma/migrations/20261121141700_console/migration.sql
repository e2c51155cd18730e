-- What an operator has in hand when a buyer or a provider calls: the provider's own number of the money.
CREATE INDEX "payments_transaction_id_idx" ON "payments" ("transaction_id") WHERE "transaction_id" IS NOT NULL;

-- The few refunds that are not settled, without a look at all the others: those of an operator's list, and every scrape of the metrics counts them.
CREATE INDEX "refunds_unsettled_idx" ON "refunds" ("status", "gateway") WHERE "status" <> 'succeeded';

-- Payments of a wrong amount, which wait for a person.
CREATE INDEX "webhook_inbox_held_for_review" ON "webhook_inbox" ("id") WHERE "state" = 'held_for_review';
