-- What shoppers do, as far as it ranks products. Derived and bounded: losing it loses no purchase.

-- Looks and orders by product; halved every two weeks.
CREATE TABLE behaviour_tally (
  product BLOB    PRIMARY KEY,
  views   INTEGER NOT NULL,
  orders  INTEGER NOT NULL
) WITHOUT ROWID, STRICT;

-- The last acts of each shopper, one a product; `number` tells later ones from earlier ones.
CREATE TABLE behaviour_interest (
  user    BLOB    NOT NULL,
  product BLOB    NOT NULL,
  number  INTEGER NOT NULL,
  body    TEXT    NOT NULL,
  PRIMARY KEY (user, product)
) WITHOUT ROWID, STRICT;

-- Searches that found something.
CREATE TABLE behaviour_search (
  text  TEXT    PRIMARY KEY,
  times INTEGER NOT NULL
) WITHOUT ROWID, STRICT;

-- One row: when counts were halved last, and the last number given to an act.
CREATE TABLE behaviour_state (
  one      INTEGER PRIMARY KEY CHECK (one = 1),
  faded_at INTEGER,
  number   INTEGER NOT NULL
) STRICT;
INSERT INTO behaviour_state VALUES (1, NULL, 0);
