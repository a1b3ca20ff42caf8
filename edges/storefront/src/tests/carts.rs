//! The cart's page and its changes.

use super::{add, shop_with};
use crate::testing::Shop;

#[tokio::test]
async fn the_first_change_makes_a_guest() {
    let (shop, listing) = shop_with(9).await;
    let visitor = shop.visitor();
    visitor.get("/cart").await.shows(200, &["Your cart is empty"]);
    assert!(!visitor.has_cookie());
    let offer = listing.offers[0].id.to_string();
    let back = format!("/p/{}?variant=black", listing.product.id);
    let fields = [("offer_id", offer.as_str()), ("quantity", "2"), ("back", &back)];
    let answer = visitor.post("/cart/add", &fields).await;
    assert_eq!(answer.leads_to(), format!("{back}&added=1"));
    assert!(visitor.has_cookie());
    let page = visitor.get(answer.header("location")).await;
    page.shows(200, &["Added to your cart", "href=\"/checkout\""]);
    assert_eq!(page.header("cache-control"), "no-store");
    visitor.get("/cart").await.shows(200, &["Kettle No. 1", "€25.98", "Estimated total", "€30.88"]);
    shop.visitor().get("/cart").await.shows(200, &["Your cart is empty"]);
}

#[tokio::test]
async fn quantities_change_and_a_removed_line_can_be_put_back() {
    let (shop, listing) = shop_with(9).await;
    let visitor = shop.visitor();
    add(&visitor, &listing, "1").await;
    let offer = listing.offers[0].id.to_string();
    let version = visitor.get("/cart").await.hidden("version");
    let set = [("offer_id", offer.as_str()), ("quantity", "4"), ("version", &version)];
    assert_eq!(visitor.post("/cart/set", &set).await.leads_to(), "/cart");
    // The page that sent this is out of date now.
    let stale = visitor.post("/cart/set", &set).await;
    stale.shows(412, &["changed in another window", "<option selected>4</option>"]);
    let wrong = [("offer_id", offer.as_str()), ("quantity", "many")];
    visitor.post("/cart/set", &wrong).await.shows(422, &["between 1 and 99", "Kettle"]);
    let remove = [("offer_id", offer.as_str()), ("was", "4")];
    let answer = visitor.post("/cart/remove", &remove).await;
    let page = visitor.get(answer.leads_to()).await;
    page.shows(200, &["Removed: Kettle No. 1", "Put it back", "Your cart is empty"]);
    assert_eq!(page.hidden("quantity"), "4");
}

#[tokio::test]
async fn what_can_t_be_bought_is_marked_and_stops_the_checkout() {
    let (shop, listing) = shop_with(2).await;
    let visitor = shop.visitor();
    add(&visitor, &listing, "3").await;
    let page = visitor.get("/cart").await;
    page.shows(200, &["Only 2 left", "Change the marked lines"]);
    assert!(!page.text.contains("href=\"/checkout\""));
    assert_eq!(visitor.get("/checkout").await.leads_to(), "/cart");
}

#[tokio::test]
async fn refusals_go_back_to_the_product() {
    let (shop, listing) = shop_with(2).await;
    let visitor = shop.visitor();
    let product = format!("/p/{}", listing.product.id);
    let gone = "0190a5b0-0000-7000-8000-000000000000";
    let answer = visitor.post("/cart/add", &[("offer_id", gone), ("back", &product)]).await;
    assert_eq!(answer.leads_to(), format!("{product}?refused=offer_not_found"));
    visitor.get(answer.header("location")).await.shows(200, &["not for sale at the moment"]);
    let offer = listing.offers[0].id.to_string();
    let foreign = [("offer_id", offer.as_str()), ("back", "https://evil.example/")];
    assert_eq!(visitor.post("/cart/add", &foreign).await.leads_to(), "/cart");
}

#[tokio::test]
async fn nobody_s_cart_changes_without_a_session() {
    let shop = Shop::open();
    let offer = [("offer_id", "0190a5b0-0000-7000-8000-000000000000"), ("quantity", "1")];
    for path in ["/cart/set", "/cart/remove"] {
        assert_eq!(shop.visitor().post(path, &offer).await.leads_to(), "/cart");
    }
}
