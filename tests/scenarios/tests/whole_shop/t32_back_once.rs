//! Cancelled, returned, restocked, each twice: the same units are back on the shelf once, and their money
//! with the shopper once.

use crate::help::{Chance, Offer, Shop, Shopper, key, together, wait_for};
use serde_json::{Value, json};

/// An hour of a real carrier takes 18 ms.
const FAST: u32 = 200_000;

fn delivered(shopper: &Shopper, offer: &Offer, pieces: u32) -> Option<String> {
    let total = shopper.total(&[(offer, pieces)]);
    let placed = shopper.buy(&[(offer, pieces)], &total, "tok_approve", &key()).unwrap();
    let order = placed.expect(201).text("order_id");
    let state = wait_for("the parcel to end its way", || {
        let state = shopper.order(&order)["parcels"][0]["state"].clone();
        (state == "delivered" || state == "returned_to_sender").then_some(state)
    });
    (state == "delivered").then_some(order)
}

fn states(order: &Value) -> Vec<&str> {
    order["returns"]
        .as_array()
        .unwrap()
        .iter()
        .map(|back| back["state"].as_str().unwrap())
        .collect()
}

#[test]
fn what_comes_back_comes_back_once() {
    let mut chance = Chance::new("t32");
    let shop = Shop::open_with("t32", &[("SOUK_CARRIER_SPEED", FAST.to_string())]);
    let offer = shop.offer();
    // One parcel in 33 is not delivered: another one is.
    let shopper = shop.guest();
    let order = wait_for("a delivery", || delivered(&shopper, &offer, 3));
    let ask = |key: &str, pieces: u32| {
        let body = json!({
            "lines": [{ "offer_id": offer.id, "quantity": pieces }], "reason": "changed_mind",
        });
        shopper.ask("POST", &format!("/orders/{order}/returns"), Some(key), Some(&body)).unwrap()
    };
    assert_eq!(ask(&key(), 4).expect(409).code(), "return_too_many");

    // Two of three, asked for ten times at once: five times with one key, five times with others.
    let one = key();
    let chances: Vec<_> = (0..10).map(|_| chance.split()).collect();
    let answers = together(10, |n| {
        chances[n].clone().dawdle(5);
        if n % 2 == 0 { ask(&one, 2) } else { ask(&key(), 2) }
    });
    let mut accepted: Vec<String> = Vec::new();
    for answer in &answers {
        match (answer.status, answer.code().as_str()) {
            (201, _) => accepted.push(answer.text("return_id")),
            (409, "return_too_many" | "conflict") => {}
            _ => panic!("{answer:?}"),
        }
    }
    accepted.sort();
    accepted.dedup();
    assert_eq!(accepted.len(), 1, "two and two are more than three: {answers:?}");

    // Cancelling what was delivered changes nothing, twice.
    for _ in 0..2 {
        let late = shopper.post(&format!("/orders/{order}/cancel"), &json!({}));
        assert_eq!(late.status, 409, "{late:?}");
    }
    wait_for("the money", || (states(&shopper.order(&order)) == ["refunded"]).then_some(()));
    let whole = shopper.order(&order);
    let back = &whole["returns"][0];
    assert_eq!(back["lines"], json!([{ "offer_id": offer.id, "quantity": 2, "restocked": 2 }]));
    shop.is_sound();
    assert_eq!(shop.gateway_did_for(&order, "refund"), 1);
    let price = whole["lines"][0]["total"]["minor"].as_i64().unwrap();
    assert_eq!(back["refund"]["minor"].as_i64().unwrap(), price * 2 / 3);
    assert_eq!(ask(&key(), 2).expect(409).code(), "return_too_many", "one is left");

    // The rest: all pieces of a line together give back what the line cost, to the cent.
    ask(&key(), 1).expect(201);
    wait_for("the rest", || {
        (states(&shopper.order(&order)) == ["refunded", "refunded"]).then_some(())
    });
    let whole = shopper.order(&order);
    let refunds = whole["returns"].as_array().unwrap().iter();
    let sum: i64 = refunds.map(|back| back["refund"]["minor"].as_i64().unwrap()).sum();
    assert_eq!(sum, price);
    shop.is_sound();
}

#[test]
fn what_is_cancelled_twice_is_restocked_once() {
    let shop = Shop::open("t32-cancel");
    let offer = shop.offer();
    let before = shop.available(&offer);
    let shopper = shop.guest();
    let order = shopper.bought(&offer);
    let answers =
        together(4, |_| shopper.post(&format!("/orders/{order}/cancel"), &json!({})).status);
    assert_eq!(answers, [200; 4], "cancelling twice is cancelling once");
    shop.is_sound();
    assert_eq!((shop.posted(&offer, "restock"), shop.posted(&offer, "return")), (1, 0));
    assert_eq!(shop.available(&offer), before);
    wait_for("the parcel to be called off", || {
        (shopper.order(&order)["parcels"]
            .as_array()
            .unwrap()
            .iter()
            .all(|p| p["state"] == "cancelled"))
        .then_some(())
    });
    let body = json!({ "lines": [{ "offer_id": offer.id, "quantity": 1 }], "reason": "late" });
    let never = shopper.post(&format!("/orders/{order}/returns"), &body);
    assert_eq!(never.expect(409).code(), "not_delivered");
}

/// One key on two orders: one of them is sent back, and whoever asks for the other is told so.
#[test]
fn one_key_sends_back_of_one_order() {
    let shop = Shop::open_with("t32-two-orders", &[("SOUK_CARRIER_SPEED", FAST.to_string())]);
    let (offer, shopper, one) = (shop.offer(), shop.guest(), key());
    let orders = [(); 2].map(|()| wait_for("a delivery", || delivered(&shopper, &offer, 1)));
    let body = json!({ "lines": [{ "offer_id": offer.id, "quantity": 1 }], "reason": "late" });
    let ask = |order: &str, key: &str| {
        let path = format!("/orders/{order}/returns");
        shopper.ask("POST", &path, Some(key), Some(&body)).unwrap()
    };
    let first = ask(&orders[0], &one).expect(201).text("return_id");
    for _ in 0..2 {
        assert_eq!(ask(&orders[1], &one).expect(422).code(), "key_reused");
    }
    assert_eq!(ask(&orders[0], &one).expect(201).text("return_id"), first);
    assert_eq!(states(&shopper.order(&orders[1])), [""; 0], "nothing was asked for");
    ask(&orders[1], &key()).expect(201);
    shop.is_sound();
}
