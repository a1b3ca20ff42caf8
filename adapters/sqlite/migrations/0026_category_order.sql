-- Where staff put categories among their siblings. Kept apart from their counts, which come and go with
-- products. `parent`: a path as in `category`; '' is that of departments.
CREATE TABLE category_place (
  parent TEXT    NOT NULL,
  name   TEXT    NOT NULL,
  place  INTEGER NOT NULL,
  PRIMARY KEY (parent, name)
) WITHOUT ROWID, STRICT;
