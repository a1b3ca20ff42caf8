//! Plants each kind of violation and sees it named.

mod fixture;

use fixture::{DECLINED, Fixture, SOLD, USER, claim, id, line};
use souk_checker::{Code, Options};

#[test]
fn a_consistent_shop_is_clean() {
    let report = Fixture::new().finds(&[]);
    assert!(report.is_clean());
    assert!(report.to_string().ends_with("clean"), "{report}");
}

#[test]
fn an_answered_order_that_is_not_there() {
    let mut shop = Fixture::new();
    shop.told("key-9", 201, Some(id(9)), "");
    let report = shop.finds(&[Code::OrderMissing, Code::ClaimMissing]);
    assert!(report.findings().iter().any(|f| f.id == id(9).to_string()), "{report}");
}

#[test]
fn an_order_lost_with_its_rows() {
    let shop = Fixture::new();
    let (order, paid) = (id(SOLD).key(), id(SOLD + 200).key());
    shop.sql(&format!(
        "DELETE FROM orders WHERE key = {order}; DELETE FROM order_content WHERE key = {order};
         DELETE FROM payment WHERE key = {paid}; DELETE FROM money_entry;"
    ));
    shop.finds(&[
        Code::OrderMissing,
        Code::ClaimWithoutOrder,
        Code::HoldWithoutOrder,
        Code::ChargeWithoutOrder,
    ]);
}

#[test]
fn a_confirmed_answer_for_an_order_that_never_was() {
    let mut shop = Fixture::new();
    shop.told("key-2", 201, Some(id(DECLINED)), "");
    shop.finds(&[Code::OrderNotConfirmed]);
}

#[test]
fn another_total() {
    let shop = Fixture::new();
    shop.sql(&format!("UPDATE orders SET total = 1300 WHERE key = {}", id(SOLD).key()));
    shop.finds(&[Code::TotalDiffers, Code::PaymentDiffers, Code::ChargeDiffers]);
}

#[test]
fn one_order_for_two_keys() {
    let mut shop = Fixture::new();
    shop.told("key-x", 201, Some(id(SOLD)), "");
    shop.finds(&[Code::OrderShared, Code::ClaimMissing]);
}

#[test]
fn one_key_two_orders() {
    let mut shop = Fixture::new();
    shop.order(3, true);
    shop.sql("UPDATE stock_level SET committed = 4");
    shop.finds(&[]);
    shop.log.pop();
    shop.told("key-1", 201, Some(id(3)), "");
    shop.finds(&[Code::KeyTwoOrders]);
}

#[test]
fn one_key_two_bodies() {
    let mut shop = Fixture::new();
    let again = shop.log[0].replace("\"body_digest\":\"b\"", "\"body_digest\":\"other\"");
    shop.log.push(again);
    shop.finds(&[Code::KeyTwoBodies]);
}

#[test]
fn somebody_elses_order() {
    let shop = Fixture::new();
    let other = id(USER + 1).0;
    shop.sql(&format!("UPDATE orders SET user = x'{other:032x}' WHERE key = {}", id(SOLD).key()));
    shop.finds(&[Code::OwnerDiffers]);
}

#[test]
fn a_declined_order_that_is_confirmed() {
    let mut shop = Fixture::new();
    shop.told("key-1", 402, Some(id(SOLD)), "payment_declined");
    shop.finds(&[Code::DeclinedButConfirmed]);
}

#[test]
fn a_refusal_that_left_an_order() {
    let mut shop = Fixture::new();
    shop.log.remove(0);
    shop.told("key-1", 409, None, "out_of_stock");
    shop.finds(&[Code::RefusedLeftOrder]);
    // In flight is no refusal, and a later success under the same key is fine.
    shop.told("key-1", 201, Some(id(SOLD)), "");
    shop.finds(&[]);
}

#[test]
fn no_answer_may_be_either() {
    let mut shop = Fixture::new();
    shop.log.remove(0);
    shop.told("key-1", 0, None, "");
    shop.told("key-never-arrived", 0, None, "");
    shop.finds(&[]);
    let key = claim(id(USER), "key-lost");
    shop.told("key-lost", 0, None, "");
    shop.sql(&format!(
        "INSERT INTO claim (digest, request, subject, at) VALUES (x'{key}', x'00', x'{:032x}', 0)",
        id(77).0
    ));
    shop.finds(&[Code::ClaimWithoutOrder]);
}

