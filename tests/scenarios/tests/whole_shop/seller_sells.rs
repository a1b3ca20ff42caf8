//! A seller from the application to the balance: a product, a sale, a commission frozen at placement, a parcel
//! packed and sent, a return drawn from what was sold.

use crate::help::{Offer, Shop, Shopper, key, wait_for};
use serde_json::json;

/// An hour of a real carrier takes 18 ms.
const FAST: u32 = 200_000;

fn bought(shop: &Shop, offer: &Offer, pieces: u32) -> (Shopper, String) {
    let shopper = shop.guest();
    let total = shopper.total(&[(offer, pieces)]);
    let placed = shopper.buy(&[(offer, pieces)], &total, "tok_approve", &key()).unwrap();
    let order = placed.expect(201).text("order_id");
    (shopper, order)
}

/// Minor units of the seller's lines of a kind.
fn lines(shop: &Shop, kind: &str) -> i64 {
    shop.number(&format!(
        "SELECT coalesce(sum(minor), 0) FROM seller_line WHERE kind = '{kind}' AND sku IS NOT NULL"
    ))
}

#[test]
fn a_seller_lists_sells_packs_and_ships() {
    let shop = Shop::open("seller");
    let (seller, cookie, kettle) = shop.sells_a_kettle("ada");
    let (shopper, order) = bought(&shop, &kettle, 2);
    wait_for("the seller's lines", || (lines(&shop, "sale") == 2_580).then_some(()));
    assert_eq!(lines(&shop, "commission"), -322, "12.5 % of 25.80, half to even");
    let path = format!("/seller/orders/{order}");
    wait_for("the list", || {
        shop.look(&cookie, "/seller/orders").body.contains(&order).then_some(())
    });
    wait_for("the parcel", || {
        shop.look(&cookie, &path).body.contains("It is packed").then_some(())
    });
    shop.send(&cookie, &format!("{path}/pack"), "parcel=1").expect(303);
    let tab = shop.look(&cookie, "/seller/orders?show=to_ship");
    assert!(tab.body.contains(&order), "{tab:?}");
    shop.send(&cookie, &format!("{path}/ship"), "parcel=1&tracking=00+3404").expect(303);
    let seen = shopper.order(&order);
    assert_eq!(seen["parcels"][0]["state"], "picked_up");
    wait_for("the order to follow", || (shopper.order(&order)["state"] == "shipped").then_some(()));
    // Another rate is for other orders.
    let rate = format!("/admin/sellers/{seller}/rate");
    shop.send(&shop.staff(), &rate, "expected=1250&percent=5").expect(303);
    bought(&shop, &kettle, 1);
    wait_for("its lines", || (lines(&shop, "sale") == 3_870).then_some(()));
    assert_eq!(lines(&shop, "commission"), -322 - 64, "5 % of 12.90, half to even");
    shop.is_sound();
    let csv = shop.look(&cookie, "/seller/balance/lines.csv");
    assert_eq!(csv.expect(200).body.lines().count(), 5);
}

#[test]
fn what_goes_back_is_drawn_from_what_was_sold_at_its_own_rate() {
    let shop = Shop::open_with("seller-back", &[("SOUK_CARRIER_SPEED", FAST.to_string())]);
    let (seller, _, kettle) = shop.sells_a_kettle("ada");
    // One parcel in 33 is not delivered: another one is.
    let (shopper, order) = wait_for("a delivery", || {
        let (shopper, order) = bought(&shop, &kettle, 2);
        let state = wait_for("the parcel to end its way", || {
            let state = shopper.order(&order)["parcels"][0]["state"].clone();
            (state == "delivered" || state == "returned_to_sender").then_some(state)
        });
        (state == "delivered").then_some((shopper, order))
    });
    let before = (lines(&shop, "refund"), lines(&shop, "commission_reversal"));
    let rate = format!("/admin/sellers/{seller}/rate");
    shop.send(&shop.staff(), &rate, "expected=1250&percent=50").expect(303);
    let back =
        json!({ "lines": [{ "offer_id": kettle.id, "quantity": 1 }], "reason": "defective" });
    shopper.post(&format!("/orders/{order}/returns"), &back).expect(201);
    wait_for("the money", || {
        (shopper.order(&order)["returns"][0]["state"] == "refunded").then_some(())
    });
    wait_for("the ledger", || (lines(&shop, "refund") == before.0 - 1_290).then_some(()));
    // 322 of the whole, 161 of what stays: by the rate of then.
    assert_eq!(lines(&shop, "commission_reversal"), before.1 + 161);
    shop.is_sound();
}
