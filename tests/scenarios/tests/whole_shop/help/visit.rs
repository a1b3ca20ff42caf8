//! What anybody can ask of the shop.

use super::{Offer, Shop, Shopper, call};

impl Shop {
    /// What can be bought of an offer, as the shop says.
    pub fn available(&self, offer: &Offer) -> i64 {
        let path = format!("/api/v1/offers/{}/availability", offer.id);
        let answer = call(self.port, ("GET", &path), &[], "").unwrap().expect(200);
        answer.json()["available"].as_i64().unwrap()
    }

    /// A page of the shop, as a shopper's browser asks for it.
    pub fn page(&self, shopper: &Shopper, path: &str) -> super::Answer {
        let cookie = format!("souk_session={}", shopper.token);
        call(self.port, ("GET", path), &[("cookie", &cookie)], "").unwrap()
    }

    /// A form of the shop, as a shopper's browser sends it.
    pub fn form(&self, shopper: &Shopper, path: &str, fields: &str) -> super::Answer {
        let cookie = format!("souk_session={}", shopper.token);
        let origin = format!("http://127.0.0.1:{}", self.port);
        let headers = [
            ("cookie", cookie.as_str()),
            ("origin", origin.as_str()),
            ("content-type", "application/x-www-form-urlencoded"),
        ];
        call(self.port, ("POST", path), &headers, fields).unwrap()
    }

    /// Approves on the bank's page.
    pub fn approve_at_the_bank(&self, action_url: &str) {
        let path = action_url.find("/3ds/").map(|at| &action_url[at..]).unwrap();
        let headers = [("content-type", "application/x-www-form-urlencoded")];
        let answer = call(self.sandbox, ("POST", path), &headers, "decision=approve").unwrap();
        assert_eq!(answer.status, 303, "{answer:?}");
    }

    /// Confirms in the wallet, or cancels there.
    pub fn answer_in_the_wallet(&self, action_url: &str, decision: &str) {
        let body = format!("decision={decision}");
        self.at_the_gateway(action_url, "/wallet/", &body);
    }

    /// Money of a transfer comes: `exact`, `short`, `over` or `rest`.
    pub fn money_comes(&self, action_url: &str, amount: &str) {
        self.at_the_gateway(action_url, "/bank/", &format!("amount={amount}"));
    }

    fn at_the_gateway(&self, url: &str, page: &str, body: &str) {
        let path = url.find(page).map(|at| &url[at..]).unwrap();
        let headers = [("content-type", "application/x-www-form-urlencoded")];
        let answer = call(self.sandbox, ("POST", path), &headers, body).unwrap();
        assert_eq!(answer.status, 303, "{answer:?}");
    }

    /// A guest with an address.
    pub fn guest(&self) -> Shopper {
        Shopper::guest(self.port)
    }
}
