//! The gateway's message about a payment and its answer arrive at the same moment: one order, one
//! number, nothing given back.

use crate::help::{Chance, Shop, key, wait_for};
use std::thread;

const ROUNDS: u64 = 12;

#[test]
fn message_and_answer_at_once_make_one_order() {
    let mut chance = Chance::new("t07");
    let shop = Shop::open("t07");
    let offer = shop.offer();
    for round in 0..ROUNDS {
        let shopper = shop.guest();
        shopper.add(&offer, 1).expect(200);
        let checkout = shopper.start_checkout().expect(201);
        let answers_after = 20 + chance.below(40);
        let token = format!("tok_slow_{answers_after}ms");
        let mut chances: Vec<_> = (0..4).map(|_| chance.split()).collect();
        let answer = thread::scope(|scope| {
            let paying = scope.spawn(|| shopper.pay(&checkout, &token, &key()).unwrap());
            let checkout = checkout.text("checkout_id");
            let id = wait_for("the order", || shop.order_of(&checkout));
            let shop = &shop;
            for (n, mut chance) in chances.drain(..).enumerate() {
                let id = id.clone();
                scope.spawn(move || {
                    chance.dawdle(answers_after + 5);
                    let event = format!("evt_{round}_{n}");
                    shop.webhook(&id, "authorization.succeeded", &event).expect(200);
                });
            }
            paying.join().unwrap()
        });
        let order = answer.expect(201).text("order_id");
        assert_eq!(shopper.times_in(&order, "confirmed"), 1);
    }
    shop.is_sound();
    let rounds = ROUNDS as usize;
    assert_eq!(shop.confirmed(), ROUNDS as i64);
    assert_eq!((shop.gateway_did("authorize"), shop.gateway_did("capture")), (rounds, rounds));
    assert_eq!((shop.gateway_did("refund"), shop.gateway_did("void")), (0, 0));
    assert_eq!(shop.orders_begun(), ROUNDS as i64);
}

/// The same where the message is what confirms: the bank has asked the shopper, and the shopper is
/// on the way back.
#[test]
fn message_and_return_from_the_bank_at_once_make_one_order() {
    let mut chance = Chance::new("t07-bank");
    let shop = Shop::open("t07-bank");
    let offer = shop.offer();
    for round in 0..6 {
        let shopper = shop.guest();
        let total = shopper.total(&[(&offer, 1)]);
        let lines = [(&offer, 1)];
        let placed = shopper.buy(&lines, &total, "tok_3ds", &key()).unwrap().expect(202);
        assert_eq!(placed.text("status"), "requires_action");
        let order = placed.text("order_id");
        shop.approve_at_the_bank(&placed.text("action_url"));
        let chances: Vec<_> = (0..4).map(|_| chance.split()).collect();
        crate::help::together(4, |n| {
            chances[n].clone().dawdle(5);
            if n == 0 {
                shop.page(&shopper, &format!("/orders/return/{order}"));
            } else {
                let event = format!("evt_{round}_{n}");
                shop.webhook(&order, "authorization.succeeded", &event).expect(200);
            }
        });
        wait_for("the order", || (shopper.order(&order)["state"] == "confirmed").then_some(()));
        assert_eq!(shopper.times_in(&order, "confirmed"), 1);
    }
    shop.is_sound();
    assert_eq!((shop.confirmed(), shop.gateway_did("capture")), (6, 6));
    assert_eq!((shop.gateway_did("refund"), shop.gateway_did("void")), (0, 0));
}
