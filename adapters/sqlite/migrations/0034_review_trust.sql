-- Whose next review of a product waits for a moderator: they took one out while it was in question.
CREATE TABLE review_withdrawn (
  author  BLOB NOT NULL,
  product BLOB NOT NULL,
  PRIMARY KEY (author, product)
) WITHOUT ROWID, STRICT;

-- What an account left on reviews, to show it and to forget who it was.
CREATE INDEX review_mark_of ON review_mark (user, review, kind);
