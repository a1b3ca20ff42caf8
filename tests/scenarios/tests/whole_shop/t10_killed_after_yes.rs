//! The process dies after the gateway said yes and before we wrote it.

use crate::help::{Shop, key, wait_for};
use std::thread;

#[test]
fn a_yes_that_was_not_written_is_found_and_charged_once() {
    let mut shop = Shop::open("t10");
    let offer = shop.offer();
    let before = shop.available(&offer);
    let shopper = shop.guest();
    let total = shopper.total(&[(&offer, 1)]);
    let one = key();
    thread::scope(|scope| {
        let waiting = scope.spawn(|| shopper.buy(&[(&offer, 1)], &total, "tok_slow_5s", &one));
        wait_for("the gateway's yes", || (shop.gateway_did("authorize") == 1).then_some(()));
        shop.kill();
        waiting.join().unwrap().expect_err("it was killed before it could answer");
    });
    assert_eq!(shop.confirmed(), 0, "nothing was written");
    shop.leases_run_out();
    shop.start();
    wait_for("the order", || (shop.confirmed() == 1).then_some(()));
    let shopper = shopper.at(shop.port);
    let again = shopper.buy(&[(&offer, 1)], &total, "tok_slow_5s", &one).unwrap().expect(201);
    shop.is_sound();
    assert_eq!(shopper.times_in(&again.text("order_id"), "confirmed"), 1);
    assert_eq!((shop.gateway_did("authorize"), shop.gateway_did("capture")), (1, 1));
    assert_eq!(shop.available(&offer), before - 1);
}

/// The answer is lost, and then the process too.
#[test]
fn an_answer_that_was_lost_is_looked_up_after_the_restart() {
    let mut shop = Shop::open("t10-lost");
    let offer = shop.offer();
    let shopper = shop.guest();
    let total = shopper.total(&[(&offer, 1)]);
    let one = key();
    let placed = shopper.buy(&[(&offer, 1)], &total, "tok_lost_answer", &one).unwrap();
    let order = placed.expect(202).text("order_id");
    shop.kill();
    shop.leases_run_out();
    shop.start();
    let shopper = shopper.at(shop.port);
    wait_for("the order", || (shopper.order(&order)["state"] == "confirmed").then_some(()));
    let again = shopper.buy(&[(&offer, 1)], &total, "tok_lost_answer", &one).unwrap().expect(202);
    assert_eq!(again.text("order_id"), order, "the key's first answer, word for word");
    assert_eq!(shopper.order(&order)["state"], "confirmed", "the order tells how it went on");
    shop.is_sound();
    assert_eq!((shop.gateway_did("authorize"), shop.gateway_did("capture")), (1, 1));
}
