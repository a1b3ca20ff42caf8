//! The schema and the statements of the purchase, as the store has them.

pub const SCHEMA: &str = include_str!("../../../../adapters/sqlite/migrations/0001_purchase.sql");
pub const PRAGMAS: &str = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=0;
  PRAGMA temp_store=MEMORY; PRAGMA cache_size=-16384; PRAGMA foreign_keys=OFF;";

pub const FIND_HOLD: &str =
    "SELECT checkout_id, state, order_id, deadline, lines FROM hold WHERE checkout = ?1";
pub const PUT_HOLD: &str = "INSERT INTO hold (checkout, checkout_id, state, order_id, deadline, lines)
  VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
pub const ENTRY: &str = "INSERT INTO stock_entry (seq, sku, warehouse, kind, quantity, checkout, at)
  VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
pub const CLAIM: &str =
    "INSERT INTO claim (seq, digest, request, subject, at) VALUES (?1, ?2, ?3, ?4, ?5)";
pub const ORDER: &str = "INSERT INTO orders (key, id, user, checkout, checkout_id, payment_id, state, version,
    lease_owner, lease_until, currency, total, cart_version, deadline, moves, created_at)
  VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)";
pub const CONTENT: &str = "INSERT INTO order_content (key, quote, ship_to) VALUES (?1, ?2, ?3)";
pub const PAYMENT: &str = "INSERT INTO payment (key, id, order_id, user, minor, currency, method, state, gateway,
    token, captured, refunded, refunding, created_at)
  VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 'authorizing', ?8, ?9, 0, 0, 0, ?10)";
pub const FIND_ORDER: &str = "SELECT version, state FROM orders WHERE key = ?1 AND id = ?2";
pub const PAY: &str = "UPDATE payment SET state = ?2, gateway_ref = coalesce(?3, gateway_ref), action_url = ?4,
    reason = coalesce(?5, reason)
  WHERE key = ?1 AND id = ?6 AND state IN ('authorizing','requires_action')";
pub const MOVE_HOLD: &str = "UPDATE hold SET state = ?2, order_id = ?3 WHERE checkout = ?1";
pub const MOVE_ORDER: &str = "UPDATE orders SET state = ?2, version = version + 1, lease_owner = ?3,
    lease_until = ?4, answer = coalesce(answer, ?5), moves = moves || ?6
  WHERE key = ?1";
pub const FACT: &str = "INSERT INTO outbox (lane, aggregate, number, kind, body, at)
  VALUES (?1, ?2, ?3, ?4, ?5, ?6)";

pub const DEADLINE_MS: i64 = 900_000;
pub const GATEWAY_REF: &str = "ga_0123456789abcdef";
pub const CONFIRMED: &str = r#"{"status":"confirmed"}"#;
