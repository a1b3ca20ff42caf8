//! Cards that a shopper keeps.

use super::{add, check_out, shop_with};
use crate::testing::{SHEET, Visitor};

async fn registered<'a>(shop: &'a crate::testing::Shop, name: &str) -> Visitor<'a> {
    let visitor = shop.visitor();
    let email = format!("{name}@example.com");
    let fields = [("name", name), ("email", &*email), ("password", "correct horse battery")];
    visitor.post("/account/register", &fields).await.leads_to();
    visitor
}

/// Comes back from the sheet with a token.
async fn returned(visitor: &Visitor<'_>, review: &str, token: &str) -> String {
    let page = visitor.get(review).await;
    let (minor, currency) = (page.hidden("total_minor"), page.hidden("total_currency"));
    let back = format!("{review}/return?total_minor={minor}&total_currency={currency}");
    visitor.get(&format!("{back}&payment_token={token}")).await.leads_to().to_owned()
}

async fn pay_by(visitor: &Visitor<'_>, review: &str, method: &str) -> String {
    let page = visitor.get(review).await;
    let hidden = ["total_minor", "total_currency", "key"].map(|name| (name, page.hidden(name)));
    let mut fields: Vec<(&str, &str)> = hidden.iter().map(|(n, v)| (*n, v.as_str())).collect();
    fields.push(("method", method));
    visitor.post(&format!("{review}/pay"), &fields).await.leads_to().to_owned()
}

/// The address part of the first saved card on a page.
fn saved_on(page: &str) -> String {
    let (_, after) = page.split_once("value=\"saved_").expect("a saved card");
    after.split('"').next().unwrap().to_owned()
}

#[tokio::test]
async fn a_kept_card_pays_in_one_step_and_can_be_removed() {
    let (shop, listing) = shop_with(9).await;
    let ada = registered(&shop, "ada").await;
    ada.get("/account/payment-methods").await.shows(200, &["You keep no card here"]);
    add(&ada, &listing, "1").await;
    let review = check_out(&ada).await;
    let sheet = pay_by(&ada, &review, "card").await;
    assert!(sheet.starts_with(SHEET) && sheet.contains("keep=true"), "{sheet}");
    returned(&ada, &review, "tok_keep_1").await;
    let page = ada.get("/account/payment-methods").await;
    page.shows(200, &["Visa ending in 4242", "12/2034", "Default"]);
    let here = "<a href=\"/account/payment-methods\" aria-current=\"page\">Payment methods</a>";
    page.shows(200, &["aria-label=\"Your account\"", here]);
    ada.get("/orders").await.shows(200, &["<a href=\"/orders\" aria-current=\"page\">Orders</a>"]);

    add(&ada, &listing, "1").await;
    let review = check_out(&ada).await;
    let page = ada.get(&review).await;
    page.shows(200, &["Visa ending in 4242", "Another card"]);
    let saved = saved_on(&page.text);
    let order = pay_by(&ada, &review, &format!("saved_{saved}")).await;
    ada.get(&order).await.shows(200, &["Thank you, it is yours"]);
    let paid = shop.store.rows().payments.payments().filter(|p| p.token == "pm_tok_keep_1").count();
    assert_eq!(paid, 1, "with the kept card's token");

    let mallory = registered(&shop, "mallory").await;
    add(&mallory, &listing, "1").await;
    let review = check_out(&mallory).await;
    assert!(!mallory.get(&review).await.text.contains("saved_"));
    let refused = pay_by(&mallory, &review, &format!("saved_{saved}")).await;
    assert!(refused.starts_with(&review) && refused.contains("notice"), "{refused}");
    let path = format!("/account/payment-methods/{saved}");
    for what in ["remove", "default"] {
        assert_eq!(mallory.post(&path, &[("do", what)]).await.status, 404);
    }
    let done = ada.post(&path, &[("do", "remove")]).await;
    assert_eq!(done.leads_to(), "/account/payment-methods?done=forgotten");
    ada.get("/account/payment-methods").await.shows(200, &["You keep no card here"]);
}

#[tokio::test]
async fn nothing_is_kept_that_nobody_asked_for() {
    let (shop, listing) = shop_with(9).await;
    let guest = shop.visitor();
    add(&guest, &listing, "1").await;
    let review = check_out(&guest).await;
    let sheet = pay_by(&guest, &review, "card").await;
    assert!(sheet.contains("keep=false"), "a guest is not asked: {sheet}");
    returned(&guest, &review, "tok_approve").await;
    guest.get("/account/payment-methods").await.shows(200, &["You keep no card here"]);
}
