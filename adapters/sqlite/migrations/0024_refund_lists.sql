-- The list of refunds, cut into pages by when they were asked for and their id: all of them, and the open ones.
CREATE INDEX refund_when ON refund (created_at, id);
DROP INDEX refund_open;
CREATE INDEX refund_open ON refund (created_at, id) WHERE state = 'reserved';
