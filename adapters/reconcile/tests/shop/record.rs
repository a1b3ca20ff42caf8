//! Violations planted in the gateway's record, or in the shop beside a record that knows better.

use super::fixture::{Planted, Shop, named};
use souk_kernel::OrderId;

/// CRC-32, bit by bit: another one than the one that is tested.
fn crc32(bytes: &[u8]) -> u32 {
    let mut crc = !0_u32;
    for byte in bytes {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 { (crc >> 1) ^ 0xEDB8_8320 } else { crc >> 1 };
        }
    }
    !crc
}

fn lines(planted: &Planted) -> Vec<String> {
    std::fs::read_to_string(planted.record()).unwrap().lines().map(String::from).collect()
}

/// Writes lines back, numbered and sealed anew.
fn write(planted: &Planted, lines: &[String]) {
    let mut text = String::new();
    for (at, line) in lines.iter().enumerate() {
        let (_, rest) = line.split_once(",\"s\":").unwrap();
        let (rest, _) = rest.rsplit_once(",\"crc\":").unwrap();
        let body = format!("{{\"n\":{},\"s\":{rest}", at + 1);
        text.push_str(&format!("{body},\"crc\":\"{:08x}\"}}\n", crc32(body.as_bytes())));
    }
    std::fs::write(planted.record(), text).unwrap();
}

/// The gateway's name for an order's payment.
fn name_of(planted: &Planted, order: OrderId) -> String {
    let id = order.uuid().simple();
    planted.get(&format!("SELECT gateway_ref FROM payment WHERE order_id = x'{id}'"))
}

fn fact(order: OrderId, op: &str, line: &str, name: &str) -> bool {
    line.contains(&format!("\"op\":\"{op}\""))
        && (line.contains(name) || line.contains(&order.to_string()))
}

/// Changes the lines about an order; expects the invariants and the gateway's name.
#[track_caller]
fn plant(order: &str, invariants: &[&str], change: impl Fn(&mut Vec<String>, OrderId, &str)) {
    let shop = Shop::shared();
    let planted = Planted::copy(shop);
    let order = shop.order(order);
    let name = name_of(&planted, order);
    let mut all = lines(&planted);
    change(&mut all, order, &name);
    write(&planted, &all);
    named(&planted.reconcile(), invariants, "authorization", &name);
}

#[test]
fn the_record_written_back_is_clean() {
    let planted = Planted::copy(Shop::shared());
    let before = std::fs::read(planted.record()).unwrap();
    write(&planted, &lines(&planted));
    assert_eq!(std::fs::read(planted.record()).unwrap(), before);
}

#[test]
fn the_gateway_took_or_gave_back_something_else() {
    plant("captured", &["paid-once"], |lines, order, name| {
        lines.retain(|line| !fact(order, "capture", line, name));
    });
    plant("untold", &["paid-once"], |lines, _, name| {
        let at = lines.iter().position(|line| line.contains("\"op\":\"capture\"")).unwrap();
        let (head, rest) = lines[at].split_once("\"ref\":\"").unwrap();
        let (_, rest) = rest.split_once("\",").unwrap();
        let copy = format!("{head}\"ref\":\"{name}\",{rest}");
        lines.push(copy);
    });
    plant("partly refunded", &["paid-once"], |lines, order, name| {
        for line in lines.iter_mut().filter(|line| fact(order, "refund", line, name)) {
            *line = line.replace("\"amount\":500", "\"amount\":501");
        }
    });
    plant("partly refunded", &["paid-once"], |lines, order, name| {
        let again = lines.iter().find(|line| fact(order, "refund", line, name)).unwrap().clone();
        lines.push(again.replace("\"key\":\"refund_", "\"key\":\"other_"));
    });
}

#[test]
fn a_refund_that_the_gateway_never_gave() {
    let shop = Shop::shared();
    let planted = Planted::copy(shop);
    let name = name_of(&planted, shop.order("refunded"));
    let mut all = lines(&planted);
    all.retain(|line| !fact(shop.order("refunded"), "refund", line, &name));
    write(&planted, &all);
    let sql = "SELECT r.id FROM refund r JOIN payment p ON p.key = r.payment
               JOIN orders o ON o.id = p.order_id WHERE o.state = 'cancelled'";
    let refund = OrderId::from_bytes(planted.get(sql)).to_string();
    named(&planted.reconcile(), &["ledgers-sum"], "refund", &refund);
}

#[test]
fn a_void_that_is_only_ours_or_only_theirs() {
    plant("voided", &["paid-once"], |lines, order, name| {
        lines.retain(|line| !fact(order, "void", line, name));
    });
    plant("untold", &["paid-once"], |lines, order, name| {
        let void = format!(
            "{{\"n\":0,\"s\":0,\"at\":0,\"op\":\"void\",\"ref\":\"{name}\",\"key\":\"k\",\
             \"q\":\"0\",\"reference\":\"order_{order}\",\"crc\":\"\"}}"
        );
        lines.push(void);
    });
}

