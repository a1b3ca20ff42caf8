//! Who waits for something that is sold out is written to when it can be bought again: once.

use crate::help::{Shop, call, key, wait_for};
use serde_json::json;

#[test]
fn who_waits_for_stock_is_written_to_once() {
    let shop = Shop::open("back-in-stock");
    let few = |offer: &crate::help::Offer| (1..=99).contains(&shop.available(offer));
    let offer = shop.offers().into_iter().rev().find(few).unwrap();
    let pieces = u32::try_from(shop.available(&offer)).unwrap();
    let buyer = shop.guest();
    let all = [(&offer, pieces)];
    let total = buyer.total(&all);
    let order = buyer.buy(&all, &total, "tok_approve", &key()).unwrap().expect(201);
    assert_eq!(shop.available(&offer), 0);

    let body = json!({"email": "ada@example.com", "password": "correct horse", "name": "Ada"});
    let headers = [("content-type", "application/json")];
    let made = call(shop.port, ("POST", "/api/v1/accounts"), &headers, &body.to_string());
    let mut ada = shop.guest();
    ada.token = made.unwrap().expect(201).text("token");
    let wait = json!({"offer_id": offer.id, "awaits": "stock"});
    for _ in 0..2 {
        let alerts = ada.post("/alerts", &wait).expect(200).json();
        assert_eq!(alerts["items"].as_array().unwrap().len(), 1);
    }
    assert_eq!(shop.mails("back_in_stock"), 0);

    let cancel = format!("/orders/{}/cancel", order.text("order_id"));
    buyer.ask("POST", &cancel, Some(&key()), None).unwrap().expect(200);
    wait_for("the mail", || (shop.mails("back_in_stock") == 1).then_some(()));
    shop.comes_to_rest();
    assert_eq!(shop.mails("back_in_stock"), 1);
    assert_eq!(ada.get("/alerts").expect(200).json()["items"], json!([]), "it is over");
    shop.is_sound();
}
