-- Address books: several addresses a user, one of them the default of parcels and one of bills. Rows
-- of a user lie together, in the order in which they were added.
CREATE TABLE address_book (
  user        INTEGER NOT NULL,
  id          BLOB    NOT NULL,
  label       TEXT,
  name        TEXT    NOT NULL,
  line1       TEXT    NOT NULL,
  line2       TEXT,
  city        TEXT    NOT NULL,
  postal_code TEXT    NOT NULL,
  region      TEXT,
  country     TEXT    NOT NULL,
  email       TEXT,
  shipping    INTEGER NOT NULL CHECK (shipping IN (0, 1)),
  billing     INTEGER NOT NULL CHECK (billing IN (0, 1)),
  changed_at  INTEGER NOT NULL,
  PRIMARY KEY (user, id)
) WITHOUT ROWID, STRICT;

-- The one address that a user had is the first of the book, by the user's own id: unique, and earlier
-- than any that is added.
INSERT INTO address_book (user, id, name, line1, line2, city, postal_code, region, country, email,
  shipping, billing, changed_at)
SELECT user.key, user.id, a.name, line1, line2, city, postal_code, region, country, a.email,
  1, 1, updated_at
FROM address AS a JOIN user ON user.key = a.user;
DROP TABLE address;
