//! Violations planted in the database by raw SQL.

use super::fixture::{Planted, Shop, named};
use souk_kernel::OrderId;

fn blob(order: OrderId) -> String {
    format!("x'{}'", order.uuid().simple())
}

/// Runs statements with `{name}` replaced by that order's id, and expects these invariants to be named,
/// the first with that order's id, as `noun`.
#[track_caller]
fn plant(sql: &str, order: &str, invariants: &[&str]) {
    plant_as(sql, order, "order", invariants);
}

#[track_caller]
fn plant_as(sql: &str, order: &str, noun: &str, invariants: &[&str]) {
    let shop = Shop::shared();
    let planted = Planted::copy(shop);
    let id = shop.order(order);
    let id_of = |column: &str| {
        let sql = format!("SELECT {column} FROM orders WHERE id = {}", blob(id));
        souk_kernel::OrderId::from_bytes(planted.get(&sql)).to_string()
    };
    let expected = match noun {
        "payment" => id_of("payment_id"),
        "checkout" => id_of("checkout_id"),
        "user" => id_of("user"),
        _ => id.to_string(),
    };
    let mut sql = sql.replace("{id}", &blob(id));
    for (name, other) in &shop.orders {
        sql = sql.replace(&format!("{{{name}}}"), &blob(*other));
    }
    sql = sql.replace("{key}", &id.key().to_string());
    sql = sql
        .replace("{payment}", &format!("(SELECT payment_id FROM orders WHERE id = {})", blob(id)));
    sql = sql
        .replace("{checkout}", &format!("(SELECT checkout FROM orders WHERE id = {})", blob(id)));
    planted.sql(&sql);
    named(&planted.reconcile(), invariants, noun, &expected);
}

/// The first shelf, and its SKU as text.
fn shelf(planted: &Planted) -> String {
    souk_kernel::Sku::from_bytes(planted.get("SELECT sku_id FROM stock_level LIMIT 1")).to_string()
}

#[track_caller]
fn plant_shelf(sql: &str, invariants: &[&str]) {
    let planted = Planted::copy(Shop::shared());
    let sku = shelf(&planted);
    planted.sql(&sql.replace("{sku}", "(SELECT sku FROM stock_level LIMIT 1)"));
    named(&planted.reconcile(), invariants, "sku", &sku);
}

#[track_caller]
fn plant_row(sql: &str, noun: &str, id: &str, invariants: &[&str]) {
    let planted = Planted::copy(Shop::shared());
    let id: String = planted.get(&format!("SELECT cast(({id}) AS TEXT)"));
    planted.sql(sql);
    named(&planted.reconcile(), invariants, noun, &id);
}

#[test]
fn a_counter_that_the_ledger_does_not_bear_out() {
    plant_shelf("UPDATE stock_level SET on_hand = on_hand + 1 WHERE sku = {sku}", &["ledgers-sum"]);
    plant_shelf(
        "UPDATE stock_level SET held = held + 1, on_hand = on_hand + 1 WHERE sku = {sku}",
        &["ledgers-sum"],
    );
}

#[test]
fn more_promised_than_there_is() {
    plant_shelf(
        "UPDATE stock_level SET on_hand = on_hand - 97 WHERE sku = {sku};
         UPDATE stock_entry SET quantity = 3 WHERE sku = {sku} AND kind = 'receive'",
        &["no-oversell"],
    );
    plant_shelf(
        "UPDATE stock_level SET committed = -1 WHERE sku = {sku}",
        &["no-oversell", "ledgers-sum"],
    );
}

#[test]
fn an_oversell_that_the_rows_have_not_seen_yet() {
    // The row stays right for its `as_of`; the tail takes more than there is.
    plant_shelf(
        "INSERT INTO stock_entry SELECT (SELECT max(seq) + 1 FROM stock_entry), sku, warehouse,
           'adjust', -on_hand, NULL, 0 FROM stock_level WHERE sku = {sku}",
        &["no-oversell"],
    );
}

#[test]
fn entries_that_nobody_will_ever_count() {
    plant_shelf(
        "INSERT INTO stock_entry SELECT (SELECT max(seq) + 1 FROM stock_entry), sku, warehouse,
           'receive', 5, NULL, 0 FROM stock_level WHERE sku = {sku};
         UPDATE stock_counted SET seq = (SELECT max(seq) FROM stock_entry)",
        &["ledgers-sum"],
    );
}

#[test]
fn a_ledger_with_a_hole() {
    plant_row(
        "DELETE FROM stock_entry WHERE kind = 'adjust' AND seq < 10",
        "entry",
        "SELECT min(seq) FROM stock_entry WHERE kind = 'adjust'",
        &["ledgers-sum"],
    );
    plant_row("DELETE FROM money_entry WHERE seq = 1", "money entry", "1", &["ledgers-sum"]);
}

