//! Products: made once, changed against what was seen, stocked, pictured; never another seller's.

use super::stage::{HOUSE, Signed, Stage};
use souk_catalog::contract::pictures::{OTHER_PNG, PNG};
use souk_catalog::{Listing, Shelf};
use souk_inventory::Stock;

async fn mine(stage: &Stage, seller: &Signed) -> Vec<Listing> {
    stage.catalog.store().page(&Shelf::Seller(seller.id), None, 9).await.unwrap().listings
}

fn kettle(fresh: &str) -> Vec<(&str, &str)> {
    vec![
        ("fresh", fresh),
        ("title", "Kettle"),
        ("description", "Boils."),
        ("category", "Kitchen > Kettles"),
        ("brand", "Brenn"),
        ("attributes", "Volume: 1.7 l"),
        ("options.0", "Colour: Red"),
        ("price.0", "12.90"),
        ("weight.0", "900"),
        ("tax.0", "reduced"),
        ("stock.0", "5"),
        ("sale.0", "1"),
        ("options.1", ""),
        ("price.1", ""),
        ("weight.1", ""),
        ("tax.1", "standard"),
        ("stock.1", ""),
        ("sale.1", "1"),
    ]
}

#[tokio::test]
async fn a_product_is_made_once_however_often_it_is_sent() {
    let stage = Stage::sandbox();
    let ada = stage.seller("Ada", true).await;
    let form = stage.get("/seller/products/new", &ada.cookie).await;
    form.shows(200, &["New product", "Prices in EUR"]);
    let fresh = form.hidden("fresh");
    let made = stage.post("/seller/products/new", &ada.cookie, &kettle(&fresh)).await;
    let to = made.leads_to().to_owned();
    let again = stage.post("/seller/products/new", &ada.cookie, &kettle(&fresh)).await;
    assert_eq!(again.leads_to(), to, "the first one's answer");
    let listings = mine(&stage, &ada).await;
    assert_eq!(listings.len(), 1);
    let offer = &listings[0].offers[0];
    assert_eq!((offer.seller, offer.price.minor, offer.buyable), (ada.id, 1_290, true));
    assert_eq!(listings[0].product.category_path, ["Kitchen", "Kettles"]);
    assert_eq!(listings[0].product.attributes["colour"], ["Red"]);
    assert_eq!(stage.catalog.store().stock_due(9).await.unwrap()[0].quantity, 5);
    stage.get(&to, &ada.cookie).await.shows(200, &["The product is made", "Colour: Red", "12.90"]);
    // Somebody else's form can't write over it.
    let rival = stage.seller("Rival", true).await;
    let id = listings[0].product.id.to_string();
    let stolen = stage.post("/seller/products/new", &rival.cookie, &kettle(&id)).await;
    assert!((400..500).contains(&stolen.status), "{}", stolen.text);
    assert_eq!(mine(&stage, &ada).await, listings);
}

#[tokio::test]
async fn what_can_t_be_is_said_beside_what_was_typed() {
    let stage = Stage::sandbox();
    let ada = stage.seller("Ada", true).await;
    let fresh = stage.get("/seller/products/new", &ada.cookie).await.hidden("fresh");
    let mut fields = kettle(&fresh);
    fields[1].1 = "";
    fields[7].1 = "cheap";
    let wrong = stage.post("/seller/products/new", &ada.cookie, &fields).await;
    wrong.shows(422, &["Nothing was saved", "Price, row 1 is an amount like 12.99.", "cheap"]);
    fields[7].1 = "12";
    let wrong = stage.post("/seller/products/new", &ada.cookie, &fields).await;
    wrong.shows(422, &["Title is empty.", "Colour: Red"]);
    fields.push(("more", "1"));
    let more = stage.post("/seller/products/new", &ada.cookie, &fields).await;
    more.shows(200, &["options.4", "Colour: Red"]);
    assert!(mine(&stage, &ada).await.is_empty());
}

