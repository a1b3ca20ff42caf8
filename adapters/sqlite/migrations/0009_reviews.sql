-- Reviews, what accounts left on them, and the counts of the published ones, changed in one transaction.

CREATE TABLE review (
  key        INTEGER PRIMARY KEY,
  id         BLOB    NOT NULL,
  product    BLOB    NOT NULL,
  author     BLOB    NOT NULL,
  byline     TEXT    NOT NULL,
  stars      INTEGER NOT NULL CHECK (stars BETWEEN 1 AND 5),
  title      TEXT    NOT NULL,
  text       TEXT    NOT NULL,
  verified   INTEGER NOT NULL,
  standing   TEXT    NOT NULL CHECK (standing IN ('published', 'held', 'rejected')),
  created_at INTEGER NOT NULL,
  edited_at  INTEGER,
  helpful    INTEGER NOT NULL,
  reports    INTEGER NOT NULL,
  version    INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX review_one ON review (author, product);
CREATE INDEX review_newest ON review (product, standing, key);
CREATE INDEX review_helpful ON review (product, standing, helpful, key);
CREATE INDEX review_stars ON review (product, standing, stars, key);
CREATE INDEX review_waiting ON review (standing, key) WHERE standing <> 'published';

CREATE TABLE review_mark (
  review INTEGER NOT NULL,
  kind   TEXT    NOT NULL CHECK (kind IN ('helpful', 'report')),
  user   BLOB    NOT NULL,
  PRIMARY KEY (review, kind, user)
) WITHOUT ROWID, STRICT;

CREATE TABLE review_summary (
  product BLOB    PRIMARY KEY,
  one     INTEGER NOT NULL,
  two     INTEGER NOT NULL,
  three   INTEGER NOT NULL,
  four    INTEGER NOT NULL,
  five    INTEGER NOT NULL
) WITHOUT ROWID, STRICT;
