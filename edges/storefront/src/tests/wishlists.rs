//! Wishlists, and what somebody wants to be told.

use super::shop_with;
use crate::testing::{Shop, Visitor};

const ADA: [(&str, &str); 3] =
    [("email", "ada@example.com"), ("password", "correct horse"), ("name", "Ada")];

async fn signed_up(shop: &Shop) -> Visitor<'_> {
    let visitor = shop.visitor();
    visitor.post("/account/register", &ADA).await.leads_to();
    visitor
}

#[tokio::test]
async fn a_wish_is_listed_with_what_it_cost_and_costs() {
    let (shop, listing) = shop_with(9).await;
    let visitor = shop.visitor();
    visitor.get("/wishlist").await.shows(200, &["Nothing here yet"]);
    assert!(!visitor.has_cookie());
    let offer = &listing.offers[0];
    let id = offer.id.to_string();
    let back = format!("/p/{}", listing.product.id);
    let wish = [("offer_id", id.as_str()), ("back", &back)];
    let answer = visitor.post("/wishlist/add", &wish).await;
    assert_eq!(answer.leads_to(), format!("{back}?list=wished"));
    assert!(visitor.has_cookie());
    let price = souk_kernel::Money::new(999, offer.price.currency);
    shop.catalog.set_price(offer.id, price, offer.version).await.unwrap();
    let page = visitor.get("/wishlist").await;
    page.shows(200, &["Kettle No. 1", "€9.99", "€12.99", "In stock", "Kept for 30 days"]);
    assert_eq!(page.header("cache-control"), "no-store");
    shop.visitor().get("/wishlist").await.shows(200, &["Nothing here yet"]);
    let gone = visitor.post("/wishlist/remove", &[("offer_id", &id)]).await;
    visitor.get(gone.leads_to()).await.shows(200, &["Removed from your wishlist", "Nothing here"]);
}

#[tokio::test]
async fn a_wish_comes_along_and_goes_into_the_cart() {
    let (shop, listing) = shop_with(9).await;
    let ada = signed_up(&shop).await;
    ada.get("/wishlist").await.shows(200, &["Nothing here yet"]);
    let guest = shop.visitor();
    let id = listing.offers[0].id.to_string();
    guest.post("/wishlist/add", &[("offer_id", &id)]).await.leads_to();
    guest.post("/account/sign-in", &ADA[..2]).await.leads_to();
    ada.get("/wishlist").await.shows(200, &["Kettle No. 1", "Add to cart"]);
    let add = [("offer_id", id.as_str()), ("back", "/cart")];
    assert_eq!(ada.post("/cart/add", &add).await.leads_to(), "/cart");
    ada.get("/wishlist").await.shows(200, &["Kettle No. 1"]);
}

#[tokio::test]
async fn who_waits_needs_an_account_and_can_stop() {
    let (shop, listing) = shop_with(0).await;
    let id = listing.offers[0].id.to_string();
    let back = format!("/p/{}", listing.product.id);
    let ask = [("offer_id", id.as_str()), ("awaits", "stock"), ("back", &back)];
    let stranger = shop.visitor();
    let to = stranger.post("/alerts", &ask).await;
    assert!(to.leads_to().starts_with("/account/sign-in?next=%2Fp%2F"), "{to:?}");
    let ada = signed_up(&shop).await;
    assert_eq!(ada.post("/alerts", &ask).await.leads_to(), format!("{back}?list=waiting"));
    let page = ada.get("/wishlist").await;
    page.shows(200, &["We will tell you", "Kettle No. 1", "When it is back in stock"]);
    ada.post("/wishlist/add", &ask[..1]).await.leads_to();
    let page = ada.get("/wishlist").await;
    page.shows(200, &["Sold out", "tell me when it is back"]);
    let alert = page.hidden("alert_id");
    let ended = ada.post("/alerts/end", &[("alert_id", &alert)]).await;
    ada.get(ended.leads_to()).await.shows(200, &["Tell me when it is back"]);
    let theirs = [("alert_id", alert.as_str())];
    assert_eq!(
        shop.visitor().post("/alerts/end", &theirs).await.leads_to(),
        "/wishlist?list=ended"
    );
}

#[tokio::test]
async fn each_alert_says_how_often_it_is_told() {
    let (shop, listing) = shop_with(9).await;
    let id = listing.offers[0].id.to_string();
    let ada = signed_up(&shop).await;
    for (awaits, words) in [("stock", "once it is back"), ("price", "until you stop it")] {
        let asked = ada.post("/alerts", &[("offer_id", &id), ("awaits", awaits)]).await;
        ada.get(asked.leads_to()).await.shows(200, &[words]);
    }
}

#[tokio::test]
async fn what_is_gone_or_too_much_is_said() {
    let (shop, _) = shop_with(1).await;
    let visitor = shop.visitor();
    let gone = [("offer_id", "0190a5b0-0000-7000-8000-000000000000")];
    for path in ["/wishlist/add", "/alerts"] {
        let answer = visitor.post(path, &gone).await;
        assert_eq!(answer.leads_to(), "/wishlist?list=offer_not_found");
    }
    visitor.get("/wishlist?list=offer_not_found").await.shows(200, &["no longer for sale"]);
    visitor.get("/wishlist?list=wishlist_full").await.shows(200, &["100 things fit"]);
    assert_eq!(visitor.post("/alerts/end", &[("alert_id", "x")]).await.status, 422);
}
