-- The mailbox. `about` is a UUIDv7: the index grows at its end, as the table does.
CREATE TABLE mail (
  key        INTEGER PRIMARY KEY,
  id         BLOB    NOT NULL,
  kind       TEXT    NOT NULL,
  about      BLOB    NOT NULL,
  number     INTEGER NOT NULL,
  recipient  TEXT    NOT NULL,
  subject    TEXT    NOT NULL,
  text       TEXT    NOT NULL,
  html       TEXT    NOT NULL,
  created_at INTEGER NOT NULL,
  sent_at    INTEGER
) STRICT;
-- A fact is told once.
CREATE UNIQUE INDEX mail_told ON mail (about, number, kind);
