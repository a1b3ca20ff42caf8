-- A refund's id follows from its request's key, and is looked for among the refunds of every payment: under
-- one key, one order's money goes back. Not unique, because it was not always looked for.
CREATE INDEX refund_id ON refund (id);

-- Which order the key of a return's request is of, by its digest.
CREATE TABLE return_key (
  digest   BLOB PRIMARY KEY,
  order_id BLOB NOT NULL
) WITHOUT ROWID, STRICT;
