//! The hold's time runs out while the payment is on its way, whichever comes first.

use crate::help::{Shop, Shopper, key, wait_for};

fn shop(name: &str) -> Shop {
    let mut shop = Shop::new(name).set("SOUK_HOLD_SECONDS", 1);
    let offer = shop.offer();
    shop.stock(&offer, 1);
    shop.start();
    shop
}

fn paid_with(shop: &Shop, token: &str) -> (Shopper, crate::help::Answer) {
    let offer = shop.offer();
    let shopper = shop.guest();
    shopper.add(&offer, 1).expect(200);
    let checkout = shopper.start_checkout().expect(201);
    let answer = shopper.pay(&checkout, token, &key()).unwrap();
    (shopper, answer)
}

/// The gateway says yes at once but answers after the deadline, or acts only after it: stock that a
/// payment is under way for is never given to others.
#[test]
fn a_hold_that_is_being_paid_outlives_its_deadline() {
    for token in ["tok_slow_1500ms", "tok_delayed_1500ms"] {
        let shop = shop("t05");
        let (shopper, answer) = paid_with(&shop, token);
        let order = answer.expect(201).text("order_id");
        shop.is_sound();
        assert_eq!(shopper.order(&order)["state"], "confirmed", "{token}");
        assert_eq!(shop.available(&shop.offer()), 0, "{token}");
        assert_eq!(shop.gateway_did_for(&order, "capture"), 1, "{token}");
    }
}

/// The deadline passes before it is known whether the gateway was ever asked: bought with its stock,
/// or voided and told, never both, never neither.
#[test]
fn an_answer_that_never_comes_ends_one_way_or_the_other() {
    for token in ["tok_lost_answer", "tok_lost_request", "tok_lost_answer_x5"] {
        let shop = shop("t05-lost");
        let (shopper, answer) = paid_with(&shop, token);
        let order = answer.expect(202).text("order_id");
        let state = wait_for("the order to end", || {
            let state = shopper.order(&order)["state"].as_str().unwrap().to_owned();
            (state == "confirmed" || state == "payment_failed" || state == "cancelled")
                .then_some(state)
        });
        shop.is_sound();
        let left = shop.available(&shop.offer());
        let captured = shop.gateway_did_for(&order, "capture");
        match state.as_str() {
            "confirmed" => assert_eq!((left, captured), (0, 1), "{token}"),
            _ => {
                wait_for("the stock", || (shop.available(&shop.offer()) == 1).then_some(()));
                assert_eq!(captured, 0, "{token}");
                assert!(shop.gateway_did_for(&order, "void") > 0, "{token}: nothing was voided");
            }
        }
    }
}

/// Nobody pays: the stock comes back by itself, and a late payment is refused before any money moves.
#[test]
fn a_payment_after_the_deadline_takes_nothing() {
    let shop = shop("t05-late");
    let offer = shop.offer();
    let shopper = shop.guest();
    shopper.add(&offer, 1).expect(200);
    let checkout = shopper.start_checkout().expect(201);
    assert_eq!(shop.available(&offer), 0);
    wait_for("the hold to run out", || (shop.available(&offer) == 1).then_some(()));
    let late = shopper.pay(&checkout, "tok_approve", &key()).unwrap().expect(409);
    assert_eq!(late.code(), "checkout_expired");
    shop.is_sound();
    assert_eq!((shop.gateway_did("authorize"), shop.open_holds()), (0, 0));
}
