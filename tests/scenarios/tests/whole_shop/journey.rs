//! Whole orders, from an empty hand to the parcel's mail and back.

use crate::help::{Shop, Shopper, key, wait_for};
use serde_json::json;

/// The money of an order was taken, and the mail about it was written.
fn taken_and_told(shop: &Shop, shopper: &Shopper, order: &str) {
    shop.comes_to_rest();
    assert_eq!(shop.gateway_did_for(order, "authorize"), 1);
    assert_eq!(shop.gateway_did_for(order, "capture"), 1);
    let number = shopper.order(order)["number"].as_str().unwrap().to_owned();
    let told = format!(
        "SELECT count(*) FROM mail WHERE kind = 'order_confirmed' AND recipient = '{}'
           AND (subject || text) LIKE '%{number}%'",
        shopper.email
    );
    assert_eq!(shop.number(&told), 1, "one mail confirms the order");
}

#[test]
fn a_guest_buys_from_the_cart_and_cancels() {
    let shop = Shop::open("journey");
    let offers = shop.offers();
    let before = [shop.available(&offers[0]), shop.available(&offers[1])];
    let shopper = shop.guest();
    shopper.add(&offers[0], 2).expect(200);
    shopper.add(&offers[1], 1).expect(200);
    let checkout = shopper.start_checkout().expect(201);
    assert_eq!(shop.available(&offers[0]), before[0] - 2, "held while it is looked at");
    let declined = shopper.pay(&checkout, "tok_decline", &key()).unwrap().expect(402);
    assert_eq!(declined.code(), "payment_declined");
    let placed = shopper.pay(&checkout, "tok_approve", &key()).unwrap().expect(201);
    let order = placed.text("order_id");
    assert_eq!(placed.text("status"), "confirmed");
    let seen = shopper.order(&order);
    assert_eq!(seen["total"], checkout.json()["total"]);
    assert_eq!(seen["ship_to"]["city"], "Berlin");
    taken_and_told(&shop, &shopper, &order);
    let list = shopper.get("/orders").expect(200).json();
    assert!(list["orders"].as_array().unwrap().iter().any(|o| o["order_id"] == order), "{list}");
    let page = shop.page(&shopper, &format!("/orders/{}", placed.text("number")));
    assert_eq!(page.status, 200, "{page:?}");
    let mailbox = shop.page(&shopper, "/mailbox");
    assert!(mailbox.status == 200 && mailbox.body.contains(&shopper.email));

    for _ in 0..2 {
        let path = format!("/orders/{order}/cancel");
        let cancelled = shopper.post(&path, &json!({})).expect(200);
        assert_eq!(cancelled.text("state"), "cancelled");
    }
    shop.is_sound();
    let after = [shop.available(&offers[0]), shop.available(&offers[1])];
    assert_eq!(after, before, "the stock is back, once");
    assert_eq!(shop.gateway_did_for(&order, "refund"), 1, "the money is back, once");
}

#[test]
fn a_guest_buys_at_once_and_gets_a_part_back() {
    let shop = Shop::open("journey-now");
    let offer = shop.offer();
    let shopper = shop.guest();
    let order = shopper.bought(&offer);
    taken_and_told(&shop, &shopper, &order);
    let amount = json!({ "amount": { "minor": 100, "currency": "EUR" } });
    let refund = shopper.post(&format!("/orders/{order}/refunds"), &amount).expect(201);
    assert_eq!(refund.text("status"), "succeeded");
    shop.is_sound();
    assert_eq!(shop.gateway_did_for(&order, "refund"), 1);
}

#[test]
fn the_bank_asks_and_the_shopper_approves() {
    let shop = Shop::open("journey-bank");
    let offer = shop.offer();
    let shopper = shop.guest();
    let total = shopper.total(&[(&offer, 1)]);
    let placed = shopper.buy(&[(&offer, 1)], &total, "tok_3ds", &key()).unwrap().expect(202);
    assert_eq!(placed.text("status"), "requires_action");
    let order = placed.text("order_id");
    shop.approve_at_the_bank(&placed.text("action_url"));
    shop.page(&shopper, &format!("/orders/return/{order}"));
    wait_for("the order", || (shopper.order(&order)["state"] == "confirmed").then_some(()));
    taken_and_told(&shop, &shopper, &order);
    shop.is_sound();
}

/// What runs without a shopper waiting is seen to run.
#[test]
fn the_sweep_and_recovery_run_by_themselves() {
    let mut shop = Shop::new("journey-tended").set("SOUK_HOLD_SECONDS", 1);
    let offer = shop.offer();
    shop.stock(&offer, 1);
    shop.start();
    let leaver = shop.guest();
    leaver.add(&offer, 1).expect(200);
    leaver.start_checkout().expect(201);
    assert_eq!(shop.available(&offer), 0);
    wait_for("the sweep", || (shop.available(&offer) == 1).then_some(()));
    let expired = shop.number("SELECT count(*) FROM hold WHERE state = 'expired'");
    assert_eq!(expired, 1, "the hold ran out, nobody gave it back");

    let shopper = shop.guest();
    let total = shopper.total(&[(&offer, 1)]);
    let lines = [(&offer, 1)];
    let placed = shopper.buy(&lines, &total, "tok_lost_answer", &key()).unwrap().expect(202);
    let order = placed.text("order_id");
    assert_eq!(placed.text("status"), "pending");
    wait_for("recovery", || (shopper.order(&order)["state"] == "confirmed").then_some(()));
    taken_and_told(&shop, &shopper, &order);
    shop.is_sound();
}
