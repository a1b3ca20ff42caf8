-- Ways to pay that shoppers keep: a gateway's token and what may be shown of the card. Never a number.
CREATE TABLE saved_method (
  user       BLOB    NOT NULL,
  id         BLOB    NOT NULL,
  gateway    TEXT    NOT NULL,
  token      TEXT    NOT NULL,
  brand      TEXT    NOT NULL,
  last4      TEXT    NOT NULL,
  expires    TEXT    NOT NULL,
  is_default INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (user, id)
) WITHOUT ROWID, STRICT;
CREATE UNIQUE INDEX saved_method_token ON saved_method (user, gateway, token);
CREATE UNIQUE INDEX saved_method_default ON saved_method (user) WHERE is_default;
