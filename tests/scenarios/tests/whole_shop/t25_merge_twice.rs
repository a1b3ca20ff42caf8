//! A guest signs in, and the request goes out several times at once.

use crate::help::{Answer, Chance, Offer, Shop, Shopper, call, together};
use serde_json::{Value, json};

const ROUNDS: u64 = 12;
const AT_ONCE: usize = 4;

fn account(shop: &Shop) -> Shopper {
    let body = json!({"email": "ada@example.com", "password": "correct horse", "name": "Ada"});
    let headers = [("content-type", "application/json")];
    let made = call(shop.port, ("POST", "/api/v1/accounts"), &headers, &body.to_string());
    let token = made.unwrap().expect(201).text("token");
    with(&shop.guest(), token)
}

/// The same, by another session.
fn with(shopper: &Shopper, token: String) -> Shopper {
    let mut shopper = shopper.clone();
    shopper.token = token;
    shopper
}

fn sign_in(guest: &Shopper) -> Answer {
    let body = json!({"email": "ada@example.com", "password": "correct horse"});
    guest.ask("POST", "/sessions", None, Some(&body)).unwrap()
}

fn quantity(shopper: &Shopper, offer: &Offer) -> u64 {
    let cart = shopper.get("/cart").expect(200).json();
    let lines = cart["lines"].as_array().unwrap();
    let of = |line: &&Value| line["offer_id"] == offer.id.as_str();
    assert!(lines.iter().filter(of).count() <= 1, "one line an offer: {cart}");
    lines.iter().find(of).map_or(0, |line| line["quantity"].as_u64().unwrap())
}

#[test]
fn a_cart_that_is_merged_twice_at_once_is_merged_once() {
    let shop = Shop::new("t25").set("SOUK_RATE_LIMITS", "off");
    let mut shop = shop;
    shop.start();
    let mut chance = Chance::new("t25");
    let offers = shop.offers();
    let (both, own, new) = (&offers[0], &offers[1], &offers[2]);
    let ada = account(&shop);
    ada.add(both, 1).expect(200);
    ada.add(own, 2).expect(200);
    let other = shop.guest();
    other.add(new, 5).expect(200);
    let (mut both_now, mut new_now) = (1, 0);
    for round in 0..ROUNDS {
        let guest = shop.guest();
        let (some, more) = (1 + chance.below(2), 1 + chance.below(2));
        guest.add(both, u32::try_from(some).unwrap()).expect(200);
        guest.add(new, u32::try_from(more).unwrap()).expect(200);
        let answers = together(AT_ONCE, |_| sign_in(&guest));
        let tokens: Vec<String> =
            answers.into_iter().map(|a| a.expect(201).text("token")).collect();
        (both_now, new_now) = (both_now + some, new_now + more);
        for token in tokens {
            let here = with(&ada, token);
            let found = (quantity(&here, both), quantity(&here, own), quantity(&here, new));
            assert_eq!(found, (both_now, 2, new_now), "round {round}");
        }
        let left = guest.get("/cart").expect(200).json();
        assert_eq!(left["lines"], json!([]), "the guest's cart is gone, round {round}");
        // A late repetition brings nothing back.
        sign_in(&guest).expect(201);
        assert_eq!(quantity(&ada, both), both_now, "round {round}");
    }
    assert_eq!((quantity(&other, new), quantity(&other, both)), (5, 0), "somebody else's");
    shop.is_sound();
}
