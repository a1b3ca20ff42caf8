-- Staff: members, their sessions, and the audit of what they did. Few rows; none of it is a shopper's.

CREATE TABLE staff (
  key           INTEGER PRIMARY KEY,
  id            BLOB    NOT NULL,
  email         TEXT    NOT NULL,
  role          TEXT    NOT NULL CHECK (role IN ('owner', 'operator', 'support', 'read-only')),
  password_hash TEXT    NOT NULL,
  created_at    INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX staff_email ON staff (email);

CREATE TABLE staff_session (
  token      BLOB    PRIMARY KEY,
  staff      INTEGER NOT NULL,
  expires_at INTEGER NOT NULL
) WITHOUT ROWID, STRICT;

-- Appended to in the transaction of the change that a line tells of. `staff` is null for the console.
CREATE TABLE audit (
  key     INTEGER PRIMARY KEY,
  id      BLOB    NOT NULL,
  at      INTEGER NOT NULL,
  staff   BLOB,
  name    TEXT    NOT NULL,
  subject TEXT    NOT NULL,
  detail  TEXT    NOT NULL
) STRICT;
CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit is appended to'); END;
CREATE TRIGGER audit_is_not_shortened BEFORE DELETE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit is appended to'); END;