#[test]
fn a_hold_that_ends_twice_or_never() {
    let again = "INSERT INTO stock_entry SELECT (SELECT max(seq) FROM stock_entry) +
        row_number() OVER (), sku, warehouse, 'release', quantity, checkout, at FROM stock_entry
        WHERE checkout = {checkout} AND kind = 'hold'";
    plant_as(again, "captured", "checkout", &["released-once"]);
    plant_as(
        "UPDATE stock_entry SET kind = 'hold' WHERE checkout = {checkout} AND kind = 'commit'",
        "captured",
        "checkout",
        &["released-once", "no-oversell", "ledgers-sum"],
    );
    plant_as(
        "UPDATE hold SET state = 'expired' WHERE checkout = {checkout}",
        "declined",
        "checkout",
        &["released-once"],
    );
}

#[test]
fn stock_that_does_not_follow_its_order() {
    // What is sold is not set aside.
    plant(
        "UPDATE hold SET order_id = {untold} WHERE checkout = {checkout}",
        "captured",
        &["no-lost-order"],
    );
    // An open order without its pin, a failed one with it.
    plant(
        "UPDATE hold SET state = 'held', order_id = NULL WHERE checkout = {checkout}",
        "waiting",
        &["released-once"],
    );
    plant(
        "UPDATE hold SET state = 'paying', order_id = {id} WHERE checkout = {checkout}",
        "declined",
        &["released-once"],
    );
    // Other goods than were bought.
    plant(
        "UPDATE order_content SET quote = replace(quote, '\"quantity\":1,', '\"quantity\":2,')
         WHERE key = {key}",
        "captured",
        &["no-lost-order", "charged-as-shown"],
    );
}

#[test]
fn a_hold_of_an_order_that_is_not_there() {
    plant_as(
        "DELETE FROM orders WHERE id = {id}; DELETE FROM order_content WHERE key = {key};
         DELETE FROM order_list WHERE key = {key}; DELETE FROM outbox WHERE aggregate = {id}",
        "captured",
        "order",
        &["no-lost-order", "paid-once", "same-key-same-answer", "charged-as-shown"],
    );
}

