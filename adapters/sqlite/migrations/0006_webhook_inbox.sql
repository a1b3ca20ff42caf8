-- Gateways' messages, kept before they are answered. Rows lie in order of arrival; what is not done is
-- few, and found by small partial indexes.
CREATE TABLE webhook_inbox (
  seq         INTEGER PRIMARY KEY,
  provider    TEXT    NOT NULL,
  event       TEXT    NOT NULL,
  kind        TEXT    NOT NULL,
  reference   TEXT    NOT NULL,
  received_at INTEGER NOT NULL,
  state       TEXT    NOT NULL CHECK (state IN ('waiting', 'done', 'parked')),
  tries       INTEGER NOT NULL,
  -- Waiting: not before this. Done: since then.
  at          INTEGER NOT NULL,
  -- Why the last try was in vain.
  why         TEXT
) STRICT;
-- However often an event is delivered, it is one message.
CREATE UNIQUE INDEX webhook_event ON webhook_inbox (provider, event);
CREATE INDEX webhook_due ON webhook_inbox (at) WHERE state = 'waiting';
CREATE INDEX webhook_done ON webhook_inbox (at) WHERE state = 'done';
CREATE INDEX webhook_parked ON webhook_inbox (at) WHERE state = 'parked';
