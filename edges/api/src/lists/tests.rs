//! A test for each status of wishlists and alerts.

use crate::testing::{Answer, Shop};
use serde_json::{Value, json};

async fn account(shop: &Shop, name: &str) -> String {
    let email = format!("{name}@example.com");
    let body = json!({"email": email, "password": "correct horse", "name": name});
    shop.post("/api/v1/accounts", body).await.text_at("token")
}

async fn call(shop: &Shop, token: &str, method: &str, path: &str, body: Value) -> Answer {
    let call = shop.request(method, &format!("/api/v1{path}")).bearer(token);
    if body.is_null() { call.send().await } else { call.json(&body).send().await }
}

const NONE: &str = "01990000-0000-7000-8000-000000000000";

#[tokio::test]
async fn a_wish_is_listed_once_to_its_owner_200() {
    let shop = Shop::open();
    let offer = shop.sold("Kettle").await;
    let (mine, other) = (shop.guest().await, shop.guest().await);
    let path = format!("/wishlist/{offer}");
    for _ in 0..2 {
        let put = call(&shop, &mine, "PUT", &path, Value::Null).await;
        assert_eq!((put.status, put.body["items"].as_array().unwrap().len()), (200, 1));
    }
    let list = call(&shop, &mine, "GET", "/wishlist", Value::Null).await;
    let item = &list.body["items"][0];
    assert_eq!((&item["offer_id"], &item["title"]), (&json!(offer), &json!("Kettle")));
    assert_eq!(item["wished_price"]["minor"], 1_299);
    let list = call(&shop, &other, "GET", "/wishlist", Value::Null).await;
    assert_eq!(list.body["items"], json!([]));
    for _ in 0..2 {
        let gone = call(&shop, &mine, "DELETE", &path, Value::Null).await;
        assert_eq!((gone.status, &gone.body["items"]), (200, &json!([])));
    }
}

#[tokio::test]
async fn what_can_t_be_wished_for_404_422() {
    let shop = Shop::open();
    let token = shop.guest().await;
    for (method, id, refused) in [
        ("PUT", NONE, (404, "offer_not_found")),
        ("PUT", "x", (422, "id_invalid")),
        ("DELETE", "x", (422, "id_invalid")),
    ] {
        let answer = call(&shop, &token, method, &format!("/wishlist/{id}"), Value::Null).await;
        assert_eq!(answer.problem(), refused);
    }
    for n in 0..100 {
        let offer = shop.sold(&format!("Thing {n}")).await;
        let put = call(&shop, &token, "PUT", &format!("/wishlist/{offer}"), Value::Null).await;
        assert_eq!(put.status, 200);
    }
    let offer = shop.sold("One more").await;
    let full = call(&shop, &token, "PUT", &format!("/wishlist/{offer}"), Value::Null).await;
    assert_eq!(full.problem(), (422, "wishlist_full"));
}

#[tokio::test]
async fn a_guest_s_wishes_come_along_to_the_account() {
    let shop = Shop::open();
    account(&shop, "ada").await;
    let offer = shop.sold("Kettle").await;
    let guest = shop.guest().await;
    call(&shop, &guest, "PUT", &format!("/wishlist/{offer}"), Value::Null).await;
    let sign_in = json!({"email": "ada@example.com", "password": "correct horse"});
    let session = call(&shop, &guest, "POST", "/sessions", sign_in).await;
    let ada = session.text_at("token");
    let list = call(&shop, &ada, "GET", "/wishlist", Value::Null).await;
    assert_eq!(list.body["items"].as_array().unwrap().len(), 1);
    let left = call(&shop, &guest, "GET", "/wishlist", Value::Null).await;
    assert_eq!(left.body["items"], json!([]));
}

#[tokio::test]
async fn an_account_waits_and_stops_waiting_200_204() {
    let shop = Shop::open();
    let (ada, bob) = (account(&shop, "ada").await, account(&shop, "bob").await);
    let offer = shop.sold("Kettle").await;
    for awaits in ["price", "stock", "stock"] {
        let body = json!({"offer_id": offer, "awaits": awaits});
        assert_eq!(call(&shop, &ada, "POST", "/alerts", body).await.status, 200);
    }
    let list = call(&shop, &ada, "GET", "/alerts", Value::Null).await;
    let items = list.body["items"].as_array().unwrap();
    assert_eq!(items.len(), 2);
    let price = items.iter().find(|item| item["awaits"] == "price").unwrap();
    assert_eq!((&price["below"]["minor"], &price["told"]), (&json!(1_299), &json!(0)));
    let path = format!("/alerts/{}", price["alert_id"].as_str().unwrap());
    let theirs = call(&shop, &bob, "DELETE", &path, Value::Null).await;
    assert_eq!(theirs.problem(), (404, "alert_not_found"));
    assert_eq!(call(&shop, &ada, "DELETE", &path, Value::Null).await.status, 204);
    let again = call(&shop, &ada, "DELETE", &path, Value::Null).await;
    assert_eq!(again.problem(), (404, "alert_not_found"));
    let wrong = call(&shop, &ada, "DELETE", "/alerts/x", Value::Null).await;
    assert_eq!(wrong.problem(), (422, "id_invalid"));
}

#[tokio::test]
async fn what_nobody_can_wait_for_403_404_422() {
    let shop = Shop::open();
    let (ada, guest) = (account(&shop, "ada").await, shop.guest().await);
    let offer = shop.sold("Kettle").await;
    for (token, body, refused) in [
        (&guest, json!({"offer_id": offer, "awaits": "stock"}), (403, "account_needed")),
        (&ada, json!({"offer_id": NONE, "awaits": "stock"}), (404, "offer_not_found")),
        (&ada, json!({"offer_id": "x", "awaits": "stock"}), (422, "id_invalid")),
        (&ada, json!({"offer_id": offer, "awaits": "rain"}), (422, "body_invalid")),
    ] {
        assert_eq!(call(&shop, token, "POST", "/alerts", body).await.problem(), refused);
    }
    for n in 0..50 {
        let offer = shop.sold(&format!("Thing {n}")).await;
        let body = json!({"offer_id": offer, "awaits": "stock"});
        assert_eq!(call(&shop, &ada, "POST", "/alerts", body).await.status, 200);
    }
    let body = json!({"offer_id": offer, "awaits": "stock"});
    assert_eq!(
        call(&shop, &ada, "POST", "/alerts", body).await.problem(),
        (422, "too_many_alerts")
    );
}