#[test]
fn moves_that_nobody_drew() {
    let all = &["drawn-edges-only"];
    plant("UPDATE orders SET moves = replace(moves, '\"to\":\"payment_pending\"', '\"to\":\"shipped\"')
           WHERE id = {id}", "captured", all);
    plant(
        "UPDATE orders SET moves = replace(moves, '\"by\":\"saga\"', '\"by\":\"\"') WHERE id = {id}",
        "captured",
        all,
    );
    plant("UPDATE orders SET moves = moves || 'nonsense' WHERE id = {id}", "captured", all);
    plant("UPDATE orders SET version = 1 WHERE id = {id}", "captured", all);
    // Nor has anything of it left.
    let also = &["drawn-edges-only", "no-lost-order"];
    plant("UPDATE orders SET state = 'delivered' WHERE id = {id}", "captured", also);
    plant_as(
        "UPDATE payment SET state = 'lost' WHERE id = {payment}",
        "voided",
        "payment",
        &["drawn-edges-only", "paid-once"],
    );
}

#[test]
fn an_order_that_was_answered_and_is_lost() {
    plant("DELETE FROM order_content WHERE key = {key}", "captured", &["no-lost-order"]);
    plant(
        "UPDATE orders SET key = key + 1 WHERE id = {id};
           UPDATE order_content SET key = key + 1 WHERE key = {key};
           UPDATE order_list SET key = key + 1 WHERE key = {key};",
        "captured",
        &["no-lost-order", "same-key-same-answer", "charged-as-shown", "told-at-least-once"],
    );
    plant(
        "UPDATE orders SET answer = '{\"status\":\"confirmed\"}' WHERE id = {id}",
        "declined",
        &["no-lost-order"],
    );
}

#[test]
fn two_live_orders_of_one_checkout() {
    plant(
        "DROP INDEX order_live; UPDATE orders SET state = 'confirmed' WHERE id = {id}",
        "first try",
        &[
            "paid-once",
            "no-lost-order",
            "same-key-same-answer",
            "drawn-edges-only",
            "told-at-least-once",
        ],
    );
}

#[test]
fn money_that_is_not_what_was_shown() {
    let all = &["charged-as-shown"];
    plant(
        "UPDATE orders SET total = total + 1 WHERE id = {id};
           UPDATE payment SET minor = minor + 1 WHERE id = {payment}",
        "unanswered",
        all,
    );
    plant(
        "UPDATE order_content SET quote = json_set(quote, '$.shipping', 1) WHERE key = {key}",
        "captured",
        all,
    );
    plant(
        "UPDATE order_content SET quote = json_set(quote, '$.lines[0].tax', 1) WHERE key = {key}",
        "untold",
        all,
    );
    plant(
        "UPDATE checkout SET quote = json_set(quote, '$.lines[0].price', 1)
           WHERE key = {checkout}",
        "second try",
        all,
    );
}

#[test]
fn bounds_of_a_payment() {
    plant_as(
        "UPDATE payment SET captured = minor + 1 WHERE id = {payment}",
        "captured",
        "payment",
        &["paid-once", "ledgers-sum"],
    );
    plant_as(
        "UPDATE payment SET refunding = captured + 1 WHERE id = {payment}",
        "captured",
        "payment",
        &["paid-once", "ledgers-sum"],
    );
    plant_as(
        "UPDATE payment SET captured_at = NULL WHERE id = {payment}",
        "captured",
        "payment",
        &["paid-once"],
    );
}

#[test]
fn orders_and_their_payments_disagree() {
    // Goods for nothing.
    plant("UPDATE payment SET state = 'declined' WHERE id = {payment}", "untold", &["paid-once"]);
    // Money without goods, and nobody on the way to give it back.
    plant(
        "DELETE FROM outbox WHERE aggregate = {id};
           INSERT OR IGNORE INTO order_list SELECT user, key FROM orders WHERE id = {id}",
        "voiding",
        &["paid-once"],
    );
    plant(
        "UPDATE orders SET payment_id = {untold} WHERE id = {id}",
        "captured",
        &["paid-once", "no-lost-order"],
    );
    plant_as(
        "UPDATE payment SET order_id = {untold} WHERE id = {payment}",
        "captured",
        "payment",
        &["no-lost-order", "paid-once"],
    );
}

#[test]
fn the_money_ledger() {
    plant_as(
        "UPDATE money_entry SET minor = minor - 1 WHERE payment =
                (SELECT key FROM payment WHERE id = {payment})",
        "captured",
        "payment",
        &["ledgers-sum"],
    );
    plant_as(
        "UPDATE money_entry SET currency = 'USD' WHERE payment =
                (SELECT key FROM payment WHERE id = {payment})",
        "captured",
        "payment",
        &["ledgers-sum"],
    );
    plant_as(
        "UPDATE money_entry SET debit = 'sales' WHERE refund IS NULL AND payment =
                (SELECT key FROM payment WHERE id = {payment})",
        "captured",
        "payment",
        &["ledgers-sum"],
    );
    plant_as(
        "UPDATE payment SET refunding = 0 WHERE id = {payment}",
        "refunding",
        "payment",
        &["ledgers-sum"],
    );
    plant_as(
        "UPDATE refund SET state = 'failed' WHERE payment =
                (SELECT key FROM payment WHERE id = {payment})",
        "partly refunded",
        "payment",
        &["ledgers-sum", "paid-once"],
    );
    plant_row(
        "INSERT INTO money_entry SELECT seq + 1, payment, x'00112233445566778899aabbccddeeff',
                 'sales', 'gateway', 1, currency, at FROM money_entry ORDER BY seq DESC LIMIT 1",
        "refund",
        "'00112233-4455-6677-8899-aabbccddeeff'",
        &["ledgers-sum"],
    );
}

#[test]
fn keys_and_their_claims() {
    let all = &["same-key-same-answer"];
    plant_row(
        "UPDATE claim SET digest = (SELECT digest FROM claim WHERE seq = 3) WHERE seq = 5",
        "claim",
        "5",
        all,
    );
    plant_row("DELETE FROM claim WHERE seq = 4", "claim", "4", all);
    plant_row(
        "UPDATE claim SET subject = (SELECT subject FROM claim WHERE seq = 3) WHERE seq = 5",
        "claim",
        "5",
        all,
    );
    plant_row("UPDATE claim SET subject = x'0123' WHERE seq = 5", "claim", "5", all);
    plant("UPDATE orders SET answer = NULL WHERE id = {id}", "declined", all);
    plant(
        "UPDATE orders SET answer = '{\"status\":\"declined\",\"reason\":\"\"}' WHERE id = {id}",
        "captured",
        all,
    );
    // A day later the same key is another key.
    let planted = Planted::copy(Shop::shared());
    planted.sql(
        "UPDATE claim SET digest = (SELECT digest FROM claim WHERE seq = 1) WHERE seq = 30;
                 UPDATE claim SET at = at - 86400000 WHERE seq = 1;
                 UPDATE checkout SET created_at = created_at - 86400000
                 WHERE id = (SELECT subject FROM claim WHERE seq = 1)",
    );
    assert!(planted.reconcile().is_clean());
}

#[test]
fn other_peoples_rows() {
    let all = &["own-data-only"];
    plant(
        "INSERT INTO order_list SELECT user, (SELECT key FROM orders WHERE id = {id})
           FROM orders WHERE id = {untold}",
        "captured",
        all,
    );
    plant("UPDATE payment SET user = zeroblob(16) WHERE id = {payment}", "captured", all);
    plant("UPDATE checkout SET user = zeroblob(16) WHERE key = {checkout}", "second try", all);
    plant_as(
        "UPDATE cart SET body = json_set(body, '$.owner', 'x')
              WHERE user = (SELECT user FROM orders WHERE id = {id})",
        "second try",
        "user",
        all,
    );
    plant(
        "UPDATE outbox SET body = json_set(body, '$.user', 'x') WHERE aggregate = {id}",
        "untold",
        all,
    );
}

#[test]
fn facts_that_nobody_hears() {
    let all = &["told-at-least-once"];
    plant("DELETE FROM order_list WHERE key = {key}", "captured", all);
    // Told to the list, never to whoever takes the money.
    plant(
        "DELETE FROM outbox WHERE aggregate = {id};
           INSERT OR IGNORE INTO order_list SELECT user, key FROM orders WHERE id = {id}",
        "untold",
        all,
    );
    plant("UPDATE outbox SET number = 9 WHERE aggregate = {id}", "untold", all);
    plant("INSERT INTO outbox_parked VALUES ({id}, 9999, 'poison', 0)", "untold", all);
    plant(
        "INSERT INTO outbox (lane, aggregate, number, kind, body, at)
           SELECT lane, aggregate, 1, kind, body, at FROM outbox WHERE aggregate = {id} LIMIT 1",
        "untold",
        all,
    );
}

#[test]
fn invoices_with_a_gap_or_other_sums() {
    plant_row(
        "DELETE FROM invoice WHERE number = 2",
        "invoice number",
        "SELECT 2",
        &["ledgers-sum", "charged-as-shown"],
    );
    plant(
        "UPDATE invoice SET minor = minor + 1 WHERE order_id = {id} AND kind = 'invoice'",
        "captured",
        &["charged-as-shown"],
    );
    plant(
        "UPDATE invoice SET minor = minor + 1000000,
           body = json_set(body, '$.total.minor', minor + 1000000)
         WHERE order_id = {id} AND kind = 'credit_note'",
        "refunded",
        &["ledgers-sum"],
    );
}

#[test]
fn only_a_transfer_waits_for_one() {
    plant_as(
        "UPDATE payment SET method = 'card' WHERE id = {payment}",
        "awaited",
        "payment",
        &["drawn-edges-only"],
    );
}

#[test]
fn a_parked_order_is_a_note() {
    let shop = Shop::shared();
    let planted = Planted::copy(shop);
    let order = shop.order("untold");
    planted.sql(&format!(
        "INSERT INTO outbox_parked SELECT aggregate, seq, 'poison', 0 FROM outbox WHERE aggregate = {}",
        blob(order)
    ));
    let report = planted.reconcile();
    assert!(report.is_clean(), "{report}");
    assert_eq!(report.notes[0].ids[0].id, order.to_string());
}

/// Nothing is broken by it: recovery finds the order anyway. Somebody should look.
#[test]
fn a_message_that_nobody_works_is_a_note() {
    let planted = Planted::copy(Shop::shared());
    planted.sql(
        "INSERT INTO webhook_inbox (provider, event, kind, reference, received_at, state, tries, at, why)
         VALUES ('sandbox', 'evt_old', 'k', 'order_1', 0, 'waiting', 0, 0, NULL),
                ('sandbox', 'evt_parked', 'k', 'order_2', 0, 'parked', 24, 0, 'no such order yet'),
                ('sandbox', 'evt_done', 'k', 'order_3', 0, 'done', 1, 0, NULL),
                ('sandbox', 'evt_now', 'k', 'order_4', unixepoch() * 1000, 'waiting', 1, 0, 'x')",
    );
    let report = planted.reconcile();
    assert!(report.is_clean(), "{report}");
    let mut named: Vec<_> = report.notes.iter().map(|note| note.ids[0].id.as_str()).collect();
    named.sort_unstable();
    assert_eq!(named, ["evt_old", "evt_parked"], "{report}");
    assert!(report.to_string().contains("parked after 24 tries: no such order yet"), "{report}");
}