#[tokio::test]
async fn a_change_is_made_against_what_was_seen() {
    let stage = Stage::sandbox();
    let ada = stage.seller("Ada", true).await;
    let listing = stage.stock(ada.id, "Kettle", 3).await;
    let path = format!("/seller/products/{}", listing.product.id);
    let fields = |version: &'static str, price: &'static str| {
        vec![
            ("version", version),
            ("title", "Better kettle"),
            ("category", "Kitchen"),
            ("key.0", ""),
            ("known.0", "1"),
            ("options.0", ""),
            ("price.0", price),
            ("weight.0", ""),
            ("tax.0", "standard"),
        ]
    };
    let saved = stage.post(&path, &ada.cookie, &fields("1", "9.99")).await;
    assert_eq!(saved.leads_to(), format!("{path}?done=saved"));
    let stale = stage.post(&path, &ada.cookie, &fields("1", "1")).await;
    stale.shows(409, &["Somebody changed this product meanwhile", "value=\"1\""]);
    let now = &mine(&stage, &ada).await[0];
    assert_eq!((now.product.title.as_str(), now.offers[0].price.minor), ("Better kettle", 999));
    assert!(!now.offers[0].buyable, "the box was empty");
    stage.get("/seller/products?fix=off_sale", &ada.cookie).await.shows(200, &["Better kettle"]);
    stage.get("/seller/products?q=pan", &ada.cookie).await.shows(200, &["No product fits"]);
}

#[tokio::test]
async fn of_a_product_that_others_sell_too_only_the_own_offer_changes() {
    let stage = Stage::sandbox();
    let ada = stage.seller("Ada", true).await;
    let mut listing = stage.stock(HOUSE, "Kettle", 3).await;
    let mut own = listing.offers[0].clone();
    own.id = stage.mint.mint_anywhere();
    own.seller = ada.id;
    listing.offers.push(own);
    let listing = stage.put(listing, 0).await;
    let path = format!("/seller/products/{}", listing.product.id);
    let form = stage.get(&path, &ada.cookie).await;
    form.shows(200, &["Others sell this product too"]);
    let version = form.hidden("version");
    let fields = [
        ("version", version.as_str()),
        ("title", "Mine"),
        ("known.0", "1"),
        ("key.0", ""),
        ("price.0", "5"),
        ("sale.0", "1"),
    ];
    assert_eq!(stage.post(&path, &ada.cookie, &fields).await.status, 303);
    let now = stage.catalog.listing(listing.product.id).await.unwrap().unwrap();
    assert_eq!(now.product.title, "Kettle");
    let price = |seller| now.offers.iter().find(|o| o.seller == seller).unwrap().price.minor;
    assert_eq!((price(HOUSE), price(ada.id)), (1_299, 500));
    let pictures = format!("{path}/pictures");
    stage.upload(&pictures, &ada.cookie, PNG).await.shows(403, &["Others sell this product"]);
    let hide = stage.post(&format!("{path}/shown"), &ada.cookie, &[("shown", "no")]).await;
    hide.shows(403, &["Others sell this product"]);
    assert!(stage.catalog.listing(listing.product.id).await.unwrap().is_some());
}

#[tokio::test]
async fn shelves_are_counted_against_what_was_seen() {
    let stage = Stage::sandbox();
    let ada = stage.seller("Ada", true).await;
    let listing = stage.stock(ada.id, "Kettle", 3).await;
    let sku = listing.offers[0].id;
    let path = format!("/seller/products/{}/stock", listing.product.id);
    stage.get(&path, &ada.cookie).await.shows(200, &["Main", "value=\"3\""]);
    let (n, was) =
        (format!("n.{sku}.{}", stage.warehouse), format!("was.{sku}.{}", stage.warehouse));
    let set = |from: &'static str, to: &'static str| {
        let (stage, cookie, path) = (&stage, &ada.cookie, &path);
        let fields = [(was.clone(), from), (n.clone(), to)];
        async move {
            let fields: Vec<_> = fields.iter().map(|(name, v)| (name.as_str(), *v)).collect();
            stage.post(path, cookie, &fields).await
        }
    };
    assert_eq!(set("3", "8").await.leads_to(), format!("{path}?done=counted"));
    set("3", "9").await.shows(409, &["8 on hand now"]);
    set("8", "many").await.shows(422, &["enter a whole number"]);
    set("8", "-1").await.shows(422, &["enter a whole number"]);
    assert_eq!(stage.shop.levels(sku).await.unwrap()[0].level.on_hand, 8);
    assert_eq!(stage.told.told.lock().unwrap().1.first(), Some(&listing.product.id), "search");
    // Another's shelf in the same form is not read.
    let theirs = stage.stock(HOUSE, "Pan", 2).await.offers[0].id;
    let (n, was) =
        (format!("n.{theirs}.{}", stage.warehouse), format!("was.{theirs}.{}", stage.warehouse));
    let fields = [(was.as_str(), "2"), (n.as_str(), "0")];
    assert_eq!(stage.post(&path, &ada.cookie, &fields).await.status, 303);
    assert_eq!(stage.shop.levels(theirs).await.unwrap()[0].level.on_hand, 2);
}

