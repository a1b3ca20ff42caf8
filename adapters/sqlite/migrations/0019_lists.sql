-- Wishlists: an offer once a shopper, with the price that it had then.
CREATE TABLE wish (
  user       BLOB    NOT NULL,
  offer      BLOB    NOT NULL,
  product    BLOB    NOT NULL,
  price      INTEGER NOT NULL,
  currency   TEXT    NOT NULL,
  added_at   INTEGER NOT NULL,
  keep_until INTEGER NOT NULL,
  PRIMARY KEY (user, offer)
) WITHOUT ROWID, STRICT;
CREATE INDEX wish_keep_until ON wish (keep_until);

-- What shoppers wait for. By offer, as facts ask; `below` is there for prices.
CREATE TABLE alert (
  offer    BLOB    NOT NULL,
  awaited  TEXT    NOT NULL,
  user     BLOB    NOT NULL,
  id       BLOB    NOT NULL UNIQUE,
  product  BLOB    NOT NULL,
  below    INTEGER,
  currency TEXT,
  told     INTEGER NOT NULL,
  since    INTEGER NOT NULL,
  PRIMARY KEY (offer, awaited, user)
) WITHOUT ROWID, STRICT;
CREATE INDEX alert_user ON alert (user);
CREATE INDEX alert_awaited ON alert (awaited, offer);
