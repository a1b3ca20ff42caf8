//! The gateway's message is faster than its answer, or than our own commit.

use crate::help::{Shop, key, wait_for};

#[test]
fn a_message_before_our_commit_is_recorded_once_after_it() {
    let shop = Shop::open("t09");
    let offer = shop.offer();
    let shopper = shop.guest();
    // About an order that we don't know yet: it is kept, and tried again.
    let unknown = "01a20a84-d335-7000-9a99-7df21c0aeef9";
    shop.webhook(unknown, "authorization.succeeded", "evt_early").expect(200);
    wait_for("the message to be tried", || {
        let kept = shop.message("evt_early");
        (kept.len() == 1 && kept[0].0 == "waiting" && kept[0].1 > 1).then_some(())
    });
    let total = shopper.total(&[(&offer, 1)]);
    for _ in 0..10 {
        let lines = [(&offer, 1)];
        let placed = shopper.buy(&lines, &total, "tok_webhook_first", &key()).unwrap().expect(201);
        assert_eq!(shopper.times_in(&placed.text("order_id"), "confirmed"), 1);
    }
    shop.is_sound();
    assert_eq!(shop.confirmed(), 10);
    assert_eq!((shop.gateway_did("authorize"), shop.gateway_did("capture")), (10, 10));
    assert_eq!(shop.gateway_did("refund") + shop.gateway_did("void"), 0);
}
