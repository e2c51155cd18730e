-- Products on and off the shelf; carts.

ALTER TABLE "products" ADD COLUMN "on_shelf" BOOLEAN NOT NULL DEFAULT true;

-- The lock for whatever changes a cart: its lines come and go, so they can't be.
CREATE TABLE "carts" (
    "buyer_id" TEXT NOT NULL,

    CONSTRAINT "carts_pkey" PRIMARY KEY ("buyer_id")
);

-- No foreign key to the SKU: a SKU that goes away leaves the cart readable.
CREATE TABLE "cart_lines" (
    "buyer_id" TEXT NOT NULL,
    "sku_id" TEXT NOT NULL,
    "quantity" INTEGER NOT NULL,
    "added_at" TIMESTAMPTZ(6) NOT NULL DEFAULT clock_timestamp(),

    CONSTRAINT "cart_lines_pkey" PRIMARY KEY ("buyer_id", "sku_id"),
    CONSTRAINT "cart_lines_buyer_id_fkey" FOREIGN KEY ("buyer_id") REFERENCES "carts"("buyer_id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "cart_lines_quantity_positive" CHECK ("quantity" > 0)
);
