//! Each refund is told by one mail, however often it is asked for; the whole of a cancelled order too.

use crate::help::{Shop, key, wait_for};
use serde_json::json;

#[test]
fn each_refund_is_told_once() {
    let shop = Shop::open("refund-mail");
    let offer = shop.offer();
    let shopper = shop.guest();
    let order = shopper.bought(&offer);
    shop.comes_to_rest();
    let path = format!("/orders/{order}/refunds");
    let total = shopper.total(&[(&offer, 1)]);
    for minor in [100, 100, 50] {
        let amount = json!({ "amount": { "minor": minor, "currency": total["currency"] } });
        let one = key();
        for _ in 0..3 {
            shopper.ask("POST", &path, Some(&one), Some(&amount)).unwrap().expect(201);
        }
    }
    shop.comes_to_rest();
    assert_eq!(shop.mails("order_refunded"), 3);
    let cancel = format!("/orders/{order}/cancel");
    shopper.ask("POST", &cancel, Some(&key()), None).unwrap().expect(200);
    wait_for("the mail of the rest", || (shop.mails("order_refunded") == 4).then_some(()));
    shop.is_sound();
    assert_eq!((shop.mails("order_cancelled"), shop.gateway_did("refund")), (1, 4));
}
