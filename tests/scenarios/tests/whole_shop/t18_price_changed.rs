//! The price changes between what was shown and what is placed.

use crate::help::{Shop, key};
use serde_json::json;

#[test]
fn another_price_than_was_shown_is_never_charged() {
    let mut shop = Shop::open("t18");
    let offer = shop.offer();
    let shopper = shop.guest();
    let shown = shopper.total(&[(&offer, 1)]);
    let before = shop.available(&offer);
    shop.dearer(&offer, 100);
    let shopper = shopper.at(shop.port);

    let one = key();
    let refused = shopper.buy(&[(&offer, 1)], &shown, "tok_approve", &one).unwrap().expect(409);
    assert_eq!(refused.code(), "total_changed");
    let asked = refused.json()["total"].clone();
    assert_eq!(asked["minor"].as_i64().unwrap(), shown["minor"].as_i64().unwrap() + 100);
    assert_eq!((shop.gateway_did("authorize"), shop.open_holds()), (0, 0));
    assert_eq!(shop.available(&offer), before);

    // Shown again, agreed to, charged.
    let placed = shopper.buy(&[(&offer, 1)], &asked, "tok_approve", &one).unwrap().expect(201);
    assert_eq!(placed.json()["total"], asked);
    shop.is_sound();
    let record = shop.record();
    let charged = record.iter().find(|fact| fact["op"] == "capture").unwrap();
    assert_eq!(charged["amount"], asked["minor"]);
}

#[test]
fn a_checkout_is_charged_as_it_was_shown() {
    let mut shop = Shop::open("t18-checkout");
    let offer = shop.offer();
    let shopper = shop.guest();
    shopper.add(&offer, 1).expect(200);
    let checkout = shopper.start_checkout().expect(201);
    shop.dearer(&offer, 100);
    let shopper = shopper.at(shop.port);
    let placed = shopper.pay(&checkout, "tok_approve", &key()).unwrap().expect(201);
    assert_eq!(placed.json()["total"], checkout.json()["total"]);
    shop.is_sound();
    let record = shop.record();
    let charged = record.iter().find(|fact| fact["op"] == "capture").unwrap();
    assert_eq!(charged["amount"], checkout.json()["total"]["minor"]);
}

/// What the shopper agrees to is what the checkout shows, to the cent; anything else is asked again.
#[test]
fn a_checkout_is_paid_as_it_was_shown() {
    let shop = Shop::open("t18-shown");
    let offer = shop.offer();
    let shopper = shop.guest();
    shopper.add(&offer, 1).expect(200);
    let checkout = shopper.start_checkout().expect(201);
    let shown = checkout.json()["total"].clone();
    let path = format!("/checkouts/{}/pay", checkout.text("checkout_id"));
    for off in [-1, 1, 100] {
        let minor = shown["minor"].as_i64().unwrap() + off;
        let total = json!({ "minor": minor, "currency": shown["currency"] });
        let refused =
            shopper.post(&path, &json!({ "payment_token": "tok_approve", "total": total }));
        assert_eq!(refused.expect(409).code(), "total_changed", "{off}");
    }
    assert_eq!((shop.gateway_did("authorize"), shop.orders_begun()), (0, 0));
    shopper.pay(&checkout, "tok_approve", &key()).unwrap().expect(201);
    shop.is_sound();
    let record = shop.record();
    let charged = record.iter().find(|fact| fact["op"] == "capture").unwrap();
    assert_eq!(charged["amount"], shown["minor"]);
}
