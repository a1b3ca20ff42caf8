//! Paying with a wallet: the shopper confirms on the wallet's own page, for a quarter of an hour.

use crate::help::{Shop, key, wait_for};

#[test]
fn a_wallet_is_confirmed_in_its_app_and_then_captured() {
    let shop = Shop::open("wallet");
    let offer = shop.offer();
    let shopper = shop.guest();
    let one = key();
    let placed = shopper.buys_by(&offer, "wallet", &one).expect(202);
    assert_eq!(placed.json()["status"], "requires_action");
    let (order, url) = (placed.text("order_id"), placed.text("action_url"));
    let again = shopper.buys_by(&offer, "wallet", &one).expect(202);
    assert_eq!(again.text("order_id"), order, "the same key");
    shop.answer_in_the_wallet(&url, "approve");
    wait_for("the order", || (shopper.order(&order)["state"] == "confirmed").then_some(()));
    wait_for("the capture", || (shop.gateway_did_for(&order, "capture") == 1).then_some(()));
    shop.is_sound();
    assert_eq!(shopper.order(&order)["payment"]["method"], "wallet");
}

#[test]
fn a_wallet_that_is_cancelled_or_forgotten_gives_the_goods_back() {
    let mut shop = Shop::new("wallet-no").set("SOUK_WALLET_SECONDS", 1);
    let offer = shop.offer();
    shop.stock(&offer, 2);
    shop.start();
    let shopper = shop.guest();
    let cancelled = shopper.buys_by(&offer, "wallet", &key()).expect(202);
    shop.answer_in_the_wallet(&cancelled.text("action_url"), "reject");
    let order = cancelled.text("order_id");
    wait_for("the no", || (shopper.order(&order)["state"] == "payment_failed").then_some(()));
    let forgotten = shopper.buys_by(&offer, "wallet", &key()).expect(202).text("order_id");
    wait_for("the end", || (shopper.order(&forgotten)["state"] == "cancelled").then_some(()));
    wait_for("the stock", || (shop.available(&offer) == 2).then_some(()));
    shop.is_sound();
    assert_eq!(shop.gateway_did("capture"), 0);
    assert!(shop.gateway_did_for(&forgotten, "void") > 0, "nobody can confirm it any more");
}
