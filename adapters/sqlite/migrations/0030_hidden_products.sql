-- Products that only their sellers and the staff see.
ALTER TABLE product ADD COLUMN hidden INTEGER NOT NULL DEFAULT 0;
CREATE INDEX product_hidden ON product (key) WHERE hidden = 1;

-- How many of a category's products are hidden; `products` counts them too.
ALTER TABLE category ADD COLUMN hidden INTEGER NOT NULL DEFAULT 0;
