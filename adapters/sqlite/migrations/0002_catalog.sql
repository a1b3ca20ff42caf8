-- The catalogue: products, variants, offers, categories, sellers, imports.
--
-- `key` is the first 60 bits of the row's UUIDv7, `id` the whole; a lookup compares both.

-- `doc`: what is only read with the whole product (description, category path, attributes, GTINs).
CREATE TABLE product (
  key         INTEGER PRIMARY KEY,
  id          BLOB    NOT NULL,
  source      TEXT,
  external_id TEXT,
  title       TEXT    NOT NULL,
  brand       TEXT,
  images      TEXT    NOT NULL,
  doc         TEXT    NOT NULL,
  created_at  INTEGER NOT NULL,
  updated_at  INTEGER NOT NULL,
  version     INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX product_external ON product (source, external_id) WHERE source IS NOT NULL;
CREATE INDEX product_brand ON product (brand) WHERE brand IS NOT NULL;

-- One row for each level of a product's category path. `path`: levels joined by U+001F; '' is none.
CREATE TABLE product_category (
  path    TEXT    NOT NULL,
  product INTEGER NOT NULL,
  PRIMARY KEY (path, product)
) WITHOUT ROWID, STRICT;

-- How many of them each path has, kept in the same transaction.
CREATE TABLE category (
  path     TEXT PRIMARY KEY,
  products INTEGER NOT NULL
) WITHOUT ROWID, STRICT;

CREATE TABLE variant (
  key     INTEGER PRIMARY KEY,
  id      BLOB    NOT NULL,
  product INTEGER NOT NULL,
  name    TEXT    NOT NULL,
  title   TEXT    NOT NULL,
  options TEXT    NOT NULL
) STRICT;
CREATE INDEX variant_product ON variant (product);

CREATE TABLE offer (
  key       INTEGER PRIMARY KEY,
  id        BLOB    NOT NULL,
  product   INTEGER NOT NULL,
  variant   BLOB    NOT NULL,
  seller    BLOB    NOT NULL,
  minor     INTEGER NOT NULL,
  currency  TEXT    NOT NULL,
  tax_class TEXT    NOT NULL,
  weight_g  INTEGER NOT NULL,
  buyable   INTEGER NOT NULL,
  version   INTEGER NOT NULL
) STRICT;
CREATE INDEX offer_product ON offer (product);

CREATE TABLE seller (
  id   BLOB PRIMARY KEY,
  name TEXT NOT NULL
) WITHOUT ROWID, STRICT;

-- Where each import stands: written in the transaction of the rows that it counts.
CREATE TABLE import_checkpoint (
  job      TEXT PRIMARY KEY,
  lines    INTEGER NOT NULL,
  taken    INTEGER NOT NULL,
  refused  INTEGER NOT NULL,
  finished INTEGER NOT NULL
) WITHOUT ROWID, STRICT;

-- First stock of new offers that inventory has not confirmed yet.
CREATE TABLE first_stock (
  sku        INTEGER PRIMARY KEY,
  sku_id     BLOB    NOT NULL,
  product_id BLOB    NOT NULL,
  quantity   INTEGER NOT NULL
) STRICT;
