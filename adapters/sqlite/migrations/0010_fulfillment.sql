-- Parcels and returns: everything that leaves or comes back for one order is one row, in time order. What
-- is due is few, and found by a small partial index.
CREATE TABLE fulfillment (
  key      INTEGER PRIMARY KEY,
  order_id BLOB    NOT NULL,
  version  INTEGER NOT NULL,
  -- When something is to be done; null: never, or by hand.
  due      INTEGER,
  body     TEXT    NOT NULL
) STRICT;
CREATE INDEX fulfillment_due ON fulfillment (due) WHERE due IS NOT NULL;
