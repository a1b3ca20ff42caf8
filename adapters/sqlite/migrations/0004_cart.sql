-- Carts: one row a shopper, the cart as its room writes it. An emptied cart stays as a row.
CREATE TABLE cart (
  user       BLOB    PRIMARY KEY,
  body       TEXT    NOT NULL,
  has_lines  INTEGER NOT NULL,
  expires_at INTEGER NOT NULL
) WITHOUT ROWID, STRICT;
