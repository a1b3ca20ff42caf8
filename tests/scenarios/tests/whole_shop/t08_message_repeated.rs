//! One message three times at once, and again later: one effect.

use crate::help::{Shop, call, key, together, wait_for};

#[test]
fn a_repeated_message_has_one_effect() {
    let shop = Shop::open("t08");
    let offer = shop.offer();
    let shopper = shop.guest();
    let total = shopper.total(&[(&offer, 1)]);
    let placed = shopper.buy(&[(&offer, 1)], &total, "tok_3ds", &key()).unwrap().expect(202);
    let order = placed.text("order_id");
    shop.approve_at_the_bank(&placed.text("action_url"));
    let deliver = || shop.webhook(&order, "authorization.succeeded", "evt_once");
    for answer in together(3, |_| deliver()) {
        answer.expect(200);
    }
    wait_for("the order", || (shopper.order(&order)["state"] == "confirmed").then_some(()));
    shop.comes_to_rest();
    deliver().expect(200);
    shop.is_sound();
    assert_eq!(shop.message("evt_once").len(), 1, "four deliveries, one message");
    wait_for("the message to be worked", || {
        (shop.message("evt_once")[0].0 == "done").then_some(())
    });
    assert_eq!(shopper.times_in(&order, "confirmed"), 1);
    assert_eq!(shop.gateway_did("capture"), 1);
    let kinds = ["action_needed", "order_confirmed"];
    assert_eq!(kinds.map(|kind| shop.mails(kind)), [1, 1], "one mail for each thing that happened");
}

/// The gateway's own repetition and disorder.
#[test]
fn messages_twice_and_in_disorder_have_one_effect() {
    let shop = Shop::open("t08-disorder");
    let offer = shop.offer();
    let shopper = shop.guest();
    let total = shopper.total(&[(&offer, 1)]);
    for token in ["tok_webhook_twice", "tok_webhook_disorder", "tok_webhook_late_100ms"] {
        let placed = shopper.buy(&[(&offer, 1)], &total, token, &key()).unwrap().expect(201);
        shop.comes_to_rest();
        assert_eq!(shopper.times_in(&placed.text("order_id"), "confirmed"), 1, "{token}");
    }
    shop.is_sound();
    assert_eq!((shop.gateway_did("authorize"), shop.gateway_did("capture")), (3, 3));
    assert_eq!(shop.all_mails(), 3);
}

#[test]
fn a_message_that_is_not_the_gateways_is_refused() {
    let shop = Shop::open("t08-forged");
    let body = r#"{"id":"evt_1","type":"authorization.succeeded"}"#;
    let send = |signature: &str| {
        let headers = [(souk_sandbox::SIGNATURE_HEADER, signature)];
        call(shop.port, ("POST", "/api/v1/webhooks/sandbox"), &headers, body).unwrap()
    };
    assert_eq!(send("t=1,v1=00").expect(400).code(), "signature_invalid");
    let day_ago = souk_kernel::Clock::now(&souk_kernel::SystemClock).plus_ms(-86_400_000);
    let stale = souk_sandbox::sign("whsec_sandbox", body.as_bytes(), day_ago);
    assert_eq!(send(&stale).expect(400).code(), "signature_invalid");
}
