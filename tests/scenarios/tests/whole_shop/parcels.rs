//! Parcels: an order leaves, is followed, and arrives by itself; what has left can't be cancelled.

use crate::help::{Chance, Shop, key, together, wait_for};
use serde_json::{Value, json};

/// An hour of a real carrier takes so many milliseconds at this speed: 36.
const FAST: u32 = 100_000;

fn parcels(order: &Value) -> &Vec<Value> {
    order["parcels"].as_array().unwrap()
}

#[test]
fn an_order_comes_by_itself_parcel_by_parcel() {
    let mut shop = Shop::new("parcels").set("SOUK_CARRIER_SPEED", FAST);
    let offer = shop.offer();
    shop.stock(&offer, 1);
    shop.stock_also_in(&offer, b"2-warehouse-more", 1);
    shop.start();
    let shopper = shop.guest();
    let total = shopper.total(&[(&offer, 2)]);
    let placed = shopper.buy(&[(&offer, 2)], &total, "tok_approve", &key()).unwrap();
    let order = placed.expect(201).text("order_id");
    let whole = wait_for("two parcels, one a warehouse", || {
        let whole = shopper.order(&order);
        (parcels(&whole).len() == 2).then_some(whole)
    });
    let numbers: Vec<_> = parcels(&whole).iter().map(|p| p["tracking_number"].clone()).collect();
    assert_ne!(numbers[0], numbers[1]);

    // Either all arrive, or what nobody took is back at the sender's.
    let ended = |p: &Value| p["state"] == "delivered" || p["state"] == "returned_to_sender";
    let whole = wait_for("both parcels to end their way", || {
        let whole = shopper.order(&order);
        parcels(&whole).iter().all(ended).then_some(whole)
    });
    for parcel in parcels(&whole) {
        assert_eq!(parcel["lines"], json!([{ "offer_id": offer.id, "quantity": 1 }]));
        let way: Vec<_> = parcel["scans"].as_array().unwrap().iter().map(|s| &s["state"]).collect();
        let start = ["label", "packed", "picked_up", "in_transit", "out_for_delivery"];
        assert_eq!(way[..5], start, "{parcel}");
    }
    let delivered = parcels(&whole).iter().filter(|p| p["state"] == "delivered").count() as i64;
    if delivered > 0 {
        wait_for("the order", || (shopper.order(&order)["state"] == "delivered").then_some(()));
    }
    shop.is_sound();
    assert_eq!(shop.posted(&offer, "ship"), 2, "they have left the shelf");
    let kinds = ["parcel_shipped", "parcel_out_for_delivery", "parcel_delivered"];
    assert_eq!(kinds.map(|kind| shop.mails(kind)), [2, 2, delivered]);
    let late = shopper.post(&format!("/orders/{order}/cancel"), &json!({}));
    assert_eq!(late.status, 409, "{late:?}");
    let page = shop.page(&shopper, &format!("/orders/{}", whole["number"].as_str().unwrap()));
    let number = numbers[0].as_str().unwrap();
    assert!(page.body.contains(number), "the page names the carrier's number");
    assert!(!page.body.contains("Cancel order"), "nothing to cancel any more");
}

/// One of two parcels has left, and the order does not say so: it can't be cancelled, and the refusal is
/// final, not "try again".
#[test]
fn what_has_left_in_part_is_not_cancelled() {
    let mut shop = Shop::new("parcels-part");
    let offer = shop.offer();
    shop.stock(&offer, 1);
    shop.stock_also_in(&offer, b"2-warehouse-more", 1);
    shop.start();
    let shopper = shop.guest();
    let total = shopper.total(&[(&offer, 2)]);
    let placed = shopper.buy(&[(&offer, 2)], &total, "tok_approve", &key()).unwrap();
    let order = placed.expect(201).text("order_id");
    wait_for("two parcels", || (parcels(&shopper.order(&order)).len() == 2).then_some(()));
    let staff = shop.staff();
    let ship = shop.send(&staff, &format!("/admin/parcels/{order}/1/ship"), "carrier=&tracking=");
    ship.expect(303);
    let whole = shopper.order(&order);
    assert_eq!(
        (&whole["state"], &parcels(&whole)[0]["state"]),
        (&"confirmed".into(), &"picked_up".into())
    );
    for _ in 0..2 {
        let late = shopper.post(&format!("/orders/{order}/cancel"), &json!({}));
        assert_eq!(late.expect(409).code(), "too_late");
    }
    assert_eq!(shopper.order(&order)["state"], "confirmed");
    shop.is_sound();
}

