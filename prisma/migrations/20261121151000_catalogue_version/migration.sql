-- What a SKU is sold as has a version, beside its counters: whoever has locked those knows whether what he remembers of the
-- catalogue still holds. Moved by triggers, so that no writer can forget it; random, so that no version comes twice, not after
-- a restored backup either. Triggers lock counters last, each in the order of their ids, as everybody does.
ALTER TABLE "stock" ADD COLUMN "catalogue_version" UUID NOT NULL DEFAULT gen_random_uuid();

CREATE FUNCTION "skus_are_sold_otherwise"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  changed text[] := ARRAY(
    SELECT n."id" FROM "after" n LEFT JOIN "before" b USING ("id")
    WHERE (n."product_id", n."title", n."price", n."currency", n."on_shelf", n."required_form")
      IS DISTINCT FROM (b."product_id", b."title", b."price", b."currency", b."on_shelf", b."required_form"));
BEGIN
  -- A product that is just being taken off the shelf either sees these SKUs as its own, or is seen by them.
  PERFORM 1 FROM "products"
    WHERE "id" IN (SELECT n."product_id" FROM "after" n JOIN "before" b USING ("id") WHERE n."product_id" <> b."product_id")
    ORDER BY "id" FOR SHARE;
  PERFORM 1 FROM "stock" WHERE "sku_id" = ANY (changed) ORDER BY "sku_id" FOR UPDATE;
  UPDATE "stock" SET "catalogue_version" = gen_random_uuid() WHERE "sku_id" = ANY (changed);
  RETURN NULL;
END $$;
CREATE TRIGGER "skus_are_sold_otherwise" AFTER UPDATE ON "skus" REFERENCING OLD TABLE AS "before" NEW TABLE AS "after"
  FOR EACH STATEMENT EXECUTE FUNCTION "skus_are_sold_otherwise"();

CREATE FUNCTION "product_is_sold_otherwise"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  -- SKUs that are being added to it are waited for, those to come wait: they would be remembered as on the shelf.
  PERFORM 1 FROM "products" WHERE "id" = NEW."id" FOR UPDATE;
  PERFORM 1 FROM "skus" WHERE "product_id" = NEW."id" ORDER BY "id" FOR NO KEY UPDATE;
  PERFORM 1 FROM "stock" WHERE "sku_id" IN (SELECT "id" FROM "skus" WHERE "product_id" = NEW."id")
    ORDER BY "sku_id" FOR UPDATE;
  UPDATE "stock" SET "catalogue_version" = gen_random_uuid()
    WHERE "sku_id" IN (SELECT "id" FROM "skus" WHERE "product_id" = NEW."id");
  RETURN NULL;
END $$;
CREATE TRIGGER "product_is_sold_otherwise" AFTER UPDATE ON "products" FOR EACH ROW
  WHEN (OLD."on_shelf" IS DISTINCT FROM NEW."on_shelf") EXECUTE FUNCTION "product_is_sold_otherwise"();