#[test]
fn a_sold_order_without_money() {
    let mut shop = Fixture::new();
    shop.undone(|fact| fact.contains("\"ga_1\""));
    shop.finds(&[Code::ChargeMissing, Code::CaptureDiffers]);
}

#[test]
fn a_checkout_that_is_charged_twice() {
    let mut shop = Fixture::new();
    shop.authorized(SOLD, "authorized", 1299);
    shop.finds(&[Code::DoubleCharge]);
}

/// A shop that was killed between a cancellation and its consumers.
#[test]
fn money_that_goes_back_as_soon_as_the_cancellation_is_told() {
    let shop = Fixture::new();
    let (order, checkout) = (id(SOLD), id(SOLD + 100).key());
    shop.sql(&format!(
        "UPDATE orders SET state = 'cancelled', moves = moves ||
           '{{\"to\":\"cancelled\",\"at\":2,\"by\":\"shopper\"}}\n' WHERE key = {};
         UPDATE hold SET state = 'restocked' WHERE checkout = {checkout};
         INSERT INTO stock_entry SELECT seq + 5, sku, warehouse, 'restock', quantity, checkout, at
           FROM stock_entry WHERE kind = 'commit';
         UPDATE stock_level SET committed = 0;
         INSERT INTO outbox (lane, aggregate, number, kind, body, at)
           VALUES (0, x'{:032x}', 3, 'order.cancelled', '', 0);",
        order.key(),
        order.0
    ));
    let told_to_come = shop.judge(Options { settled: false });
    assert!(told_to_come.is_clean(), "{told_to_come}");
    shop.finds(&[Code::ChargeWithoutOrder]);
    shop.sql("DELETE FROM outbox");
    assert!(!shop.judge(Options { settled: false }).is_clean());
}

