-- That somebody was forgotten stays, by id and times alone; what is done is not looked at again.
ALTER TABLE erasure ADD COLUMN done_at INTEGER;
DROP INDEX erasure_due;
CREATE INDEX erasure_due ON erasure (due_at) WHERE done_at IS NULL;
