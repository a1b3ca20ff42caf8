//! A seller is suspended while a shopper is checking out: the refusal names the line, the other seller's
//! goods are still sold, and when the seller is back, the cart that was left sells as before.

use crate::help::{Offer, Shop, key, wait_for};

/// Two sellers who applied and were approved, each with an offer of the shop's.
fn with_two_sellers(mut shop: Shop) -> (Shop, [Offer; 2], [String; 2]) {
    let sellers = ["ada", "bob"].map(|name| shop.sells(name).0);
    shop.stop();
    let offers = shop.offers();
    let offers = [offers[0].clone(), offers[1].clone()];
    shop.edit(|conn| {
        for (offer, seller) in offers.iter().zip(&sellers) {
            let sql = format!("UPDATE offer SET seller = x'{seller}' WHERE key = ?1");
            assert_eq!(conn.execute(&sql, [offer.key]).unwrap(), 1);
        }
    });
    shop.start();
    (shop, offers, sellers)
}

#[test]
fn a_suspended_seller_sells_nothing_and_nobody_else_is_held_up() {
    let (shop, [first, second], [ada, _]) = with_two_sellers(Shop::open("t24"));
    let shopper = shop.guest();
    for offer in [&first, &second] {
        shopper.add(offer, 1).expect(200);
    }
    let shown = shopper.get("/cart").expect(200).json();
    let title = shown["lines"][0]["title"].as_str().unwrap().to_owned();
    let checkout = shopper.start_checkout().expect(201);

    shop.turns(&ada, "active", "suspended");
    // The checkout that was shown before: nothing is charged, and the refusal says which line.
    let one = key();
    let refused = shopper.pay(&checkout, "tok_approve", &one).unwrap().expect(409);
    assert_eq!(
        (refused.code(), refused.text("offer_id")),
        ("not_buyable".into(), first.id.clone())
    );
    assert_eq!((shop.gateway_did("authorize"), shop.orders_begun(), shop.confirmed()), (0, 0, 0));
    // At once, as a quote, and by way of the cart: the same line.
    let lines = serde_json::json!({ "lines": [{ "offer_id": first.id, "quantity": 1 }] });
    assert_eq!(shopper.post("/quotes", &lines).expect(409).text("offer_id"), first.id);
    let again = shopper.start_checkout().expect(409);
    assert_eq!((again.code(), again.text("offer_id")), ("not_buyable".into(), first.id.clone()));
    let cart = shopper.get("/cart").expect(200).json();
    let buyable: Vec<bool> =
        cart["lines"].as_array().unwrap().iter().map(|l| l["buyable"].as_bool().unwrap()).collect();
    assert_eq!(buyable, [false, true], "{cart}");
    assert!(shop.page(&shopper, "/cart").body.contains("No longer for sale"));
    // What search shows, too.
    let found = |title: &str| {
        let path = format!("/search?q={}", title.replace(' ', "+"));
        let hits = shopper.get(&path).expect(200).json();
        hits["hits"].as_array().unwrap().iter().any(|hit| hit["offer_id"] == *first.id)
    };
    wait_for("search to forget it", || (!found(&title)).then_some(()));

    // The other seller's line is sold meanwhile.
    let other = shop.guest();
    let total = other.total(&[(&second, 1)]);
    other.buy(&[(&second, 1)], &total, "tok_approve", &key()).unwrap().expect(201);

    // Back again: the same cart, the same checkout, the same key.
    shop.turns(&ada, "suspended", "active");
    let placed = shopper.pay(&checkout, "tok_approve", &one).unwrap().expect(201);
    assert_eq!(placed.json()["total"], checkout.json()["total"]);
    wait_for("search to find it again", || found(&title).then_some(()));
    assert_eq!((shop.gateway_did("authorize"), shop.confirmed()), (2, 2));
    shop.is_sound();
}

#[test]
fn a_suspension_outlives_the_process_and_a_cart_the_suspension() {
    let (mut shop, [first, _], [ada, _]) = with_two_sellers(Shop::open("t24-restart"));
    let shopper = shop.guest();
    shopper.add(&first, 1).expect(200);
    shop.turns(&ada, "active", "suspended");
    shop.kill();
    shop.start();
    let shopper = shopper.at(shop.port);
    let refused = shopper.start_checkout().expect(409);
    assert_eq!((refused.code(), refused.text("offer_id")), ("not_buyable".into(), first.id));
    shop.turns(&ada, "suspended", "active");
    let checkout = shopper.start_checkout().expect(201);
    shopper.pay(&checkout, "tok_approve", &key()).unwrap().expect(201);
    wait_for("the seller's lines", || {
        let sql = "SELECT count(*) FROM seller_line WHERE kind IN ('sale', 'commission')";
        (shop.number(sql) >= 2).then_some(())
    });
    shop.is_sound();
}

/// Whoever may not sell does not sell to money that comes too late either: it goes back.
#[test]
fn late_money_buys_nothing_of_a_suspended_seller() {
    let shop = Shop::open_with("t24-late", &[("SOUK_TRANSFER_SECONDS", String::from("1"))]);
    let (shop, [first, _], [ada, _]) = with_two_sellers(shop);
    let shopper = shop.guest();
    let placed = shopper.buys_by(&first, "bank_transfer", &key()).expect(202);
    let order = placed.text("order_id");
    wait_for("its end", || (shopper.order(&order)["state"] == "cancelled").then_some(()));
    shop.turns(&ada, "active", "suspended");
    shop.money_comes(&placed.text("action_url"), "exact");
    wait_for("the money to go back", || (shop.gateway_did("return") == 1).then_some(()));
    shop.is_sound();
    assert_eq!((shop.confirmed(), shop.orders_begun()), (0, 1));
}
