-- What sellers write to shoppers about orders: invoices and credit notes. Appended to, never changed. A
-- seller's numbers have no gaps: the next one is the highest that is there and one.
CREATE TABLE invoice (
  seller    BLOB    NOT NULL,
  number    INTEGER NOT NULL CHECK (number > 0),
  order_key INTEGER NOT NULL,
  order_id  BLOB    NOT NULL,
  user      BLOB    NOT NULL,
  source    TEXT    NOT NULL,
  kind      TEXT    NOT NULL,
  minor     INTEGER NOT NULL,
  currency  TEXT    NOT NULL,
  body      TEXT    NOT NULL,
  issued_at INTEGER NOT NULL,
  PRIMARY KEY (seller, number)
) WITHOUT ROWID, STRICT;
-- One of a kind: an order's document of a seller for one reason.
CREATE UNIQUE INDEX invoice_of_order ON invoice (order_key, order_id, seller, source);
