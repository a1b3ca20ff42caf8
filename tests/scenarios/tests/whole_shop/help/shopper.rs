//! A shopper at the API.

use super::{Answer, Offer, call};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicU64, Ordering};

/// A fresh idempotency key.
pub fn key() -> String {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    format!("key-{}", COUNT.fetch_add(1, Ordering::Relaxed))
}

#[derive(Debug, Clone)]
pub struct Shopper {
    port: u16,
    pub token: String,
    pub email: String,
}

impl Shopper {
    pub fn guest(port: u16) -> Self {
        let guest = call(port, ("POST", "/api/v1/guests"), &[], "").unwrap().expect(201);
        let email = format!("{}@example.com", guest.text("user_id"));
        let shopper = Self { port, token: guest.text("token"), email };
        let address = json!({
            "name": "Ada Lovelace", "line1": "Invalidenstr. 116", "city": "Berlin",
            "postal_code": "10115", "country": "DE", "email": shopper.email,
        });
        let put = shopper.ask("PUT", "/me/address", None, Some(&address)).unwrap();
        assert!(put.status < 300, "{put:?}");
        shopper
    }

    /// The user's id.
    pub fn user(&self) -> &str {
        self.email.split('@').next().unwrap_or_default()
    }

    /// The same shopper, after the shop has moved to another port.
    pub fn at(&self, port: u16) -> Self {
        Self { port, ..self.clone() }
    }

    /// An error: no answer came.
    pub fn ask(
        &self,
        method: &str,
        path: &str,
        key: Option<&str>,
        body: Option<&Value>,
    ) -> std::io::Result<Answer> {
        let bearer = format!("Bearer {}", self.token);
        let mut headers = vec![("authorization", bearer.as_str())];
        headers.extend(key.map(|key| ("idempotency-key", key)));
        headers.extend(body.map(|_| ("content-type", "application/json")));
        let body = body.map(Value::to_string).unwrap_or_default();
        call(self.port, (method, &format!("/api/v1{path}")), &headers, &body)
    }

    pub fn get(&self, path: &str) -> Answer {
        self.ask("GET", path, None, None).unwrap()
    }

    pub fn delete(&self, path: &str) -> Answer {
        self.ask("DELETE", path, None, None).unwrap()
    }

    /// With an idempotency key of its own.
    pub fn post(&self, path: &str, body: &Value) -> Answer {
        self.ask("POST", path, Some(&key()), Some(body)).unwrap()
    }

    /// What one of each would cost.
    pub fn total(&self, lines: &[(&Offer, u32)]) -> Value {
        self.post("/quotes", &json!({ "lines": lines_of(lines) })).expect(200).json()["total"]
            .clone()
    }

    pub fn add(&self, offer: &Offer, quantity: u32) -> Answer {
        self.post("/cart/lines", &json!({ "offer_id": offer.id, "quantity": quantity }))
    }

    pub fn start_checkout(&self) -> Answer {
        self.post("/checkouts", &json!({}))
    }

    /// Pays what the checkout's answer showed.
    pub fn pay(&self, checkout: &Answer, token: &str, key: &str) -> std::io::Result<Answer> {
        let path = format!("/checkouts/{}/pay", checkout.text("checkout_id"));
        let body = json!({ "payment_token": token, "total": checkout.json()["total"] });
        self.ask("POST", &path, Some(key), Some(&body))
    }

    /// Buys at once, for the total that was shown.
    pub fn buy(
        &self,
        lines: &[(&Offer, u32)],
        total: &Value,
        token: &str,
        key: &str,
    ) -> std::io::Result<Answer> {
        let body = json!({ "lines": lines_of(lines), "payment_token": token, "total": total });
        self.ask("POST", "/orders", Some(key), Some(&body))
    }

    /// Buys one at once in another way than by card, and gives the answer.
    pub fn buys_by(&self, offer: &Offer, method: &str, key: &str) -> Answer {
        self.buys_oddly(offer, method, "", key)
    }

    /// The same, with a token that makes the gateway behave oddly.
    pub fn buys_oddly(&self, offer: &Offer, method: &str, token: &str, key: &str) -> Answer {
        let lines = [(offer, 1)];
        let body = json!({
            "lines": lines_of(&lines), "payment_method": method, "payment_token": token,
            "total": self.total(&lines),
        });
        self.ask("POST", "/orders", Some(key), Some(&body)).unwrap()
    }

    /// The shopper's orders in a state.
    pub fn orders_in(&self, state: &str) -> Vec<String> {
        let all = self.get("/orders").expect(200).json();
        let those =
            all["orders"].as_array().unwrap().iter().filter(|order| order["state"] == state);
        those.map(|order| order["order_id"].as_str().unwrap().to_owned()).collect()
    }

    /// Quotes, buys at once with a card that is approved, and gives the order's id.
    pub fn bought(&self, offer: &Offer) -> String {
        let total = self.total(&[(offer, 1)]);
        let placed = self.buy(&[(offer, 1)], &total, "tok_approve", &key()).unwrap();
        placed.expect(201).text("order_id")
    }

    pub fn order(&self, id: &str) -> Value {
        self.get(&format!("/orders/{id}")).expect(200).json()
    }

    /// How often an order came into a state.
    pub fn times_in(&self, id: &str, state: &str) -> usize {
        let order = self.order(id);
        let moves = order["timeline"].as_array().unwrap();
        moves.iter().filter(|m| m["state"] == state).count()
    }
}

fn lines_of(lines: &[(&Offer, u32)]) -> Value {
    let line =
        |(offer, quantity): &(&Offer, u32)| json!({ "offer_id": offer.id, "quantity": quantity });
    lines.iter().map(line).collect()
}
