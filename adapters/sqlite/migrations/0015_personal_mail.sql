-- Mails to a person, beside those that tell of an order: `user` is whom they were written to. A fact of
-- an order is told once; what is told to people is told once to each.
ALTER TABLE mail ADD COLUMN user BLOB;
DROP INDEX mail_told;
CREATE UNIQUE INDEX mail_told ON mail (about, number, kind) WHERE user IS NULL;
CREATE UNIQUE INDEX mail_personal ON mail (user, about, number, kind) WHERE user IS NOT NULL;

-- What somebody declined to be told. `secret`: what the user's mails carry to decline without signing
-- in; it opens nothing else, so it is kept as it is.
CREATE TABLE mail_preference (
  user     BLOB PRIMARY KEY,
  declined TEXT NOT NULL,
  secret   BLOB
) WITHOUT ROWID, STRICT;
