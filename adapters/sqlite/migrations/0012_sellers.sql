-- Sellers: accounts, members, sessions, commission rates, their ledger and their lists of orders. Demo
-- sellers' ids have no time in them, so rows are found by the whole id.

CREATE TABLE seller_account (
  id         BLOB    PRIMARY KEY,
  state      TEXT    NOT NULL CHECK (state IN ('applied', 'active', 'suspended')),
  reason     TEXT    NOT NULL,
  since      INTEGER NOT NULL,
  by_staff   BLOB,
  applied_at INTEGER NOT NULL,
  version    INTEGER NOT NULL
) WITHOUT ROWID, STRICT;
-- Who sells nothing is asked for at every start and after every change; they are few.
CREATE INDEX seller_account_closed ON seller_account (id) WHERE state <> 'active';

CREATE TABLE seller_member (
  key           INTEGER PRIMARY KEY,
  id            BLOB    NOT NULL,
  seller        BLOB    NOT NULL,
  email         TEXT    NOT NULL,
  password_hash TEXT    NOT NULL,
  created_at    INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX seller_member_email ON seller_member (email);
CREATE INDEX seller_member_seller ON seller_member (seller);

CREATE TABLE seller_session (
  token      BLOB    PRIMARY KEY,
  member     INTEGER NOT NULL,
  expires_at INTEGER NOT NULL
) WITHOUT ROWID, STRICT;
CREATE INDEX seller_session_expires ON seller_session (expires_at);

-- Appended to: a rate holds from its moment on, and what was placed before keeps the one before.
CREATE TABLE seller_rate (
  seller       BLOB    NOT NULL,
  from_at      INTEGER NOT NULL,
  basis_points INTEGER NOT NULL CHECK (basis_points BETWEEN 0 AND 10000),
  by_staff     BLOB,
  PRIMARY KEY (seller, from_at)
) WITHOUT ROWID, STRICT;
CREATE TRIGGER seller_rate_is_not_changed BEFORE UPDATE ON seller_rate
BEGIN SELECT RAISE(ABORT, 'rates are appended to'); END;
CREATE TRIGGER seller_rate_is_not_shortened BEFORE DELETE ON seller_rate
BEGIN SELECT RAISE(ABORT, 'rates are appended to'); END;

-- The seller ledger, in order of time. `order_key` is 0 and `order_id` null for a payout.
CREATE TABLE seller_line (
  key          INTEGER PRIMARY KEY,
  id           BLOB    NOT NULL,
  seller       BLOB    NOT NULL,
  order_key    INTEGER NOT NULL,
  order_id     BLOB,
  kind         TEXT    NOT NULL
    CHECK (kind IN ('sale', 'commission', 'refund', 'commission_reversal', 'payout')),
  cause        BLOB    NOT NULL,
  sku          BLOB,
  quantity     INTEGER NOT NULL,
  minor        INTEGER NOT NULL,
  currency     TEXT    NOT NULL,
  basis_points INTEGER NOT NULL,
  of_line      BLOB,
  at           INTEGER NOT NULL
) STRICT;
CREATE INDEX seller_line_seller ON seller_line (seller, key);
CREATE INDEX seller_line_order ON seller_line (order_key);
CREATE TRIGGER seller_line_is_not_changed BEFORE UPDATE ON seller_line
BEGIN SELECT RAISE(ABORT, 'the seller ledger is appended to'); END;
CREATE TRIGGER seller_line_is_not_shortened BEFORE DELETE ON seller_line
BEGIN SELECT RAISE(ABORT, 'the seller ledger is appended to'); END;

-- What the lines of a seller add up to, kept in the transaction that appends them.
CREATE TABLE seller_balance (
  seller   BLOB    NOT NULL,
  currency TEXT    NOT NULL,
  minor    INTEGER NOT NULL,
  PRIMARY KEY (seller, currency)
) WITHOUT ROWID, STRICT;

-- A seller's orders: a read model, computed anew from order and parcels.
CREATE TABLE seller_order (
  seller    BLOB    NOT NULL,
  order_key INTEGER NOT NULL,
  order_id  BLOB    NOT NULL,
  placed_at INTEGER NOT NULL,
  stage     TEXT    NOT NULL,
  minor     INTEGER NOT NULL,
  currency  TEXT    NOT NULL,
  pieces    INTEGER NOT NULL,
  returns   INTEGER NOT NULL,
  version   INTEGER NOT NULL,
  PRIMARY KEY (seller, order_key)
) WITHOUT ROWID, STRICT;
CREATE INDEX seller_order_stage ON seller_order (seller, stage, order_key);
CREATE INDEX seller_order_returns ON seller_order (seller, order_key) WHERE returns > 0;

-- A seller's products are found by what the seller offers.
CREATE INDEX offer_seller ON offer (seller, product);
