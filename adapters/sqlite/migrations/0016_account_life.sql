-- From the proof of an email address to the end of an account.
ALTER TABLE user ADD COLUMN verified INTEGER NOT NULL DEFAULT 0;

-- One-time tokens, by their digest: few, and short-lived. At most one of a purpose for each user.
CREATE TABLE proof (
  token      BLOB    PRIMARY KEY,
  user       BLOB    NOT NULL,
  purpose    TEXT    NOT NULL,
  email      TEXT    NOT NULL,
  expires_at INTEGER NOT NULL
) WITHOUT ROWID, STRICT;
CREATE UNIQUE INDEX proof_of_user ON proof (user, purpose);
CREATE INDEX proof_expiry ON proof (expires_at);

-- Users who are being forgotten; a row goes when nothing is left of them anywhere.
CREATE TABLE erasure (
  user     BLOB    PRIMARY KEY,
  asked_at INTEGER NOT NULL,
  due_at   INTEGER NOT NULL
) WITHOUT ROWID, STRICT;
CREATE INDEX erasure_due ON erasure (due_at);
