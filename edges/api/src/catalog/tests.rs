//! A test for each status of the catalogue's endpoints.

use crate::testing::Shop;
use serde_json::json;
use souk_catalog::demo;
use souk_kernel::{Currency, ManualClock, Mint, SeededEntropy, Timestamp};
use std::sync::Arc;

/// A shop with the demo catalogue; says the first product's id.
async fn stocked() -> (Shop, String) {
    let shop = Shop::open();
    let at = Timestamp(1_790_000_000_000);
    let mint = Mint::new(Arc::new(ManualClock::at(at)), Arc::new(SeededEntropy::new(3)));
    let answers = shop.catalog.put(demo::listings(&mint, Currency::Eur, at), None).await.unwrap();
    let first = answers[0].as_ref().unwrap().listing.product.id.to_string();
    (shop, first)
}

#[tokio::test]
async fn a_product_is_shown_whole_200() {
    let (shop, id) = stocked().await;
    let answer = shop.get(&format!("/api/v1/products/{id}")).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.text_at("title"), "Pour-over kettle 1.0 l with thermometer");
    assert_eq!(answer.body["category"], json!(["Kitchen", "Kettles"]));
    assert_eq!(answer.body["picture"], format!("/media/{id}.svg"));
    let offer = &answer.body["variants"][0]["offers"][0];
    assert_eq!(offer["price"], json!({"minor": 4990, "currency": "EUR"}));
    assert_eq!(
        (offer["buyable"].as_bool(), offer["tax_class"].as_str()),
        (Some(true), Some("standard"))
    );
    let capacity = json!({"name": "capacity", "label": "Capacity", "values": ["1.0 l"]});
    assert!(answer.body["attributes"].as_array().unwrap().contains(&capacity));
}

#[tokio::test]
async fn what_is_hidden_is_read_by_nobody_404() {
    let (shop, id) = stocked().await;
    let stored = shop.catalog.stored(id.parse().unwrap()).await.unwrap();
    let mut listing = stored.unwrap();
    listing.product.hidden = true;
    let offer = listing.offers[0].id;
    let at = Timestamp(1_790_000_000_001);
    let put = souk_catalog::PutListing {
        listing,
        keep_hidden: false,
        expected_version: None,
        stock: Vec::new(),
        at,
    };
    shop.catalog.put(vec![put], None).await.unwrap().pop().unwrap().unwrap();
    for path in ["", "/related", "/together"] {
        let answer = shop.get(&format!("/api/v1/products/{id}{path}")).await;
        assert_eq!(answer.problem(), (404, "product_not_found"), "{path}");
    }
    let reviews = shop.get(&format!("/api/v1/products/{id}/reviews")).await;
    assert_eq!((reviews.status, &reviews.body["items"]), (200, &json!([])));
    let all = shop.get("/api/v1/products?limit=200").await;
    assert!(!all.body.to_string().contains(&id));
    let left = shop.get(&format!("/api/v1/offers/{offer}/availability")).await;
    assert_eq!(left.body["available"], 0);
    let token = shop.guest().await;
    let path = format!("/api/v1/wishlist/{offer}");
    let wish = shop.request("PUT", &path).bearer(&token).send().await;
    assert_eq!(wish.problem(), (404, "offer_not_found"));
}

#[tokio::test]
async fn no_such_product_404_and_no_id_422() {
    let (shop, _) = stocked().await;
    let answer = shop.get("/api/v1/products/01990000-0000-7000-8000-000000000000").await;
    assert_eq!(answer.problem(), (404, "product_not_found"));
    let answer = shop.get("/api/v1/products/kettle").await;
    assert_eq!(answer.problem(), (422, "id_invalid"));
}

#[tokio::test]
async fn pages_hold_every_product_once_200() {
    let (shop, _) = stocked().await;
    let (mut seen, mut path) = (Vec::new(), String::from("/api/v1/products?limit=7"));
    loop {
        let answer = shop.get(&path).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        let items = answer.body["items"].as_array().unwrap().clone();
        seen.extend(items.iter().map(|item| item["product_id"].as_str().unwrap().to_owned()));
        match answer.body["next"].as_str() {
            Some(next) => path = format!("/api/v1/products?limit=7&after={next}"),
            None => break,
        }
    }
    let all = seen.len();
    seen.sort();
    seen.dedup();
    assert_eq!((seen.len(), all), (65, 65));
}

#[tokio::test]
async fn shelves_are_by_category_or_brand_200() {
    let (shop, _) = stocked().await;
    for (query, many) in [
        ("category=Kitchen/Kettles", 2),
        ("category=Kitchen", 11),
        ("brand=Tannwald", 2),
        ("brand=x", 0),
    ] {
        let answer = shop.get(&format!("/api/v1/products?limit=100&{query}")).await;
        assert_eq!(answer.body["items"].as_array().unwrap().len(), many, "{query}");
    }
}

#[tokio::test]
async fn a_question_that_makes_no_sense_is_refused() {
    let (shop, _) = stocked().await;
    for (query, refused) in [
        ("limit=0", (422, "limit_invalid")),
        ("limit=x", (400, "query_invalid")),
        ("colour=red", (400, "query_invalid")),
        ("after=x", (422, "cursor_invalid")),
        ("category=Nowhere", (422, "category_unknown")),
        ("category=Kitchen&brand=Brenn", (400, "query_invalid")),
    ] {
        let answer = shop.get(&format!("/api/v1/products?{query}")).await;
        assert_eq!(answer.problem(), refused, "{query}");
    }
}

#[tokio::test]
async fn the_tree_counts_what_lies_below_200() {
    let (shop, _) = stocked().await;
    let answer = shop.get("/api/v1/categories").await;
    assert_eq!(answer.status, 200);
    let departments = answer.body["categories"].as_array().unwrap();
    assert!(departments.len() >= 8);
    let kitchen = departments.iter().find(|one| one["name"] == "Kitchen").unwrap();
    assert_eq!(kitchen["products"], 11);
    let kettles =
        json!({"name": "Kettles", "path": "Kitchen/Kettles", "products": 2, "children": []});
    assert!(kitchen["children"].as_array().unwrap().contains(&kettles));
    let sum: u64 = departments.iter().map(|one| one["products"].as_u64().unwrap()).sum();
    assert_eq!(sum, 65);
}
