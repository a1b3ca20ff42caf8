-- What the desk of staff asks for: forms that are carried out once, reported reviews, orders with returns.

-- The form that a line was made by; lines of the console and of sessions have none.
ALTER TABLE audit ADD COLUMN form BLOB;
CREATE UNIQUE INDEX audit_form ON audit (form) WHERE form IS NOT NULL;

CREATE INDEX review_reported ON review (reports, key) WHERE reports > 0;

-- Few orders come back: only those are in it.
CREATE INDEX fulfillment_returns ON fulfillment (key) WHERE json_array_length(body, '$.returns') > 0;
