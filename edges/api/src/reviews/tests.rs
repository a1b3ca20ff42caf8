//! A test for each status of the reviews' endpoints.

use crate::testing::{Answer, Shop};
use serde_json::{Value, json};
use souk_catalog::demo;
use souk_kernel::{Currency, ManualClock, Mint, SeededEntropy, Timestamp};
use std::sync::Arc;

struct Stage {
    shop: Shop,
    product: String,
}

impl Stage {
    async fn set() -> Self {
        let shop = Shop::open();
        let at = Timestamp(1_790_000_000_000);
        let mint = Mint::new(Arc::new(ManualClock::at(at)), Arc::new(SeededEntropy::new(3)));
        let listings = demo::listings(&mint, Currency::Eur, at);
        let answers = shop.catalog.put(listings, None).await.unwrap();
        let product = answers[0].as_ref().unwrap().listing.product.id.to_string();
        Self { shop, product }
    }

    async fn account(&self, name: &str) -> String {
        let email = format!("{}@example.com", name.to_lowercase());
        let body = json!({"email": email, "password": "correct horse", "name": name});
        self.shop.post("/api/v1/accounts", body).await.text_at("token")
    }

    /// An account whose address was confirmed by the mail's link.
    async fn reachable(&self, name: &str) -> String {
        let token = self.account(name).await;
        let link = self.shop.link("Confirm your email address", "/account/verify?token=").await;
        let done = self.shop.post("/api/v1/email-verifications", json!({"token": link})).await;
        assert_eq!(done.text_at("email"), format!("{}@example.com", name.to_lowercase()));
        token
    }

    async fn report(&self, path: &str, token: &str) -> Answer {
        self.send("PUT", &format!("{path}/report"), token, None).await
    }

    async fn send(&self, method: &str, path: &str, token: &str, body: Option<Value>) -> Answer {
        let call = self.shop.request(method, &format!("/api/v1{path}")).bearer(token);
        match body {
            Some(body) => call.json(&body).send().await,
            None => call.send().await,
        }
    }

    fn shelf(&self) -> String {
        format!("/products/{}/reviews", self.product)
    }

    async fn write(&self, token: &str, stars: u8) -> Answer {
        self.send("POST", &self.shelf(), token, Some(draft(stars))).await
    }

    async fn list(&self, query: &str) -> Answer {
        self.shop.get(&format!("/api/v1{}{query}", self.shelf())).await
    }
}

fn draft(stars: u8) -> Value {
    json!({"stars": stars, "title": "Good", "text": "Holds the heat for hours."})
}

#[tokio::test]
async fn is_written_listed_edited_and_deleted_201_200_204() {
    let stage = Stage::set().await;
    let ada = stage.account("Ada").await;
    let written = stage.write(&ada, 4).await;
    assert_eq!((written.status, &written.body["verified_purchase"]), (201, &json!(false)));
    let list = stage.list("").await;
    assert_eq!(list.body["summary"]["histogram"], json!([0, 0, 0, 1, 0]));
    assert_eq!(list.body["items"][0]["author"], "Ada");
    let path = format!("/reviews/{}", written.text_at("review_id"));
    let edited = stage.send("PUT", &path, &ada, Some(draft(2))).await;
    assert_eq!((edited.status, &edited.body["stars"]), (200, &json!(2)));
    let own = stage.send("GET", &format!("{}/own", stage.shelf()), &ada, None).await;
    assert_eq!((own.status, &own.body), (200, &edited.body));
    assert_eq!(stage.list("").await.body["summary"]["rating_tenths"], 20);
    assert_eq!(stage.send("DELETE", &path, &ada, None).await.status, 204);
    assert_eq!(stage.list("").await.body["summary"]["count"], 0);
    let own = stage.send("GET", &format!("{}/own", stage.shelf()), &ada, None).await;
    assert_eq!(own.problem(), (404, "review_not_found"));
}

#[tokio::test]
async fn votes_and_reports_count_once_200_204_409() {
    let stage = Stage::set().await;
    let (ada, bob) = (stage.account("Ada").await, stage.account("Bob").await);
    let path = format!("/reviews/{}", stage.write(&ada, 4).await.text_at("review_id"));
    let vote = format!("{path}/vote");
    for _ in 0..2 {
        assert_eq!(stage.send("PUT", &vote, &bob, None).await.body["helpful"], 1);
    }
    assert_eq!(stage.send("DELETE", &vote, &bob, None).await.body["helpful"], 0);
    assert_eq!(stage.send("PUT", &vote, &ada, None).await.problem(), (409, "own_review"));
    for name in ["Cy", "Di", "Ed"] {
        assert_eq!(stage.list("").await.body["summary"]["count"], 1);
        let token = stage.account(name).await;
        let refused = stage.report(&path, &token).await;
        assert_eq!(refused.problem(), (403, "email_unverified"));
    }
    for name in ["Fi", "Gus", "Hal"] {
        assert_eq!(stage.list("").await.body["summary"]["count"], 1);
        let token = stage.reachable(name).await;
        assert_eq!(stage.report(&path, &token).await.status, 204);
    }
    assert_eq!(stage.list("").await.body["summary"]["count"], 0);
    let own = stage.send("GET", &format!("{}/own", stage.shelf()), &ada, None).await;
    assert_eq!(own.body["status"], "held");
    assert_eq!(stage.send("PUT", &vote, &bob, None).await.problem().0, 404);
}