#[test]
fn money_for_a_declined_order_and_for_no_order() {
    let mut shop = Fixture::new();
    shop.authorized(DECLINED, "authorized", 1299);
    shop.authorized(55, "authorized", 1299);
    let report = shop.finds(&[Code::ChargeWithoutOrder]);
    assert_eq!(report.counts()[&Code::ChargeWithoutOrder], 2);
    // Let go, it is nobody's loss.
    for name in ["ga_3", "ga_4"] {
        shop.fact(&format!(r#""op":"void","ref":"{name}","key":"v","q":"0""#));
    }
    shop.finds(&[]);
}

#[test]
fn more_captured_than_authorized() {
    let mut shop = Fixture::new();
    shop.fact(r#""op":"capture","ref":"ga_1","key":"c2","q":"0","amount":1"#);
    shop.finds(&[Code::GatewayOverdrawn, Code::CaptureDiffers]);
}

#[test]
fn a_money_ledger_with_a_line_missing() {
    let shop = Fixture::new();
    shop.sql("DELETE FROM money_entry");
    shop.finds(&[Code::MoneyLedgerDiffers]);
}

#[test]
fn a_level_that_drifted() {
    let shop = Fixture::new();
    shop.sql("UPDATE stock_level SET committed = committed + 1");
    shop.finds(&[Code::LevelDiffers]);
    // A row that is behind the ledger is not wrong.
    shop.sql("UPDATE stock_level SET committed = 0, held = 2, as_of = 10");
    shop.finds(&[]);
}

#[test]
fn a_ledger_entry_twice() {
    let shop = Fixture::new();
    shop.sql("INSERT INTO stock_entry SELECT 90, sku, warehouse, kind, quantity, checkout, at FROM stock_entry WHERE seq = 11");
    shop.finds(&[
        Code::StockNegative,
        Code::LevelDiffers,
        Code::HoldsDiffer,
        Code::HoldLedgerDiffers,
    ]);
}

#[test]
fn more_sold_than_there_was() {
    let shop = Fixture::new();
    shop.sql(
        "UPDATE stock_entry SET quantity = 1 WHERE seq = 1; UPDATE stock_level SET on_hand = 1",
    );
    shop.finds(&[Code::Oversold]);
}

#[test]
fn a_hold_that_ended_twice() {
    let shop = Fixture::new();
    let checkout = id(SOLD + 100).key();
    shop.sql(&format!("UPDATE hold SET state = 'released' WHERE checkout = {checkout}"));
    shop.finds(&[Code::HoldMissing, Code::HoldsDiffer, Code::HoldLedgerDiffers]);
}

#[test]
fn other_goods_than_sold() {
    let shop = Fixture::new();
    shop.sql(&format!(
        "UPDATE order_content SET quote = replace(quote, '\"quantity\":2', '\"quantity\":3') WHERE key = {}",
        id(SOLD).key()
    ));
    shop.finds(&[Code::HoldMissing]);
}

#[test]
fn a_step_that_is_not_drawn() {
    let shop = Fixture::new();
    shop.sql(&format!(
        "UPDATE orders SET moves = replace(moves, 'payment_pending', 'shipped') WHERE key = {}",
        id(DECLINED).key()
    ));
    shop.finds(&[Code::EdgeNotDrawn]);
}

#[test]
fn an_order_still_open_matters_once_settled() {
    let shop = Fixture::new();
    shop.sql(&format!(
        "UPDATE orders SET state = 'payment_pending',
           moves = replace(moves, '{{\"to\":\"payment_failed\",\"at\":1,\"by\":\"saga\"}}\n', '')
         WHERE key = {}",
        id(DECLINED).key()
    ));
    assert!(shop.judge(Options { settled: false }).is_clean());
    shop.finds(&[Code::StillOpen]);
}

#[test]
fn a_confirmed_order_that_the_machine_took_back() {
    let shop = Fixture::new();
    shop.sql(&format!(
        "UPDATE orders SET state = 'cancelled',
           moves = moves || '{{\"to\":\"cancelled\",\"at\":2,\"by\":\"recovery\"}}\n' WHERE key = {}",
        id(SOLD).key()
    ));
    shop.finds(&[Code::ConfirmedTakenBack, Code::ChargeWithoutOrder, Code::HoldWithoutOrder]);
}

#[test]
fn two_live_orders_of_one_checkout() {
    let shop = Fixture::new();
    let (first, second) = (id(SOLD), id(DECLINED));
    shop.sql(&format!(
        "DROP INDEX order_live;
         UPDATE orders SET checkout = {}, state = 'payment_pending',
           moves = replace(moves, '{{\"to\":\"payment_failed\",\"at\":1,\"by\":\"saga\"}}\n', '')
         WHERE key = {}",
        id(SOLD + 100).key(),
        second.key()
    ));
    let report = shop.judge(Options { settled: false });
    assert_eq!(report.counts().get(&Code::CheckoutTwoOrders), Some(&1), "{report} {first}");
}

#[test]
fn a_damaged_record_and_a_torn_one() {
    let mut shop = Fixture::new();
    let torn = shop.record[2][..40].to_owned();
    shop.record.push(torn);
    shop.finds(&[]);
    shop.record[0] = shop.record[0].replace("1299", "1298");
    let report = shop.judge(Options { settled: true });
    assert!(report.counts().contains_key(&Code::RecordDamaged), "{report}");
}

/// A batch that was being written when the power went: any part of it may be there, and counts for
/// nothing from its first hole on.
#[test]
fn a_hole_in_the_last_batch_is_not_damage() {
    let mut shop = Fixture::new();
    let durable = shop.record.len();
    let hole = "\0".repeat(80);
    let order = id(SOLD);
    let again = format!(
        r#""op":"authorize","ref":"ga_99","reference":"order_{order}","key":"k","q":"0","outcome":"authorized","amount":1299,"currency":"EUR""#
    );
    shop.record.push(format!("{hole}{}", line(durable + 2, durable, &again)));
    shop.record.push(line(durable + 3, durable, &again));
    shop.finds(&[]);
    // Without the hole in front they would count.
    shop.record[durable] = line(durable + 1, durable, &again);
    shop.record.truncate(durable + 1);
    shop.finds(&[Code::DoubleCharge]);
    // A line further on that says that the hole had been durable makes it damage.
    shop.record[durable] = format!("{hole}{}", line(durable + 2, durable + 1, &again));
    shop.finds(&[Code::RecordDamaged]);
    // So does a line that is missing from the middle.
    shop.record[durable] = line(durable + 2, durable + 1, &again);
    shop.finds(&[Code::RecordDamaged]);
}

#[test]
fn a_log_that_is_no_log() {
    let mut shop = Fixture::new();
    shop.log.insert(0, "{\"op\":\"orders\"}\n".into());
    shop.finds(&[Code::LogUnreadable]);
    shop.log.remove(0);
    // Half a line at the end is what a killed client leaves.
    shop.log.push("{\"t_sent\":1,\"op\":\"ord".into());
    shop.finds(&[]);
}
