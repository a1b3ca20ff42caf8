//! A test for each status of insights.

use crate::testing::{Answer, Shop};
use serde_json::{Value, json};
use souk_insights::rules::distinct;
use souk_insights::{PriceMove, Purchase};
use souk_kernel::{Clock, Currency, Id, Money, ProductId};

const NONE: &str = "01990000-0000-7000-8000-000000000000";

fn products(answer: &Answer) -> Vec<String> {
    let items = answer.body["items"].as_array().unwrap().iter();
    items.map(|item| item["product_id"].as_str().unwrap().to_owned()).collect()
}

async fn product(shop: &Shop, title: &str) -> (String, ProductId) {
    let offer = shop.sold(title).await.parse().unwrap();
    let found = shop.catalog.offers(&[offer]).await.unwrap().pop().flatten().unwrap();
    (found.product.to_string(), found.product)
}

async fn as_somebody(shop: &Shop, token: &str, method: &str, path: &str) -> Answer {
    shop.request(method, &format!("/api/v1{path}")).bearer(token).send().await
}

#[tokio::test]
async fn what_was_looked_at_is_listed_to_its_owner_and_forgotten_204() {
    let shop = Shop::open();
    let (first, _) = product(&shop, "Kettle").await;
    let (second, _) = product(&shop, "Pan").await;
    let (mine, other) = (shop.guest().await, shop.guest().await);
    for id in [&first, &second, &first] {
        shop.clock.advance(1_000);
        let looked = as_somebody(&shop, &mine, "POST", &format!("/products/{id}/looks")).await;
        assert_eq!(looked.status, 204);
    }
    let path = "/me/recently-viewed";
    assert_eq!(products(&as_somebody(&shop, &mine, "GET", path).await), [first, second]);
    assert_eq!(products(&as_somebody(&shop, &other, "GET", path).await), [""; 0]);
    assert_eq!(as_somebody(&shop, &mine, "DELETE", path).await.status, 204);
    assert_eq!(products(&as_somebody(&shop, &mine, "GET", path).await), [""; 0]);
}

#[tokio::test]
async fn what_a_guest_looked_at_comes_along_to_the_account() {
    let shop = Shop::open();
    let (kettle, _) = product(&shop, "Kettle").await;
    let ada = json!({"email": "ada@example.com", "password": "correct horse", "name": "Ada"});
    shop.post("/api/v1/accounts", ada).await;
    let guest = shop.guest().await;
    as_somebody(&shop, &guest, "POST", &format!("/products/{kettle}/looks")).await;
    let sign_in = json!({"email": "ada@example.com", "password": "correct horse"});
    let call = shop.request("POST", "/api/v1/sessions").bearer(&guest).json(&sign_in);
    let ada = call.send().await.text_at("token");
    let path = "/me/recently-viewed";
    assert_eq!(products(&as_somebody(&shop, &ada, "GET", path).await), [kettle]);
    assert_eq!(products(&as_somebody(&shop, &guest, "GET", path).await), [""; 0]);
}

#[tokio::test]
async fn rows_are_shown_200() {
    let shop = Shop::open();
    let (kettle, kettle_id) = product(&shop, "Kettle").await;
    let (pan, pan_id) = product(&shop, "Pan").await;
    assert_eq!(products(&shop.get("/api/v1/popular").await), [""; 0]);
    let order = |n: u8| Purchase {
        order: Id::from_bytes([n; 16]),
        products: distinct([kettle_id, pan_id]),
        at: shop.clock.now(),
    };
    shop.insights.bought((0..3).map(order).collect()).await.unwrap();
    shop.insights.looked(None, pan_id);
    shop.insights.flush().await.unwrap();
    assert_eq!(products(&shop.get("/api/v1/popular").await), [pan.clone(), kettle.clone()]);
    let together = shop.get(&format!("/api/v1/products/{kettle}/together")).await;
    assert_eq!((products(&together).len(), &products(&together)[0]), (1, &pan));
    let item = &together.body["items"][0];
    assert_eq!((&item["orders"], &item["lift_percent"]), (&json!(3), &json!(100)));
    let related = shop.get(&format!("/api/v1/products/{kettle}/related")).await;
    assert_eq!(products(&related), [pan]);
}

#[tokio::test]
async fn a_deal_shows_the_old_price_while_the_new_one_holds_200() {
    let shop = Shop::open();
    let (kettle, id) = product(&shop, "Kettle").await;
    let offer = shop.catalog.listing(id).await.unwrap().unwrap().offers[0].clone();
    let eur = |minor| Money::new(minor, Currency::Eur);
    let moved = PriceMove {
        offer: offer.id,
        product: id,
        from: eur(2_000),
        to: offer.price,
        number: 2,
        at: shop.clock.now(),
    };
    shop.insights.priced(vec![moved]).await.unwrap();
    let deals = shop.get("/api/v1/deals").await;
    assert_eq!(products(&deals), [kettle]);
    let item = &deals.body["items"][0];
    assert_eq!((&item["was"]["minor"], &item["price"]["minor"]), (&json!(2_000), &json!(1_299)));
    assert_eq!(item["saved_permille"], 350);
    // The price has moved on; the fact of it is still on its way.
    shop.catalog.set_price(offer.id, eur(1_900), offer.version).await.unwrap();
    assert_eq!(products(&shop.get("/api/v1/deals").await), [""; 0]);
}

#[tokio::test]
async fn no_such_product_404_and_no_id_422() {
    let shop = Shop::open();
    for (method, row) in [("GET", "together"), ("GET", "related"), ("POST", "looks")] {
        for (id, refused) in [(NONE, (404, "product_not_found")), ("x", (422, "id_invalid"))] {
            let call = shop.request(method, &format!("/api/v1/products/{id}/{row}"));
            assert_eq!(call.json(&Value::Null).send().await.problem(), refused);
        }
    }
}
