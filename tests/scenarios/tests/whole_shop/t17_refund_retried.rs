//! A refund that the gateway did and whose answer was lost, asked for again and again: one refund.

use crate::help::{Shop, key, wait_for};
use serde_json::json;

#[test]
fn a_retried_refund_is_given_once() {
    for token in ["tok_refund_lost_answer", "tok_refund_lost_answer_x3"] {
        let shop = Shop::open("t17");
        let offer = shop.offer();
        let shopper = shop.guest();
        let total = shopper.total(&[(&offer, 1)]);
        let placed = shopper.buy(&[(&offer, 1)], &total, token, &key()).unwrap().expect(201);
        shop.comes_to_rest();
        let path = format!("/orders/{}/refunds", placed.text("order_id"));
        let amount = json!({ "amount": { "minor": 100, "currency": total["currency"] } });
        let one = key();
        let mut ids = Vec::new();
        for _ in 0..5 {
            let answer = shopper.ask("POST", &path, Some(&one), Some(&amount)).unwrap().expect(201);
            ids.push(answer.text("refund_id"));
        }
        ids.dedup();
        assert_eq!(ids.len(), 1, "one key, one refund: {ids:?}");
        wait_for("the refund to end", || (shop.open_refunds() == 0).then_some(()));
        shop.is_sound();
        assert_eq!(shop.gateway_did("refund"), 1, "{token}");
        assert_eq!(shop.refunded(), 100, "{token}");
        let more = json!({ "amount": { "minor": 101, "currency": total["currency"] } });
        let other = shopper.ask("POST", &path, Some(&one), Some(&more)).unwrap().expect(422);
        assert_eq!(other.code(), "key_reused");
    }
}

/// One key on two orders: the money of one goes back, and whoever asks for the other is told so.
#[test]
fn one_key_gives_back_the_money_of_one_order() {
    let shop = Shop::open("t17-two-orders");
    let offer = shop.offer();
    let shopper = shop.guest();
    let currency = shopper.total(&[(&offer, 1)])["currency"].clone();
    let orders = [(); 2].map(|()| shopper.bought(&offer));
    shop.comes_to_rest();
    let one = key();
    let amount = json!({ "amount": { "minor": 100, "currency": currency } });
    let ask = |order: &str| {
        let path = format!("/orders/{order}/refunds");
        shopper.ask("POST", &path, Some(&one), Some(&amount)).unwrap()
    };
    let first = ask(&orders[0]).expect(201).text("refund_id");
    for _ in 0..2 {
        assert_eq!(ask(&orders[1]).expect(422).code(), "key_reused");
    }
    assert_eq!(ask(&orders[0]).expect(201).text("refund_id"), first);
    shop.is_sound();
    assert_eq!((shop.gateway_did("refund"), shop.refunded()), (1, 100));
}
