//! What is hidden is nowhere on the shopper's pages; what was there before leads nowhere.

use super::{add, shop_with};
use crate::testing::Shop;
use souk_catalog::{Listing, PutListing};
use souk_kernel::Timestamp;

async fn turn(shop: &Shop, listing: &Listing, hidden: bool) {
    let mut listing = shop.catalog.stored(listing.product.id).await.unwrap().unwrap();
    listing.product.hidden = hidden;
    let at = Timestamp(listing.product.updated_at.0 + 1);
    let stock = Vec::new();
    let put = PutListing { listing, keep_hidden: false, expected_version: None, stock, at };
    shop.catalog.put(vec![put], None).await.unwrap().pop().unwrap().unwrap();
    // Counts of categories are some seconds old at most.
    shop.clock.advance(6_000);
}

#[tokio::test]
async fn a_hidden_product_has_no_page_and_stands_in_no_list() {
    let (shop, listing) = shop_with(9).await;
    let id = listing.product.id;
    let visitor = shop.visitor();
    let paths = [format!("/p/{id}"), format!("/p/{id}/reviews"), "/c/kitchen/kettles-pots".into()];
    for hidden in [false, true, false] {
        turn(&shop, &listing, hidden).await;
        for path in &paths {
            assert_eq!(visitor.get(path).await.status, if hidden { 404 } else { 200 }, "{path}");
        }
        let there = |text: &str, what: &str| assert_eq!(text.contains(what), !hidden, "{what}");
        there(&visitor.get("/sitemaps/products/first.xml").await.text, &id.to_string());
        there(&visitor.get("/sitemaps/shop.xml").await.text, "/c/kitchen");
        // A picture is also what orders and carts show of it.
        let picture = visitor.get(&format!("/media/{id}.svg")).await;
        assert!([200, 307].contains(&picture.status), "{}", picture.status);
    }
}

#[tokio::test]
async fn a_cart_and_a_wishlist_say_that_it_is_gone_and_nobody_can_ask_for_it() {
    let (shop, listing) = shop_with(9).await;
    let (visitor, id) = (shop.visitor(), listing.product.id);
    let offer = listing.offers[0].id.to_string();
    let wish = [("offer_id", offer.as_str())];
    add(&visitor, &listing, "1").await;
    visitor.post("/wishlist/add", &wish).await.leads_to();
    turn(&shop, &listing, true).await;
    let cart = visitor.get("/cart").await;
    cart.shows(200, &["Kettle No. 1", "No longer for sale"]);
    let page = format!("/p/{id}");
    assert!(!cart.text.contains(&page) && !cart.text.contains("href=\"/checkout\""));
    assert_eq!(visitor.get("/checkout").await.leads_to(), "/cart");
    let list = visitor.get("/wishlist").await;
    list.shows(200, &["A product that is gone"]);
    assert!(!list.text.contains(&page) && !list.text.contains("Kettle No. 1"));
    let other = shop.visitor();
    for path in ["/wishlist/add", "/alerts"] {
        let answer = other.post(path, &wish).await;
        assert_eq!(answer.leads_to(), "/wishlist?list=offer_not_found", "{path}");
    }
    let answer = other.post("/cart/add", &[wish[0], ("back", &page)]).await;
    assert!(answer.leads_to().contains("refused=offer_not_found"), "{}", answer.leads_to());
    turn(&shop, &listing, false).await;
    let cart = visitor.get("/cart").await;
    cart.shows(200, &["Kettle No. 1", &page, "href=\"/checkout\""]);
}