#[test]
fn another_amount_than_was_shown() {
    plant("untold", &["paid-once", "charged-as-shown"], |lines, order, name| {
        for line in lines.iter_mut().filter(|line| fact(order, "authorize", line, name)) {
            *line = line.replace("\"amount\":", "\"amount\":1");
        }
    });
}

/// A second authorization under an order's reference, at the end of the record.
fn charge(lines: &mut Vec<String>, order: &str) -> String {
    let made = lines.iter().filter(|line| line.contains("\"op\":\"authorize\"")).count();
    let name = format!("ga_{made:08x}00000001");
    lines.push(format!(
        "{{\"n\":0,\"s\":0,\"at\":0,\"op\":\"authorize\",\"ref\":\"{name}\",\"reference\":\
         \"order_{order}\",\"key\":\"k2\",\"q\":\"0\",\"outcome\":\"authorized\",\"amount\":5,\
         \"currency\":\"EUR\",\"asked\":{{asked}},\"asked_currency\":\"EUR\",\"crc\":\"\"}}"
    ));
    name
}

#[test]
fn two_charges_for_one_checkout() {
    let shop = Shop::shared();
    let planted = Planted::copy(shop);
    let order = shop.order("captured");
    let id = order.uuid().simple();
    let total: i64 = planted.get(&format!("SELECT total FROM orders WHERE id = x'{id}'"));
    let checkout = planted.get(&format!("SELECT checkout_id FROM orders WHERE id = x'{id}'"));
    let mut all = lines(&planted);
    charge(&mut all, &order.to_string());
    let last = all.last_mut().unwrap();
    *last = last.replace("{asked}", &total.to_string());
    write(&planted, &all);
    let checkout = souk_kernel::CheckoutId::from_bytes(checkout).to_string();
    named(&planted.reconcile(), &["paid-once"], "checkout", &checkout);
}

#[test]
fn a_charge_without_an_order() {
    let planted = Planted::copy(Shop::shared());
    let mut all = lines(&planted);
    let name = charge(&mut all, "00000000-0000-7000-8000-000000000000");
    let last = all.last_mut().unwrap();
    *last = last.replace("{asked}", "5");
    write(&planted, &all);
    named(&planted.reconcile(), &["paid-once"], "authorization", &name);
}

#[test]
fn a_payment_that_the_gateway_never_heard_of() {
    let shop = Shop::shared();
    let planted = Planted::copy(shop);
    let id = shop.order("untold").uuid().simple();
    planted.sql(&format!("UPDATE payment SET gateway_ref = 'ga_x' WHERE order_id = x'{id}'"));
    let order = shop.order("untold").to_string();
    named(&planted.reconcile(), &["paid-once"], "order", &order);
}

/// A message about it is under way, or was lost: somebody should look.
#[test]
fn a_transfer_that_nobody_claims_is_a_note() {
    let shop = Shop::shared();
    let planted = Planted::copy(shop);
    let id = shop.order("transferred").uuid().simple();
    let sql = format!("SELECT gateway_ref FROM payment WHERE order_id = x'{id}'");
    let name: String = planted.get(&sql);
    let mut all = lines(&planted);
    all.push(format!(
        "{{\"n\":0,\"s\":0,\"at\":0,\"op\":\"transfer\",\"ref\":\"{name}\",\"amount\":5,\"crc\":\"\"}}"
    ));
    write(&planted, &all);
    let report = planted.reconcile();
    assert!(report.is_clean(), "{report}");
    assert!(report.to_string().contains("5 EUR came by transfer and nobody claims it"), "{report}");
}

#[test]
fn a_damaged_record_is_named_and_a_torn_end_is_not() {
    let planted = Planted::copy(Shop::shared());
    let whole = std::fs::read_to_string(planted.record()).unwrap();
    let torn = format!("{whole}{{\"n\":999,\"s\"");
    std::fs::write(planted.record(), torn).unwrap();
    let report = planted.reconcile();
    assert!(report.is_clean() && report.notes.len() == 1, "{report}");
    std::fs::write(planted.record(), whole.replacen("\"n\":3,", "\"n\":4,", 1)).unwrap();
    let report = planted.reconcile();
    let damaged = report.findings.iter().find(|f| f.invariant == "ledgers-sum").unwrap();
    assert_eq!((damaged.ids[0].noun.as_str(), damaged.ids[0].id.as_str()), ("gateway fact", "3"));
}

#[test]
fn without_a_record_every_paid_order_is_named() {
    let shop = Shop::shared();
    let planted = Planted::copy(shop);
    std::fs::remove_file(planted.record()).unwrap();
    let report = planted.reconcile();
    let captured = shop.order("captured").to_string();
    assert!(
        report.findings.iter().any(|f| f.ids.iter().any(|named| named.id == captured)),
        "{report}"
    );
}
