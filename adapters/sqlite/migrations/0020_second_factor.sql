-- Second factors of members. A secret is sealed with the shop's own; recovery codes are kept as digests.

CREATE TABLE staff_factor (
  staff     INTEGER PRIMARY KEY,
  sealed    BLOB    NOT NULL,
  -- The last step whose code was taken: a code counts once.
  last_step INTEGER NOT NULL
) STRICT;

CREATE TABLE staff_recovery (
  staff  INTEGER NOT NULL,
  digest BLOB    NOT NULL,
  PRIMARY KEY (staff, digest)
) WITHOUT ROWID, STRICT;

-- A session that is not proven waits for the second factor, and opens nothing else.
ALTER TABLE staff_session ADD COLUMN proven INTEGER NOT NULL DEFAULT 1;

-- The shop's own words of search, one direction a row.
CREATE TABLE search_synonym (
  word    TEXT    NOT NULL,
  other   TEXT    NOT NULL,
  percent INTEGER NOT NULL CHECK (percent BETWEEN 0 AND 100),
  PRIMARY KEY (word, other)
) WITHOUT ROWID, STRICT;
