-- Accounts: users, sessions, default addresses. Personal data is in these tables and nowhere else
-- but in orders' frozen addresses and in the mailbox.

-- `key` is the first 60 bits of the user's UUIDv7: rows lie in time order. A guest has no email, name
-- or password.
CREATE TABLE user (
  key           INTEGER PRIMARY KEY,
  id            BLOB    NOT NULL,
  kind          TEXT    NOT NULL CHECK (kind IN ('guest', 'customer')),
  email         TEXT,
  name          TEXT,
  password_hash TEXT,
  created_at    INTEGER NOT NULL
) STRICT;
-- One account per address. Customers only: guests, the many, stay out of it.
CREATE UNIQUE INDEX user_email ON user (email) WHERE email IS NOT NULL;

-- Found by the digest of its token, so that is the row's place; nothing else of it is random.
CREATE TABLE session (
  token      BLOB    PRIMARY KEY,
  id         BLOB    NOT NULL,
  user       BLOB    NOT NULL,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL
) WITHOUT ROWID, STRICT;
-- For the sweep; grows at its end.
CREATE INDEX session_expiry ON session (expires_at);

-- The default address of a user, by the user's key.
CREATE TABLE address (
  user        INTEGER PRIMARY KEY,
  name        TEXT    NOT NULL,
  line1       TEXT    NOT NULL,
  line2       TEXT,
  city        TEXT    NOT NULL,
  postal_code TEXT    NOT NULL,
  region      TEXT,
  country     TEXT    NOT NULL,
  email       TEXT,
  updated_at  INTEGER NOT NULL
) STRICT;
