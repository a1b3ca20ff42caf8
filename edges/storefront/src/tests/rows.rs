//! Rows of products, on pages for everyone and for one shopper.

use super::{add, shop_with};
use crate::testing::Shop;
use souk_catalog::Listing;
use souk_insights::rules::distinct;
use souk_insights::{PriceMove, Purchase};
use souk_kernel::{Clock, Id, Money};

async fn bought_together(shop: &Shop, these: &[&Listing]) {
    let order = |n: u8| Purchase {
        order: Id::from_bytes([n; 16]),
        products: distinct(these.iter().map(|listing| listing.product.id)),
        at: shop.clock.now(),
    };
    shop.insights.bought((1..=3).map(order).collect()).await.unwrap();
}

/// The part of a page between two texts.
fn between<'a>(text: &'a str, from: &str, to: &str) -> &'a str {
    let (_, after) = text.split_once(from).unwrap_or_else(|| panic!("no {from} in {text}"));
    after.split(to).next().unwrap()
}

#[tokio::test]
async fn a_product_stands_beside_what_is_bought_with_it_and_what_is_like_it() {
    let (shop, kettle) = shop_with(9).await;
    let pot = shop.stock("Pot No. 2", 9).await;
    shop.stock("Jug No. 3", 9).await;
    bought_together(&shop, &[&kettle, &pot]).await;
    let path = format!("/p/{}", kettle.product.id);
    let visitor = shop.visitor();
    let page = visitor.get(&path).await;
    page.shows(200, &["Bought together", "More like this"]);
    let together = between(&page.text, "aria-label=\"Bought together\"", "</section>");
    assert!(together.contains("Pot No. 2") && !together.contains("Jug No. 3"));
    let alike = between(&page.text, "aria-label=\"More like this\"", "</section>");
    assert!(alike.contains("Jug No. 3") && !alike.contains("Pot No. 2"), "nothing twice");
    assert!(!together.contains("Kettle No. 1") && !alike.contains("Kettle No. 1"));
    assert!(page.header("cache-control").starts_with("public"));
    let offer = kettle.offers[0].id.to_string();
    let added = visitor.post("/cart/add", &[("offer_id", &offer), ("back", &path)]).await;
    let page = visitor.get(added.leads_to()).await;
    let goes = between(&page.text, "Goes with it", "</ul>");
    assert!(goes.contains("Pot No. 2"), "{goes}");
}

#[tokio::test]
async fn what_is_sold_out_is_not_said_to_go_with_anything() {
    let (shop, kettle) = shop_with(9).await;
    let pot = shop.stock("Pot No. 2", 0).await;
    bought_together(&shop, &[&kettle, &pot]).await;
    let page = shop.visitor().get(&format!("/p/{}", kettle.product.id)).await;
    assert!(!page.text.contains("Bought together"));
    // Nothing else is like it: better sold out than nothing.
    page.shows(200, &["More like this", "Pot No. 2"]);
}

#[tokio::test]
async fn the_home_page_has_rows_for_everyone_and_room_for_one_s_own() {
    let (shop, kettle) = shop_with(9).await;
    for n in 0..10 {
        shop.stock(&format!("Filler No. {n}"), 9).await;
    }
    shop.insights.looked(None, kettle.product.id);
    shop.insights.flush().await.unwrap();
    let offer = &kettle.offers[0];
    let to = Money::new(900, offer.price.currency);
    let from = Money::new(1_500, offer.price.currency);
    let (product, at) = (kettle.product.id, shop.clock.now());
    let moved = PriceMove { offer: offer.id, product, from, to, number: 2, at };
    shop.catalog.set_price(offer.id, to, offer.version).await.unwrap();
    shop.insights.priced(vec![moved]).await.unwrap();
    let page = shop.visitor().get("/").await;
    page.shows(200, &["New in", "href=\"/recent\"", "id=\"my-rows\""]);
    let deals = between(&page.text, "aria-label=\"Deals\"", "</section>");
    assert!(deals.contains("€9.00") && deals.contains("€15.00"), "{deals}");
    assert_eq!(page.header("set-cookie"), "");
    shop.visitor().get("/deals").await.shows(200, &["Kettle No. 1", "€15.00", "€9.00"]);
    let own = shop.visitor().get(&format!("/p/{product}")).await;
    own.shows(200, &["Lowest price of the 30 days before: <del>€15.00</del>"]);
}

#[tokio::test]
async fn what_one_looked_at_is_shown_to_them_alone_and_forgotten() {
    let (shop, kettle) = shop_with(9).await;
    let (ada, bob) = (shop.visitor(), shop.visitor());
    let path = format!("/p/{}", kettle.product.id);
    add(&ada, &kettle, "1").await;
    ada.get(&path).await;
    let mine = ada.get("/rows/mine").await;
    mine.shows(200, &["You looked at", "Kettle No. 1"]);
    assert_eq!(mine.header("cache-control"), "no-store");
    ada.get("/recent").await.shows(200, &["Kettle No. 1", "Forget all of it"]);
    let theirs = bob.get("/rows/mine").await;
    assert!(theirs.status == 200 && !theirs.text.contains("Kettle"));
    assert!(!bob.has_cookie());
    let forgotten = ada.post("/recent/forget", &[]).await;
    ada.get(forgotten.leads_to()).await.shows(200, &["Forgotten", "Nothing here"]);
}

#[tokio::test]
async fn a_browser_remembers_for_who_has_no_session() {
    let (shop, kettle) = shop_with(9).await;
    let pot = shop.stock("Pot No. 2", 9).await;
    let stranger = shop.visitor();
    let gone = "0190a5b0-0000-7000-8000-000000000000";
    let (first, second) = (pot.product.id, kettle.product.id);
    let path = format!("/rows/mine?seen={first},{gone},x,{second},{first}");
    let rows = stranger.get(&path).await;
    rows.shows(200, &["Pot No. 2", "Kettle No. 1"]);
    assert!(rows.text.find("Pot No. 2") < rows.text.find("Kettle No. 1"), "in its order");
    assert_eq!(rows.text.matches("class=\"card\"").count(), 2);
    assert!(!stranger.has_cookie());
}
