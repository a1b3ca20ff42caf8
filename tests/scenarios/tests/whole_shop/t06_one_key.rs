//! One key ten times at once is one purchase; ten keys on one checkout are one purchase too.

use crate::help::{Chance, Shop, key, together};
use serde_json::json;

#[test]
fn one_key_is_one_order() {
    let mut chance = Chance::new("t06");
    let shop = Shop::open("t06");
    let offer = shop.offer();
    let before = shop.available(&offer);
    for token in ["tok_approve", "tok_slow_200ms"] {
        let shopper = shop.guest();
        let total = shopper.total(&[(&offer, 1)]);
        let (one, chances) = (key(), (0..10).map(|_| chance.split()).collect::<Vec<_>>());
        let buy = || shopper.buy(&[(&offer, 1)], &total, token, &one).unwrap();
        let answers = together(10, |n| {
            chances[n].clone().dawdle(5);
            buy()
        });
        let last = buy().expect(201);
        for answer in &answers {
            match answer.status {
                201 => assert_eq!(answer.body, last.body, "a replay is the same to the byte"),
                _ => {
                    assert_eq!((answer.status, answer.code().as_str()), (409, "request_in_flight"))
                }
            }
        }
        assert!(answers.iter().any(|a| a.status == 201), "{answers:?}");
        let order = last.text("order_id");
        assert_eq!(shop.gateway_did_for(&order, "authorize"), 1);
        let other = shopper.buy(&[(&offer, 2)], &shopper.total(&[(&offer, 2)]), token, &one);
        assert_eq!(other.unwrap().expect(422).code(), "key_reused");
    }
    shop.is_sound();
    assert_eq!((shop.confirmed(), shop.gateway_did("authorize")), (2, 2));
    assert_eq!(shop.available(&offer), before - 2);
    assert_eq!(shop.gateway_did("capture"), 2);
}

#[test]
fn one_checkout_is_bought_once_whatever_the_keys() {
    let mut chance = Chance::new("t06-checkout");
    let shop = Shop::open("t06-checkout");
    let offer = shop.offer();
    for token in ["tok_approve", "tok_slow_200ms"] {
        let shopper = shop.guest();
        shopper.add(&offer, 1).expect(200);
        let checkout = shopper.start_checkout().expect(201);
        let chances: Vec<_> = (0..10).map(|_| chance.split()).collect();
        let answers = together(10, |n| {
            chances[n].clone().dawdle(5);
            shopper.pay(&checkout, token, &key()).unwrap()
        });
        let paid = answers.iter().filter(|a| a.status == 201).count();
        assert_eq!(paid, 1, "{answers:?}");
        for refused in answers.iter().filter(|a| a.status != 201) {
            assert_eq!((refused.status, refused.code().as_str()), (409, "checkout_taken"));
        }
    }
    shop.is_sound();
    assert_eq!((shop.confirmed(), shop.gateway_did("authorize")), (2, 2));
}

#[test]
fn no_key_no_purchase() {
    let shop = Shop::open("t06-none");
    let offer = shop.offer();
    let shopper = shop.guest();
    let body = json!({
        "lines": [{ "offer_id": offer.id, "quantity": 1 }], "payment_token": "tok_approve",
        "total": shopper.total(&[(&offer, 1)]),
    });
    let answer = shopper.ask("POST", "/orders", None, Some(&body)).unwrap().expect(428);
    assert_eq!(answer.code(), "idempotency_key_required");
    assert_eq!(shop.orders_begun(), 0);
}
