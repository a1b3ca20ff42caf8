//! Another shopper's orders and checkouts are not there, whatever is asked of them.

use crate::help::{Shop, call, key};
use serde_json::json;

#[test]
fn a_strangers_order_is_not_found() {
    let shop = Shop::open("own");
    let offer = shop.offer();
    let (owner, stranger) = (shop.guest(), shop.guest());
    let order = owner.bought(&offer);
    let number = owner.order(&order)["number"].as_str().unwrap().to_owned();
    owner.add(&offer, 1).expect(200);
    let checkout = owner.start_checkout().expect(201);
    let checkout_path = format!("/checkouts/{}", checkout.text("checkout_id"));

    let missing = |answer: crate::help::Answer| {
        assert_eq!(answer.clone().expect(404).code(), "not_found");
        assert!(!answer.body.contains("Lovelace"), "{answer:?}");
    };
    for name in [&order, &number] {
        missing(stranger.get(&format!("/orders/{name}")));
        missing(stranger.post(&format!("/orders/{name}/cancel"), &json!({})));
        missing(stranger.post(&format!("/orders/{name}/refunds"), &json!({})));
    }
    missing(stranger.get(&checkout_path));
    missing(stranger.delete(&checkout_path));
    missing(stranger.pay(&checkout, "tok_approve", &key()).unwrap());
    let list = stranger.get("/orders").expect(200).json();
    assert_eq!(list["orders"].as_array().unwrap().len(), 0);
    let cart = stranger.get("/cart").expect(200).json();
    assert_eq!(cart["lines"].as_array().unwrap().len(), 0);
    for path in [format!("/api/v1/orders/{order}"), format!("/api/v1{checkout_path}")] {
        call(shop.port, ("GET", &path), &[], "").unwrap().expect(401);
    }
    let page = shop.page(&stranger, &format!("/orders/{number}"));
    assert!(page.status != 200 && !page.body.contains("Lovelace"), "{page:?}");

    // Nothing of it happened, and the owner can do all of it.
    assert_eq!(owner.order(&order)["state"], "confirmed");
    owner.get(&checkout_path).expect(200);
    owner.pay(&checkout, "tok_approve", &key()).unwrap().expect(201);
    owner.post(&format!("/orders/{order}/cancel"), &json!({})).expect(200);
    shop.is_sound();
}
