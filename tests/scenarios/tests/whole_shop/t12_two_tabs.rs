//! One tab pays while the other changes the cart.

use crate::help::{Shop, key, wait_for};
use std::thread;

#[test]
fn a_cart_that_is_being_paid_is_frozen() {
    let shop = Shop::open("t12");
    let offers = shop.offers();
    let shopper = shop.guest();
    shopper.add(&offers[0], 1).expect(200);
    let checkout = shopper.start_checkout().expect(201);
    let answer = thread::scope(|scope| {
        let paying = scope.spawn(|| shopper.pay(&checkout, "tok_slow_1s", &key()).unwrap());
        wait_for("the gateway", || (shop.gateway_did("authorize") == 1).then_some(()));
        let refused = shopper.add(&offers[1], 1).expect(409);
        assert_eq!(refused.code(), "cart_frozen");
        let lines = refused.json()["cart"]["lines"].as_array().unwrap().len();
        assert_eq!(lines, 1, "the answer carries the cart: {refused:?}");
        paying.join().unwrap()
    });
    let order = shopper.order(&answer.expect(201).text("order_id"));
    assert_eq!(order["lines"], checkout.json()["lines"], "bought is what was shown");
    assert_eq!(order["total"], checkout.json()["total"]);
    let cart = shopper.get("/cart").expect(200).json();
    assert_eq!(cart["lines"].as_array().unwrap().len(), 0, "{cart}");
    shopper.add(&offers[1], 1).expect(200);
    shop.is_sound();
}

#[test]
fn a_cart_that_changed_since_it_was_shown_is_not_paid() {
    let shop = Shop::open("t12-changed");
    let offers = shop.offers();
    let before = shop.available(&offers[0]);
    let shopper = shop.guest();
    shopper.add(&offers[0], 1).expect(200);
    let checkout = shopper.start_checkout().expect(201);
    shopper.add(&offers[1], 1).expect(200);
    let refused = shopper.pay(&checkout, "tok_approve", &key()).unwrap().expect(409);
    assert_eq!(refused.code(), "cart_changed");
    // The shopper looks again, and pays both.
    let checkout = shopper.start_checkout().expect(201);
    assert_eq!(checkout.json()["lines"].as_array().unwrap().len(), 2);
    shopper.pay(&checkout, "tok_approve", &key()).unwrap().expect(201);
    shop.is_sound();
    assert_eq!((shop.gateway_did("authorize"), shop.open_holds()), (1, 0));
    assert_eq!(shop.available(&offers[0]), before - 1);
}
