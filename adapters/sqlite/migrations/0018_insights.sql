-- What shoppers looked at: of each product the last look.
CREATE TABLE insight_trail (
  user    BLOB    NOT NULL,
  product BLOB    NOT NULL,
  at      INTEGER NOT NULL,
  PRIMARY KEY (user, product)
) WITHOUT ROWID, STRICT;
CREATE INDEX insight_trail_at ON insight_trail (at);

-- Warmth as a logarithm against a fixed moment: the order of rows never ages.
CREATE TABLE insight_product (
  product BLOB    PRIMARY KEY,
  warmth  REAL    NOT NULL,
  orders  INTEGER NOT NULL
) WITHOUT ROWID, STRICT;
CREATE INDEX insight_product_warmth ON insight_product (warmth);

CREATE TABLE insight_pair (
  product BLOB    NOT NULL,
  other   BLOB    NOT NULL,
  orders  INTEGER NOT NULL,
  last_at INTEGER NOT NULL,
  PRIMARY KEY (product, other)
) WITHOUT ROWID, STRICT;

-- Orders that were counted, until their facts can't come again.
CREATE TABLE insight_counted (
  order_id BLOB    PRIMARY KEY,
  at       INTEGER NOT NULL
) WITHOUT ROWID, STRICT;
CREATE INDEX insight_counted_at ON insight_counted (at);

CREATE TABLE insight_total (
  one    INTEGER PRIMARY KEY CHECK (one = 1),
  orders INTEGER NOT NULL
) STRICT;
INSERT INTO insight_total VALUES (1, 0);

-- What an offer cost lately, as its room writes it.
CREATE TABLE insight_price (
  offer BLOB PRIMARY KEY,
  body  TEXT NOT NULL
) WITHOUT ROWID, STRICT;

CREATE TABLE insight_deal (
  offer    BLOB    PRIMARY KEY,
  product  BLOB    NOT NULL,
  price    INTEGER NOT NULL,
  was      INTEGER NOT NULL,
  currency TEXT    NOT NULL,
  since    INTEGER NOT NULL,
  saved    INTEGER NOT NULL,
  until    INTEGER NOT NULL
) WITHOUT ROWID, STRICT;
CREATE INDEX insight_deal_saved ON insight_deal (saved, offer);
CREATE INDEX insight_deal_product ON insight_deal (product);
CREATE INDEX insight_deal_until ON insight_deal (until);
