-- The purchase: stock, orders, payments, claims, outbox.
--
-- Rows lie in time order: `key` is the first 60 bits of the row's UUIDv7 (time and counter), so inserts
-- append, and a store with millions of orders is as fast as an empty one. Indexes here are partial
-- and small (what is open, what is due), or grow at their end.

-- Counters. The ledger can rebuild them; `as_of` is the last ledger entry that a row has seen.
CREATE TABLE stock_level (
  sku          INTEGER NOT NULL,
  warehouse    INTEGER NOT NULL,
  sku_id       BLOB    NOT NULL,
  warehouse_id BLOB    NOT NULL,
  on_hand      INTEGER NOT NULL,
  held         INTEGER NOT NULL,
  committed    INTEGER NOT NULL,
  shortage     INTEGER NOT NULL,
  as_of        INTEGER NOT NULL,
  PRIMARY KEY (sku, warehouse)
) WITHOUT ROWID, STRICT;

-- The stock ledger: appended to, never changed.
CREATE TABLE stock_entry (
  seq       INTEGER PRIMARY KEY,
  sku       INTEGER NOT NULL,
  warehouse INTEGER NOT NULL,
  kind      TEXT    NOT NULL,
  quantity  INTEGER NOT NULL,
  checkout  INTEGER,
  at        INTEGER NOT NULL
) STRICT;

-- Every ledger entry up to `seq` has been counted into the levels.
CREATE TABLE stock_counted (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  seq INTEGER NOT NULL
) STRICT;
INSERT INTO stock_counted VALUES (1, 0);

-- Stock set aside, one row a checkout. `lines`: [[sku, warehouse, quantity], …], keys as in stock_level.
CREATE TABLE hold (
  checkout    INTEGER PRIMARY KEY,
  checkout_id BLOB    NOT NULL,
  state       TEXT    NOT NULL,
  order_id    BLOB,
  deadline    INTEGER NOT NULL,
  lines       TEXT    NOT NULL
) STRICT;
CREATE INDEX hold_due ON hold (deadline) WHERE state = 'held';

-- Frozen content on its way to being bought.
CREATE TABLE checkout (
  key          INTEGER PRIMARY KEY,
  id           BLOB    NOT NULL,
  user         BLOB    NOT NULL,
  cart_version INTEGER,
  quote        TEXT    NOT NULL,
  ship_to      TEXT    NOT NULL,
  deadline     INTEGER NOT NULL,
  created_at   INTEGER NOT NULL
) STRICT;
-- A shopper's newest checkout.
CREATE TABLE checkout_of (
  user     BLOB PRIMARY KEY,
  checkout BLOB NOT NULL
) WITHOUT ROWID, STRICT;

-- The moving part of an order. `moves`: one JSON object a line, appended.
CREATE TABLE orders (
  key          INTEGER PRIMARY KEY,
  id           BLOB    NOT NULL,
  user         BLOB    NOT NULL,
  checkout     INTEGER NOT NULL,
  checkout_id  BLOB    NOT NULL,
  payment_id   BLOB    NOT NULL,
  state        TEXT    NOT NULL,
  version      INTEGER NOT NULL,
  lease_owner  INTEGER,
  lease_until  INTEGER,
  currency     TEXT    NOT NULL,
  total        INTEGER NOT NULL,
  cart_version INTEGER,
  deadline     INTEGER NOT NULL,
  answer       TEXT,
  moves        TEXT    NOT NULL,
  created_at   INTEGER NOT NULL
) STRICT;
-- One order of a checkout is alive, whatever key or principal it came with.
CREATE UNIQUE INDEX order_live ON orders (checkout)
  WHERE state NOT IN ('payment_failed', 'cancelled');
-- What recovery may have to finish.
CREATE INDEX order_open ON orders (key) WHERE state IN ('created', 'payment_pending');

-- The frozen part: written once. `ship_to` is the only personal data; erasure blanks it.
CREATE TABLE order_content (
  key     INTEGER PRIMARY KEY,
  quote   TEXT NOT NULL,
  ship_to TEXT
) STRICT;

-- A shopper's orders: a read model, fed by facts.
CREATE TABLE order_list (
  user     BLOB    NOT NULL,
  key      INTEGER NOT NULL,
  PRIMARY KEY (user, key)
) WITHOUT ROWID, STRICT;

-- Idempotency claims, in order of time; the writer keeps the last day's digests in memory.
-- `digest`: of principal and key; `request`: of operation and body; `subject`: the order or checkout.
CREATE TABLE claim (
  seq     INTEGER PRIMARY KEY,
  digest  BLOB    NOT NULL,
  request BLOB    NOT NULL,
  subject BLOB    NOT NULL,
  at      INTEGER NOT NULL
) STRICT;

CREATE TABLE payment (
  key         INTEGER PRIMARY KEY,
  id          BLOB    NOT NULL,
  order_id    BLOB    NOT NULL,
  user        BLOB    NOT NULL,
  minor       INTEGER NOT NULL,
  currency    TEXT    NOT NULL,
  method      TEXT    NOT NULL,
  state       TEXT    NOT NULL,
  gateway     TEXT    NOT NULL,
  gateway_ref TEXT,
  token       TEXT    NOT NULL,
  captured    INTEGER NOT NULL,
  refunded    INTEGER NOT NULL,
  refunding   INTEGER NOT NULL,
  action_url  TEXT,
  reason      TEXT,
  created_at  INTEGER NOT NULL,
  captured_at INTEGER
) STRICT;

CREATE TABLE refund (
  payment    INTEGER NOT NULL,
  id         BLOB    NOT NULL,
  minor      INTEGER NOT NULL,
  state      TEXT    NOT NULL,
  reason     TEXT    NOT NULL,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (payment, id)
) WITHOUT ROWID, STRICT;
CREATE INDEX refund_open ON refund (created_at) WHERE state = 'reserved';

-- The money ledger: each line moves an amount from one account to another, so it sums to zero.
CREATE TABLE money_entry (
  seq      INTEGER PRIMARY KEY,
  payment  INTEGER NOT NULL,
  refund   BLOB,
  debit    TEXT    NOT NULL,
  credit   TEXT    NOT NULL,
  minor    INTEGER NOT NULL CHECK (minor > 0),
  currency TEXT    NOT NULL,
  at       INTEGER NOT NULL
) STRICT;

-- Facts on their way to their consumers; a row goes when every consumer has it.
CREATE TABLE outbox (
  seq       INTEGER PRIMARY KEY,
  lane      INTEGER NOT NULL,
  aggregate BLOB    NOT NULL,
  number    INTEGER NOT NULL,
  kind      TEXT    NOT NULL,
  body      TEXT    NOT NULL,
  at        INTEGER NOT NULL
) STRICT;
CREATE TABLE outbox_lane (
  lane  INTEGER PRIMARY KEY,
  owner INTEGER NOT NULL,
  until INTEGER NOT NULL
) STRICT;
-- Aggregates whose oldest fact a consumer can't take: they wait for an operator, others go on.
CREATE TABLE outbox_parked (
  aggregate BLOB    PRIMARY KEY,
  seq       INTEGER NOT NULL,
  reason    TEXT    NOT NULL,
  at        INTEGER NOT NULL
) WITHOUT ROWID, STRICT;
