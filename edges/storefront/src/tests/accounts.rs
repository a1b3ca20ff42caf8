//! Signing up, in and out; what is kept; the list of orders.

use super::{add, shop_with};
use crate::testing::{Shop, Visitor};

pub(super) async fn register(visitor: &Visitor<'_>) -> crate::testing::Answer {
    let fields = [("name", "Ada"), ("email", "ada@example.com"), ("password", "correct horse")];
    visitor.post("/account/register", &fields).await
}

#[tokio::test]
async fn a_guest_signs_up_and_keeps_the_cart() {
    let (shop, listing) = shop_with(9).await;
    let visitor = shop.visitor();
    add(&visitor, &listing, "2").await;
    assert_eq!(register(&visitor).await.leads_to(), "/account");
    visitor.get("/account").await.shows(200, &["<h1>Ada</h1>", "ada@example.com", "Sign out"]);
    visitor.get("/cart").await.shows(200, &["€25.98"]);
    assert_eq!(register(&shop.visitor()).await.status, 422);
}

#[tokio::test]
async fn signing_in_brings_the_guest_s_cart_along() {
    let (shop, listing) = shop_with(9).await;
    register(&shop.visitor()).await.leads_to();
    let visitor = shop.visitor();
    add(&visitor, &listing, "2").await;
    let wrong = [("email", "ada@example.com"), ("password", "wrong"), ("next", "/cart")];
    let page = visitor.post("/account/sign-in", &wrong).await;
    page.shows(422, &["is not right", "value=\"ada@example.com\"", "value=\"/cart\""]);
    assert!(!page.text.contains("value=\"wrong\""), "a password is never sent back");
    let right = [("email", "ada@example.com"), ("password", "correct horse"), ("next", "/cart")];
    let answer = visitor.post("/account/sign-in", &right).await;
    assert_eq!(answer.leads_to(), "/cart?notice=merged");
    visitor.get("/cart?notice=merged").await.shows(200, &["€25.98", "from before you signed in"]);
    assert_eq!(visitor.post("/account/sign-out", &[]).await.leads_to(), "/");
    assert!(!visitor.has_cookie());
    let away =
        [("email", "ada@example.com"), ("password", "correct horse"), ("next", "//evil.example")];
    assert_eq!(visitor.post("/account/sign-in", &away).await.leads_to(), "/account");
}

#[tokio::test]
async fn the_sign_up_form_says_what_is_wrong() {
    let shop = Shop::open();
    let fields = [("name", ""), ("email", "x"), ("password", "short")];
    let page = shop.visitor().post("/account/register", &fields).await;
    page.shows(422, &["Enter your name", "Enter an email address like", "8 to 200 characters"]);
    assert!(!page.text.contains("value=\"short\""));
}

#[tokio::test]
async fn the_forms_are_there() {
    let shop = Shop::open();
    let visitor = shop.visitor();
    visitor.get("/account/sign-in?next=/orders").await.shows(200, &["value=\"/orders\""]);
    visitor.get("/account/register").await.shows(200, &["autocomplete=\"new-password\""]);
    visitor.get("/orders").await.shows(200, &["No orders yet", "Sign in to see yours"]);
}

#[tokio::test]
async fn guessing_a_password_is_slowed_down() {
    let shop = Shop::open();
    register(&shop.visitor()).await.leads_to();
    let visitor = shop.visitor();
    let guess = [("email", " Ada@example.com"), ("password", "guess"), ("next", "/")];
    for _ in 0..10 {
        assert_eq!(visitor.post("/account/sign-in", &guess).await.status, 422);
    }
    visitor.post("/account/sign-in", &guess).await.shows(429, &["One moment, please"]);
    let right = [("email", "ada@example.com"), ("password", "correct horse"), ("next", "/")];
    assert_eq!(visitor.post("/account/sign-in", &right).await.status, 429, "also the right one");
    shop.clock.advance(6_000);
    assert_eq!(visitor.post("/account/sign-in", &right).await.leads_to(), "/");
}

#[tokio::test]
async fn nobody_s_mailbox_is_filled_by_asking() {
    let shop = Shop::open();
    let ask = [("email", "ada@example.com")];
    for _ in 0..3 {
        let sent = shop.visitor().post("/account/forgot", &ask).await;
        assert_eq!(sent.leads_to(), "/account/forgot?sent=1");
    }
    assert_eq!(shop.visitor().post("/account/forgot", &ask).await.status, 429);
    let other = [("email", "bea@example.com")];
    let sent = shop.visitor().post("/account/forgot", &other).await;
    assert_eq!(sent.leads_to(), "/account/forgot?sent=1");
}
