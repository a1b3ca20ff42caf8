//! The gateway authorizes something else than was asked for: refused, and let go.

use crate::help::{Shop, key, wait_for};

#[test]
fn an_altered_amount_is_voided_and_refused() {
    for token in ["tok_amount_plus_1", "tok_amount_minus_1", "tok_other_currency"] {
        // After a refusal the stock is held for another try, until the deadline.
        let mut shop = Shop::new("t19").set("SOUK_HOLD_SECONDS", 1);
        shop.start();
        let offer = shop.offer();
        let before = shop.available(&offer);
        let shopper = shop.guest();
        let total = shopper.total(&[(&offer, 1)]);
        let one = key();
        let refused = shopper.buy(&[(&offer, 1)], &total, token, &one).unwrap().expect(402);
        assert_eq!(refused.code(), "payment_declined", "{token}");
        let order = refused.text("order_id");
        assert_eq!(shopper.order(&order)["state"], "payment_failed", "{token}");
        wait_for("the void", || (shop.gateway_did_for(&order, "void") == 1).then_some(()));
        wait_for("the stock", || (shop.available(&offer) == before).then_some(()));
        let again = shopper.buy(&[(&offer, 1)], &total, token, &one).unwrap().expect(402);
        assert_eq!(again.text("order_id"), order);
        shop.is_sound();
        assert_eq!((shop.gateway_did("authorize"), shop.gateway_did("capture")), (1, 0));
        assert_eq!((shop.confirmed(), shop.open_holds()), (0, 0), "{token}");
    }
}
