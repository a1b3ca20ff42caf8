//! Guessing passwords is slowed down; `SOUK_RATE_LIMITS` decides about the rest.

use crate::help::{Answer, Shop, call};

fn post(shop: &Shop, path: &str, body: &str) -> Answer {
    call(shop.port, ("POST", path), &[("content-type", "application/json")], body).unwrap()
}

fn sign_in(shop: &Shop, email: &str) -> Answer {
    let body = format!(r#"{{"email":"{email}","password":"guessed wrong"}}"#);
    post(shop, "/api/v1/sessions", &body)
}

#[test]
fn guessing_is_slowed_down_and_shopping_is_not() {
    let shop = Shop::open("limits");
    for _ in 0..10 {
        sign_in(&shop, "ada@example.com").expect(401);
    }
    let refused = sign_in(&shop, "ada@example.com").expect(429);
    assert_eq!(refused.code(), "rate_limited");
    let wait: u32 = refused.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=6).contains(&wait), "{refused:?}");
    sign_in(&shop, "bea@example.com").expect(401);
    let fields = "email=ada%40example.com&password=guessed";
    let page = shop.form(&shop.guest(), "/account/sign-in", fields).expect(429);
    assert!(page.body.contains("<html"), "a page for people: {page:?}");
    for _ in 0..100 {
        post(&shop, "/api/v1/guests", "").expect(201);
    }
}

#[test]
fn everything_is_limited_where_that_is_on() {
    let shop = Shop::new("limits-on").set("SOUK_RATE_LIMITS", "on");
    let mut shop = shop;
    shop.start();
    let made = (0..80).filter(|_| post(&shop, "/api/v1/guests", "").status == 201).count();
    assert!((60..80).contains(&made), "{made}");
}
