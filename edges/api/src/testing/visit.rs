//! A guest with something in the cart, and the requests of a purchase.

use super::{Answer, Shop, offer};
use serde_json::{Value, json};
use souk_inventory::{Stock, StockIntent};
use souk_kernel::Id;

/// A guest's visit.
pub struct Visit {
    pub shop: Shop,
    pub token: String,
}

impl Visit {
    /// A guest with two of an offer in the cart, of which there are so many.
    pub async fn of(there_are: u32) -> Self {
        let shop = Shop::open();
        let warehouse = Id::from_bytes([50; 16]);
        let open = StockIntent::Open { sku: offer(7), warehouse, quantity: there_are };
        assert!(Stock::apply(&*shop.store, vec![open]).await[0].is_ok());
        let visit = Self { token: shop.guest().await, shop };
        let line = json!({"offer_id": offer(7), "quantity": 2});
        assert_eq!(visit.post("/cart/lines", "-", &line).await.status, 200);
        visit
    }

    /// A `POST` under a key.
    pub async fn post(&self, path: &str, key: &str, body: &Value) -> Answer {
        let call = self.shop.request("POST", &format!("/api/v1{path}"));
        call.bearer(&self.token).header("idempotency-key", key).json(body).send().await
    }

    /// Starts a checkout.
    pub async fn start(&self, key: &str, shipping: &str) -> Answer {
        let address = json!({
            "name": "Ada", "line1": "Invalidenstraße 116", "city": "Berlin",
            "postal_code": "10115", "country": "DE", "email": "ada@example.com",
        });
        self.post("/checkouts", key, &json!({"address": address, "shipping": shipping})).await
    }

    /// Pays a started checkout, agreeing to a total.
    pub async fn pay(&self, checkout: &Answer, key: &str, total: &Value) -> Answer {
        let path = format!("/checkouts/{}/pay", checkout.text_at("checkout_id"));
        self.post(&path, key, &json!({"payment_token": "tok_approve", "total": total})).await
    }
}