/// The carrier's speed is the shop's setting, not the parcel's: what waits at speed 0 goes on after a
/// start with another one, and what had its time waits after a start with 0.
#[test]
fn another_speed_counts_for_what_is_under_way() {
    let mut shop = Shop::open("parcels-speed");
    let offer = shop.offer();
    let shopper = shop.guest();
    let order = shopper.bought(&offer);
    let open = |speed: u32| {
        format!("SELECT count(*) FROM fulfillment WHERE speed = {speed} AND due IS NOT NULL")
    };
    let waiting = "SELECT count(*) FROM fulfillment WHERE speed = 0 AND due IS NULL";
    wait_for("its parcel", || (shop.number(waiting) == 1).then_some(()));

    // An hour of this carrier takes an hour: nothing moves, but it has its time.
    shop.stop();
    shop = shop.set("SOUK_CARRIER_SPEED", 1);
    shop.start();
    wait_for("its time", || (shop.number(&open(1)) == 1).then_some(()));
    shop.stop();
    shop = shop.set("SOUK_CARRIER_SPEED", 0);
    shop.start();
    wait_for("no time at all", || (shop.number(waiting) == 1).then_some(()));
    let state = |shop: &Shop| parcels(&shopper.at(shop.port).order(&order))[0]["state"].clone();
    assert_eq!(state(&shop), "label");

    shop.stop();
    shop = shop.set("SOUK_CARRIER_SPEED", FAST);
    shop.start();
    let ended = |state: &Value| state == "delivered" || state == "returned_to_sender";
    wait_for("the parcel to end its way", || ended(&state(&shop)).then_some(()));
    shop.is_sound();
}

/// The carrier and the shopper want the same order at the same moment: it leaves or is cancelled.
#[test]
fn an_order_is_sent_or_cancelled_never_both() {
    const ORDERS: usize = 24;
    let mut chance = Chance::new("parcels-cancel");
    // Label and packing take 2 to 11 hours of a real carrier: 72 to 396 ms.
    let shop = Shop::open_with("parcels-cancel", &[("SOUK_CARRIER_SPEED", FAST.to_string())]);
    let offer = shop.offer();
    let before = shop.available(&offer);
    let shoppers: Vec<_> = (0..ORDERS).map(|_| (shop.guest(), chance.split())).collect();
    let answers = together(ORDERS, |n| {
        let (shopper, mut chance) = shoppers[n].clone();
        let order = shopper.bought(&offer);
        chance.dawdle(500);
        let asked = shopper.post(&format!("/orders/{order}/cancel"), &json!({}));
        (order, asked.status)
    });
    let cancelled = answers.iter().filter(|(_, status)| *status == 200).count();
    for (n, (order, status)) in answers.iter().enumerate() {
        assert!(*status == 200 || *status == 409, "{status}");
        wait_for("the order to end", || {
            let state = shoppers[n].0.order(order)["state"].clone();
            let parcels = shoppers[n].0.order(order)["parcels"].clone();
            let back = parcels[0]["state"] == "returned_to_sender";
            (state == "cancelled" || state == "delivered" || back).then_some(())
        });
        let whole = shoppers[n].0.order(order);
        let left = parcels(&whole).iter().flat_map(|p| p["scans"].as_array().unwrap());
        let left = left.filter(|scan| scan["state"] == "picked_up").count();
        let expected = if *status == 200 { 0 } else { 1 };
        assert_eq!(left, expected, "{whole}");
    }
    println!("parcels: {cancelled} of {ORDERS} were cancelled in time");
    shop.is_sound();
    let sent = (ORDERS - cancelled) as i64;
    assert_eq!(
        (shop.posted(&offer, "ship"), shop.posted(&offer, "restock")),
        (sent, cancelled as i64)
    );
    wait_for("the stock", || {
        let back = shop.posted(&offer, "return");
        (shop.available(&offer) == before - sent + back).then_some(())
    });
}
