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
    stale.shows(412, &["changed in another window", "name=\"quantity\" type=\"number\" inputmode=\"numeric\" min=\"0\" max=\"99\" value=\"4\""]);
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
    for path in [
        "/cart/set",
        "/cart/remove",
        "/cart/save",
        "/cart/restore",
        "/cart/drop",
        "/cart/acknowledge",
    ] {
        assert_eq!(shop.visitor().post(path, &offer).await.leads_to(), "/cart");
    }
}

#[tokio::test]
async fn one_more_and_one_less_without_a_script() {
    let (shop, listing) = shop_with(9).await;
    let visitor = shop.visitor();
    add(&visitor, &listing, "1").await;
    let offer = listing.offers[0].id.to_string();
    for (step, from, now) in [("more", "1", "2"), ("more", "2", "3"), ("less", "3", "2")] {
        let fields = [("offer_id", offer.as_str()), ("quantity", from), ("step", step)];
        assert_eq!(visitor.post("/cart/set", &fields).await.leads_to(), "/cart");
        visitor.get("/cart").await.shows(200, &[&format!("max=\"99\" value=\"{now}\"")]);
    }
    let over = [("offer_id", offer.as_str()), ("quantity", "0"), ("step", "less")];
    visitor.post("/cart/set", &over).await.shows(422, &["between 1 and 99"]);
}

#[tokio::test]
async fn a_line_is_saved_for_later_and_put_back() {
    let (shop, listing) = shop_with(9).await;
    let visitor = shop.visitor();
    add(&visitor, &listing, "2").await;
    let offer = listing.offers[0].id.to_string();
    let version = visitor.get("/cart").await.hidden("version");
    let line = [("offer_id", offer.as_str()), ("version", &version)];
    let saved = visitor.post("/cart/save", &line).await;
    let page = visitor.get(saved.leads_to()).await;
    page.shows(200, &["Saved for later", "Your cart is empty", "Kettle No. 1", "2 × €12.99"]);
    assert!(!page.text.contains("href=\"/checkout\""), "nobody pays for what is saved");
    visitor.post("/cart/save", &line).await.shows(412, &["changed in another window"]);
    let back = [("offer_id", offer.as_str())];
    assert_eq!(visitor.post("/cart/restore", &back).await.leads_to(), "/cart");
    let page = visitor.get("/cart").await;
    page.shows(200, &["href=\"/checkout\"", "€25.98"]);
    assert!(!page.text.contains("id=\"saved\""));
    visitor.post("/cart/restore", &back).await.shows(409, &["not in your cart any more"]);
    visitor.post("/cart/save", &back).await;
    assert_eq!(visitor.post("/cart/drop", &back).await.leads_to(), "/cart");
    let page = visitor.get("/cart").await;
    assert!(!page.text.contains("Kettle No. 1"));
}

#[tokio::test]
async fn a_changed_price_is_told_until_it_was_read() {
    let (shop, listing) = shop_with(9).await;
    let visitor = shop.visitor();
    add(&visitor, &listing, "1").await;
    let offer = &listing.offers[0];
    let price = |minor| souk_kernel::Money::new(minor, offer.price.currency);
    let set = |minor, version| shop.catalog.set_price(offer.id, price(minor), version);
    set(1_499, offer.version).await.unwrap();
    for _ in 0..2 {
        let up = ["price went up from €12.99 to €14.99", "Got it", "€14.99 each"];
        visitor.get("/cart").await.shows(200, &up);
    }
    let seen = visitor.get("/cart").await.hidden("seen");
    // It changes once more before the button is pressed: that was not read.
    set(999, offer.version + 1).await.unwrap();
    assert_eq!(visitor.post("/cart/acknowledge", &[("seen", &seen)]).await.leads_to(), "/cart");
    let page = visitor.get("/cart").await;
    page.shows(200, &["now €9.99, it was €14.99"]);
    let seen = page.hidden("seen");
    visitor.post("/cart/acknowledge", &[("seen", &seen)]).await.leads_to();
    let page = visitor.get("/cart").await;
    assert!(!page.text.contains("Got it") && !page.text.contains("€14.99"));
}

#[tokio::test]
async fn the_estimate_follows_the_country() {
    let (shop, listing) = shop_with(9).await;
    let visitor = shop.visitor();
    add(&visitor, &listing, "1").await;
    let here = visitor.get("/cart").await;
    here.shows(200, &["<option value=\"DE\" selected>"]);
    let there = visitor.get("/cart?country=FR").await;
    there.shows(200, &["<option value=\"FR\" selected>", "Estimated total"]);
    let tax = |page: &crate::testing::Answer| {
        let (_, after) = page.text.split_once("Tax, included</dt><dd>").unwrap();
        after.split('<').next().unwrap().to_owned()
    };
    assert_ne!(tax(&here), tax(&there));
    visitor.get("/cart?country=XX").await.shows(200, &["<option value=\"DE\" selected>"]);
}

/// By counting what is asked of carts, prices and the catalogue, whatever the lines.
#[tokio::test]
async fn a_cart_of_two_hundred_lines_asks_as_often_as_one_of_one() {
    let shop = Shop::open();
    let (short, long) = (shop.visitor(), shop.visitor());
    for n in 0..200 {
        let listing = shop.stock(&format!("Kettle No. {n}"), 9).await;
        add(&long, &listing, "1").await;
        if n == 0 {
            add(&short, &listing, "1").await;
        }
    }
    let mut asked = Vec::new();
    for (visitor, items) in [(&short, "1 item"), (&long, "200 items")] {
        visitor.get("/cart").await.shows(200, &[items]);
        shop.asked.take();
        visitor.get("/cart").await.shows(200, &["Estimated total"]);
        asked.push(shop.asked.take());
    }
    assert_eq!(asked[0], asked[1]);
    assert!((2..=6).contains(&asked[1]), "{asked:?}");
}