/// Neither an edit nor a review written anew sheds what was reported.
#[tokio::test]
async fn reports_are_not_shed_200_201() {
    let stage = Stage::set().await;
    let ada = stage.account("Ada").await;
    let path = format!("/reviews/{}", stage.write(&ada, 4).await.text_at("review_id"));
    for name in ["Cy", "Di"] {
        let token = stage.reachable(name).await;
        assert_eq!(stage.report(&path, &token).await.status, 204);
    }
    assert_eq!(stage.send("PUT", &path, &ada, Some(draft(5))).await.body["status"], "published");
    let token = stage.reachable("Ed").await;
    assert_eq!(stage.report(&path, &token).await.status, 204);
    assert_eq!(stage.list("").await.body["summary"]["count"], 0);
    assert_eq!(stage.send("DELETE", &path, &ada, None).await.status, 204);
    let anew = stage.write(&ada, 4).await;
    assert_eq!((anew.status, &anew.body["status"]), (201, &json!("held")));
    assert_eq!(stage.list("").await.body["summary"]["count"], 0);
}

#[tokio::test]
async fn what_nobody_sees_is_no_review_422_201() {
    let stage = Stage::set().await;
    let ada = stage.account("Ada").await;
    let send = async |text: String| {
        let body = json!({"stars": 1, "title": "\u{202e}Good", "text": text});
        stage.send("POST", &stage.shelf(), &ada, Some(body)).await
    };
    assert_eq!(send("\u{200b}".repeat(12)).await.problem(), (422, "review_invalid"));
    let written = send("Holds\u{202e} the \u{2067}heat.".into()).await;
    assert_eq!((written.status, &written.body["text"]), (201, &json!("Holds the heat.")));
    assert_eq!(written.body["title"], "Good");
}

#[tokio::test]
async fn others_can_t_change_it_404() {
    let stage = Stage::set().await;
    let (ada, bob) = (stage.account("Ada").await, stage.account("Bob").await);
    let path = format!("/reviews/{}", stage.write(&ada, 4).await.text_at("review_id"));
    let missing = (404, "review_not_found");
    assert_eq!(stage.send("PUT", &path, &bob, Some(draft(1))).await.problem(), missing);
    assert_eq!(stage.send("DELETE", &path, &bob, None).await.problem(), missing);
    assert_eq!(stage.list("").await.body["summary"]["rating_tenths"], 40);
}

#[tokio::test]
async fn what_is_refused_400_403_404_409_422() {
    let stage = Stage::set().await;
    let (ada, guest) = (stage.account("Ada").await, stage.shop.guest().await);
    assert_eq!(stage.write(&guest, 5).await.problem(), (403, "account_needed"));
    assert_eq!(stage.write(&ada, 6).await.problem(), (422, "review_invalid"));
    let none = "/products/01990000-0000-7000-8000-000000000000/reviews";
    let answer = stage.send("POST", none, &ada, Some(draft(3))).await;
    assert_eq!(answer.problem(), (404, "product_not_found"));
    assert_eq!(stage.write(&ada, 5).await.status, 201);
    assert_eq!(stage.write(&ada, 5).await.problem(), (409, "already_reviewed"));
    assert_eq!(stage.list("?sort=odd").await.problem(), (422, "sort_unknown"));
    assert_eq!(stage.list("?after=x").await.problem(), (422, "cursor_invalid"));
    assert_eq!(stage.list("?limit=51").await.problem(), (422, "limit_invalid"));
    assert_eq!(stage.list("?limit=x").await.problem(), (400, "query_invalid"));
}

#[tokio::test]
async fn pages_hold_every_review_once_200() {
    let stage = Stage::set().await;
    for (n, name) in ["Ann", "Bea", "Cas", "Dan", "Eve"].iter().enumerate() {
        let token = stage.account(name).await;
        stage.write(&token, u8::try_from(n).unwrap() + 1).await;
    }
    let first = stage.list("?sort=highest&limit=3").await;
    let stars = |answer: &Answer| {
        let items = answer.body["items"].as_array().unwrap();
        items.iter().map(|item| item["stars"].as_u64().unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(stars(&first), [5, 4, 3]);
    let next = first.text_at("next");
    let rest = stage.list(&format!("?sort=highest&limit=3&after={next}")).await;
    assert_eq!((stars(&rest), rest.body.get("next")), (vec![2, 1], None));
}
