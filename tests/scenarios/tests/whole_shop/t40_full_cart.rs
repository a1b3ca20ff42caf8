//! A cart that is to have ten thousand lines: it takes as many as it may have, says that it is full, and
//! what it took is bought as any other cart.

use crate::help::{Offer, Shop, key};
use serde_json::json;
use std::fmt::Write as _;
use std::fs;

/// Lines that somebody tries to have.
const TRIED: usize = 10_000;

/// Lines that a cart takes.
const TAKEN: usize = 200;

/// A shop that sells as many different things, and one more; plenty of each.
fn with_many_products(name: &str) -> (Shop, Vec<Offer>) {
    let mut shop = Shop::new(name);
    let mut rows = String::from("Handle,Title,Variant Price,Variant Inventory Qty\n");
    for n in 0..=TRIED {
        writeln!(rows, "thing-{n},Thing {n},{}.00,50000", n % 50 + 1).unwrap();
    }
    let file = shop.dir.join("many.csv");
    fs::write(&file, rows).unwrap();
    let done = shop.command(&["import", file.to_str().unwrap()]).output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    shop.read_offers_anew();
    let offers = shop.offers().into_iter().take(TRIED + 1).collect();
    shop.start();
    (shop, offers)
}

#[test]
fn a_cart_of_ten_thousand_lines_is_full_at_its_limit_and_still_bought() {
    let (shop, offers) = with_many_products("t40-cart");
    let shopper = shop.guest();
    let (mut taken, mut full) = (0, 0);
    for offer in &offers[..TRIED] {
        let answer = shopper.add(offer, 1);
        match answer.status {
            200 => taken += 1,
            422 => {
                assert_eq!(answer.code(), "cart_full", "{answer:?}");
                full += 1;
            }
            _ => panic!("{answer:?}"),
        }
    }
    assert_eq!((taken, full), (TAKEN, TRIED - TAKEN));
    // More of what is in it fits, and one thing out makes room for another.
    shopper.add(&offers[0], 1).expect(200);
    shopper.delete(&format!("/cart/lines/{}", offers[0].id)).expect(200);
    shopper.add(&offers[TRIED], 1).expect(200);
    let cart = shopper.get("/cart").expect(200);
    assert_eq!(cart.json()["lines"].as_array().unwrap().len(), TAKEN);
    let page = shop.page(&shopper, "/cart").expect(200);
    assert!(page.body.len() < 2 << 20, "the page has {} bytes", page.body.len());

    // Without a cart, as many as fit into a body: one line too many is refused before anything is priced.
    let line = |offer: &Offer| json!({"offer_id": offer.id, "quantity": 1});
    let many: Vec<_> = offers[..TAKEN * 4].iter().map(line).collect();
    let refused = shopper.post("/quotes", &json!({ "lines": many }));
    assert!((400..500).contains(&refused.status), "{refused:?}");

    let checkout = shopper.start_checkout().expect(201);
    let placed = shopper.pay(&checkout, "tok_approve", &key()).unwrap().expect(201);
    let order = shopper.order(&placed.text("order_id"));
    assert_eq!(order["lines"].as_array().unwrap().len(), TAKEN, "{order}");
    assert!(shopper.get("/cart").expect(200).json()["lines"].as_array().unwrap().is_empty());
    shop.guest().bought(&offers[1]);
    shop.is_sound();
}
