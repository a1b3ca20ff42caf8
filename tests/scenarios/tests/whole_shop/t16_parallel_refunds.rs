//! Twenty refunds of a tenth of an order at once: ten are given.

use crate::help::{Answer, Chance, Shop, key, together};
use serde_json::json;

#[test]
fn parallel_refunds_never_give_back_more_than_was_taken() {
    let mut chance = Chance::new("t16");
    let shop = Shop::open("t16");
    let offer = shop.offer();
    let shopper = shop.guest();
    let total = shopper.total(&[(&offer, 1)]);
    let order = shopper.bought(&offer);
    shop.comes_to_rest();
    assert_eq!(shop.gateway_did("capture"), 1);

    let taken = total["minor"].as_i64().unwrap();
    let tenth = taken / 10;
    let amount = json!({ "amount": { "minor": tenth, "currency": total["currency"] } });
    let chances: Vec<_> = (0..20).map(|_| chance.split()).collect();
    let path = format!("/orders/{order}/refunds");
    let answers = together(20, |n| {
        chances[n].clone().dawdle(3);
        shopper.ask("POST", &path, Some(&key()), Some(&amount)).unwrap()
    });

    let given = answers.iter().filter(|a| a.status == 201).count();
    let too_much = |a: &&Answer| a.status == 409 && a.code() == "refund_too_much";
    assert_eq!((given, answers.iter().filter(too_much).count()), (10, 10), "{answers:?}");
    shop.is_sound();
    let record = shop.record();
    let refunds = record.iter().filter(|fact| fact["op"] == "refund");
    let given: i64 = refunds.map(|fact| fact["amount"].as_i64().unwrap()).sum();
    assert_eq!(given, 10 * tenth);
    assert_eq!(shop.refunded(), 10 * tenth);
    assert!(given <= taken);
}
