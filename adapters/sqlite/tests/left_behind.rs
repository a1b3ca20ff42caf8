//! What accounts that were deleted long ago left behind goes when the store is opened; what belongs to
//! somebody stays.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use common::Folder;
use rusqlite::Connection;

/// Two users of whom one is gone, each with an ended order, a live one, a one-time token and a mail.
const BEFORE: &str = "
  INSERT INTO user (key, id, kind, email, name, created_at) VALUES (1, x'01', 'customer', 'a@b.c', 'A', 0);
  INSERT INTO proof (token, user, purpose, email, expires_at)
    SELECT user, user, 'reset_password', 'a@b.c', 9 FROM (SELECT x'01' AS user UNION SELECT x'02');
  INSERT INTO mail_preference (user, declined) VALUES (x'01', ''), (x'02', '');
  INSERT INTO mail (key, id, kind, about, number, recipient, subject, text, html, created_at, user)
    VALUES (1, x'01', 'reset_password', x'01', 1, 'a@b.c', 's', 't', 'h', 0, x'01'),
           (2, x'02', 'reset_password', x'02', 1, 'a@b.c', 's', 't', 'h', 0, x'02'),
           (3, x'03', 'order_confirmed', x'03', 1, 'a@b.c', 's', 't', 'h', 0, NULL);
  INSERT INTO orders (key, id, user, checkout, checkout_id, payment_id, state, version, currency, total,
      deadline, moves, created_at)
    SELECT key, unhex(printf('%02d', key)), user, key, x'00', x'00', state, 1, 'EUR', 1, 0, '', 0 FROM (
      SELECT 1 AS key, x'01' AS user, 'delivered' AS state UNION SELECT 2, x'02', 'delivered'
      UNION SELECT 3, x'02', 'confirmed' UNION SELECT 4, x'02', 'cancelled');
  INSERT INTO payment (key, id, order_id, user, minor, currency, method, state, gateway, token, captured,
      refunded, refunding, created_at)
    SELECT key, id, id, user, 1, 'EUR', 'card', 'captured', 'g', 'tok', 1, 0, 0, 0 FROM orders;
  DELETE FROM migration WHERE name LIKE '%left_behind';
";

fn column(conn: &Connection, sql: &str) -> Vec<String> {
    let mut select = conn.prepare(sql).unwrap();
    select.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_deleted_accounts_left_goes_and_nothing_else() {
    let folder = Folder::new();
    folder.open().close();
    let file = folder.0.join("souk.db");
    Connection::open(&file).unwrap().execute_batch(BEFORE).unwrap();
    folder.open().close();
    let conn = Connection::open(&file).unwrap();
    let tokens = column(&conn, "SELECT token FROM payment ORDER BY key");
    assert_eq!(tokens, ["tok", "", "tok", ""], "hers, and one of an order that is under way, stay");
    assert_eq!(column(&conn, "SELECT hex(user) FROM proof"), ["01"]);
    assert_eq!(column(&conn, "SELECT hex(user) FROM mail_preference"), ["01"]);
    let words = "SELECT recipient || subject || text || html FROM mail ORDER BY key";
    assert_eq!(column(&conn, words), ["a@b.csth", "", "a@b.csth"]);
}