#[tokio::test]
async fn pictures_are_kept_by_what_they_are() {
    let stage = Stage::sandbox();
    let ada = stage.seller("Ada", true).await;
    let listing = stage.stock(ada.id, "Kettle", 3).await;
    let path = format!("/seller/products/{}/pictures", listing.product.id);
    let svg = b"<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>";
    stage.upload(&path, &ada.cookie, svg).await.shows(422, &["not a JPEG, PNG, WebP or GIF"]);
    stage.upload(&path, &ada.cookie, b"").await.shows(422, &["Choose a picture first"]);
    for file in [PNG, OTHER_PNG, PNG] {
        let kept = stage.upload(&path, &ada.cookie, file).await;
        assert_eq!(kept.leads_to(), format!("{path}?done=kept"));
    }
    let images = || async { mine(&stage, &ada).await[0].product.images.clone() };
    let photos: Vec<String> =
        images().await.into_iter().filter(|image| souk_catalog::is_photo(image)).collect();
    assert_eq!(photos.len(), 2, "the same picture is one");
    let change = format!("{path}/change");
    let first = [("name", photos[1].as_str()), ("first", "1")];
    assert_eq!(stage.post(&change, &ada.cookie, &first).await.status, 303);
    assert_eq!(images().await[0], photos[1]);
    let page = stage.get(&path, &ada.cookie).await;
    page.shows(200, &["Main picture", &format!("{}-640.webp", photos[1])]);
    let remove = [("name", photos[1].as_str()), ("remove", "1")];
    assert_eq!(stage.post(&change, &ada.cookie, &remove).await.status, 303);
    assert!(!images().await.contains(&photos[1]));
}

#[tokio::test]
async fn a_product_is_hidden_and_published_by_who_sells_it_alone() {
    let stage = Stage::sandbox();
    let ada = stage.seller("Ada", true).await;
    let kettle = stage.stock(ada.id, "Kettle", 5).await;
    let id = kettle.product.id;
    let page = format!("/seller/products/{id}");
    let path = format!("{page}/shown");
    stage
        .get(&page, &ada.cookie)
        .await
        .shows(200, &["Hide it from shoppers", "See it in the shop"]);
    for (shown, done, hidden) in [("no", "hidden", true), ("yes", "published", false)] {
        for _ in 0..2 {
            let answer = stage.post(&path, &ada.cookie, &[("shown", shown)]).await;
            assert_eq!(answer.leads_to(), format!("{page}?done={done}"), "twice the same is once");
        }
        assert_eq!(stage.catalog.listing(id).await.unwrap().is_none(), hidden);
        let stored = mine(&stage, &ada).await;
        assert_eq!(stored[0].product.hidden, hidden);
        let sold = |listing: &Listing| (listing.offers[0].id, listing.offers[0].price);
        assert_eq!((sold(&stored[0]), stored[0].offers[0].buyable), (sold(&kettle), true));
        let list = stage.get("/seller/products", &ada.cookie).await;
        if hidden {
            list.shows(200, &["Kettle", ">Hidden</span>", "Not buyable", "Not discoverable"]);
            let shown = stage.get(&page, &ada.cookie).await;
            shown.shows(200, &["Publish it", "Only you and the shop"]);
            shown.shows_no(&["See it in the shop"]);
            let found = stage.get("/seller/products?fix=hidden", &ada.cookie).await;
            found.shows(200, &["Kettle"]);
            // A change of something else does not publish it.
            let version = shown.hidden("version");
            let form = [
                ("version", version.as_str()),
                ("title", "Kettle"),
                ("category", "Kitchen"),
                ("known.0", "1"),
                ("key.0", ""),
                ("price.0", "12.99"),
                ("weight.0", "900"),
                ("tax.0", "reduced"),
                ("sale.0", "1"),
            ];
            stage.post(&page, &ada.cookie, &form).await.leads_to();
            assert!(mine(&stage, &ada).await[0].product.hidden);
        } else {
            list.shows(200, &["Kettle", ">Buyable</span>"]);
        }
    }
}
