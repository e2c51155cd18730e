-- Nearly every row of the ledger has its order as its reference, and is found by that: only the others need an entry. One
-- index less to write for each hold, confirm and release.
CREATE INDEX "stock_ledger_of_order" ON "stock_ledger" ("order_id") WHERE "order_id" <> "reference";
DROP INDEX "stock_ledger_order_id_idx";
