//! Sellers' books that are lost, wrong, or were never kept: `souk rebuild` gives what the facts gave.

use crate::help::{Offer, Shop, Shopper, key};
use rusqlite::Connection;
use serde_json::json;

/// Every line, balance and row, without what says when it was written.
const BOOKS: &str = "
  SELECT 'line', hex(seller), order_key, kind, hex(cause), coalesce(hex(sku), ''), quantity, minor,
         basis_points FROM seller_line
  UNION ALL
  SELECT 'balance', hex(seller), 0, currency, '', '', 0, minor, 0 FROM seller_balance
  UNION ALL
  SELECT 'row', hex(seller), order_key, stage, hex(order_id), placed_at, pieces, minor, returns
  FROM seller_order ORDER BY 1, 2, 3, 4, 5, 6, 7, 8, 9";

fn books(conn: &Connection) -> Vec<String> {
    let mut statement = conn.prepare(BOOKS).unwrap();
    let cell = |row: &rusqlite::Row<'_>, at| match row.get_ref(at).unwrap() {
        rusqlite::types::ValueRef::Integer(number) => number.to_string(),
        other => other.as_str().unwrap().to_owned(),
    };
    let line =
        |row: &rusqlite::Row<'_>| Ok((0..9).map(|at| cell(row, at)).collect::<Vec<_>>().join(" "));
    statement.query_map([], line).unwrap().map(Result::unwrap).collect()
}

fn buys(shop: &Shop, lines: &[(&Offer, u32)]) -> (Shopper, String) {
    let shopper = shop.guest();
    let total = shopper.total(lines);
    let placed = shopper.buy(lines, &total, "tok_approve", &key()).unwrap().expect(201);
    shop.comes_to_rest();
    (shopper, placed.text("order_id"))
}

fn asks(shopper: &Shopper, path: &str, body: &serde_json::Value) {
    let answer = shopper.ask("POST", path, Some(&key()), Some(body)).unwrap();
    assert!((200..300).contains(&answer.status), "{path}: {answer:?}");
}

fn rebuilds(shop: &Shop) {
    let done = shop.command(&["rebuild"]).output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
}

#[test]
fn books_are_rebuilt_as_the_facts_had_them() {
    let mut shop = Shop::open_with("sellers-rebuilt", &[("SOUK_CARRIER_SPEED", "0".into())]);
    let ((_, cookie, ada), (_, _, bea)) = (shop.sells_a_kettle("ada"), shop.sells_a_kettle("bea"));
    let euro = json!({ "amount": { "minor": 100, "currency": "EUR" } });
    let (_, packed) = buys(&shop, &[(&ada, 2)]);
    shop.send(&cookie, &format!("/seller/orders/{packed}/pack"), "parcel=1").expect(303);
    let (shopper, order) = buys(&shop, &[(&ada, 1), (&bea, 1), (&shop.offer(), 1)]);
    asks(&shopper, &format!("/orders/{order}/refunds"), &euro);
    let (shopper, order) = buys(&shop, &[(&bea, 2)]);
    asks(&shopper, &format!("/orders/{order}/refunds"), &euro);
    shop.comes_to_rest();
    asks(&shopper, &format!("/orders/{order}/cancel"), &json!({}));
    shop.is_sound();
    shop.stop();
    let kept = books(&shop.db());
    assert!(kept.iter().any(|line| line.contains("to_ship")), "{kept:#?}");
    assert!(kept.iter().any(|line| line.contains("commission_reversal")), "{kept:#?}");
    // What is right stays as it is, written once.
    rebuilds(&shop);
    assert_eq!(books(&shop.db()), kept);
    let harms = [
        "UPDATE seller_balance SET minor = 7",
        "UPDATE seller_order SET stage = 'to_pack', minor = 1, pieces = 9",
        "DELETE FROM seller_order",
        "UPDATE seller_order SET order_id = zeroblob(16)",
        // Orders placed before there were books.
        "DROP TRIGGER seller_line_is_not_shortened; DELETE FROM seller_line;
         DELETE FROM seller_balance; DELETE FROM seller_order",
    ];
    for harm in harms {
        shop.edit(|conn| conn.execute_batch(harm).unwrap());
        assert_ne!(books(&shop.db()), kept, "{harm}");
        rebuilds(&shop);
        assert_eq!(books(&shop.db()), kept, "{harm}");
    }
    shop.start();
    shop.is_sound();
}
