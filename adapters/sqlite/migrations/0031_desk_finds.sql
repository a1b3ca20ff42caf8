-- What staff look for without scanning: payments by state and by their name at the gateway, accounts by
-- what their address or name has in it.

-- A card's payment passes the four states of its way, and is in no line of this index while it does.
CREATE INDEX payment_state ON payment (state)
  WHERE state NOT IN ('authorizing', 'authorized', 'capturing', 'captured');
CREATE INDEX payment_name ON payment (gateway_ref) WHERE gateway_ref IS NOT NULL;

-- Customers only: guests, the many, stay out of both.
CREATE INDEX user_customer ON user (key) WHERE email IS NOT NULL;
CREATE VIRTUAL TABLE customer_text USING fts5(
  email, name, content = 'user', content_rowid = 'key', tokenize = 'trigram'
);
-- What is deleted is gone from the index at once, not when it is merged.
INSERT INTO customer_text (customer_text, rank) VALUES ('secure-delete', 1);
INSERT INTO customer_text (rowid, email, name)
  SELECT key, email, name FROM user WHERE email IS NOT NULL;

CREATE TRIGGER customer_text_added AFTER INSERT ON user WHEN new.email IS NOT NULL BEGIN
  INSERT INTO customer_text (rowid, email, name) VALUES (new.key, new.email, new.name);
END;
CREATE TRIGGER customer_text_removed AFTER DELETE ON user WHEN old.email IS NOT NULL BEGIN
  INSERT INTO customer_text (customer_text, rowid, email, name)
    VALUES ('delete', old.key, old.email, old.name);
END;
CREATE TRIGGER customer_text_changed AFTER UPDATE OF email, name ON user BEGIN
  INSERT INTO customer_text (customer_text, rowid, email, name)
    SELECT 'delete', old.key, old.email, old.name WHERE old.email IS NOT NULL;
  INSERT INTO customer_text (rowid, email, name)
    SELECT new.key, new.email, new.name WHERE new.email IS NOT NULL;
END;
