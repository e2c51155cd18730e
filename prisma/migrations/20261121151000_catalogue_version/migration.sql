-- Counts the changes of what a SKU is sold as, beside its counters: whoever has locked those knows whether what he remembers
-- of the catalogue still holds. By triggers, so that no writer can forget it. Locks are taken as everywhere: product, SKUs,
-- counters, each in the order of their ids.
ALTER TABLE "stock" ADD COLUMN "catalogue_version" INTEGER NOT NULL DEFAULT 0;

CREATE FUNCTION "skus_are_sold_otherwise"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  -- A product that is just being taken off the shelf either sees these SKUs as its own, or is seen by them.
  PERFORM 1 FROM "products"
    WHERE "id" IN (SELECT n."product_id" FROM "after" n JOIN "before" b USING ("id") WHERE n."product_id" <> b."product_id")
    ORDER BY "id" FOR SHARE;
  PERFORM 1 FROM "stock" WHERE "sku_id" IN (SELECT "id" FROM "after") ORDER BY "sku_id" FOR UPDATE;
  UPDATE "stock" SET "catalogue_version" = "catalogue_version" + 1 WHERE "sku_id" IN (SELECT "id" FROM "after");
  RETURN NULL;
END $$;
CREATE TRIGGER "skus_are_sold_otherwise" AFTER UPDATE ON "skus" REFERENCING OLD TABLE AS "before" NEW TABLE AS "after"
  FOR EACH STATEMENT EXECUTE FUNCTION "skus_are_sold_otherwise"();

CREATE FUNCTION "product_is_sold_otherwise"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM 1 FROM "skus" WHERE "product_id" = NEW."id" ORDER BY "id" FOR NO KEY UPDATE;
  PERFORM 1 FROM "stock" WHERE "sku_id" IN (SELECT "id" FROM "skus" WHERE "product_id" = NEW."id")
    ORDER BY "sku_id" FOR UPDATE;
  UPDATE "stock" SET "catalogue_version" = "catalogue_version" + 1
    WHERE "sku_id" IN (SELECT "id" FROM "skus" WHERE "product_id" = NEW."id");
  RETURN NULL;
END $$;
CREATE TRIGGER "product_is_sold_otherwise" AFTER UPDATE ON "products" FOR EACH ROW
  WHEN (OLD."on_shelf" IS DISTINCT FROM NEW."on_shelf") EXECUTE FUNCTION "product_is_sold_otherwise"();
