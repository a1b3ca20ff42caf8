//! Orders in three requests: add to the cart, start the checkout, pay.

use super::baskets::Basket;
use super::{refusal, text_after};
use crate::drive::{Load, Step, Times};
use crate::http::{Answer, Template};
use crate::log::{Log, Placing};
use crate::seed::Shopper;
use souk_kernel::{Entropy, SeededEntropy};
use std::io::Write;

#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Stage {
    #[default]
    Cart,
    Checkout,
    Pay,
}

#[derive(Clone, Default)]
struct UnderWay {
    stage: Stage,
    shopper: usize,
    key: Vec<u8>,
    checkout: String,
    minor: i64,
    digest: u64,
}

/// The load. Each operation is another shopper's, so that no two connections share a cart.
pub struct Funnel<'a> {
    shoppers: &'a [Shopper],
    adds: Vec<Template>,
    start: Template,
    entropy: SeededEntropy,
    under_way: Vec<UnderWay>,
    next_shopper: usize,
    sent: u64,
    /// Orders answered as confirmed.
    pub confirmed: u64,
    /// Where the payments and their answers are logged.
    pub log: Option<Log>,
}

impl<'a> Funnel<'a> {
    /// Orders of these baskets' first lines by these shoppers.
    pub fn new(shoppers: &'a [Shopper], baskets: &[Basket], seed: u64) -> Self {
        let add = |basket: &Basket| {
            let (offer, quantity) = &basket.first;
            let body = format!(r#"{{"offer_id":"{offer}","quantity":{quantity}}}"#);
            Template::post("/api/v1/cart/lines", &body)
        };
        Self {
            shoppers,
            adds: baskets.iter().map(add).collect(),
            start: Template::post("/api/v1/checkouts", "{}"),
            entropy: SeededEntropy::new(seed),
            under_way: Vec::new(),
            next_shopper: 0,
            sent: 0,
            confirmed: 0,
            log: None,
        }
    }

    fn new_key(&mut self, connection: usize) {
        self.sent += 1;
        let key = &mut self.under_way[connection].key;
        key.clear();
        // Writing to a vector can't fail.
        let _ = write!(key, "bench-{:010}", self.sent);
    }

    fn started(&mut self, connection: usize, body: &[u8]) -> Step {
        let id =
            text_after(body, br#""checkout_id":""#).and_then(|id| std::str::from_utf8(id).ok());
        let value: serde_json::Value = serde_json::from_slice(body).unwrap_or_default();
        let Some((id, minor)) = id.zip(value["total"]["minor"].as_i64()) else {
            return self.fail(connection, "a checkout without its id or total".into());
        };
        let under_way = &mut self.under_way[connection];
        under_way.checkout = id.to_owned();
        under_way.minor = minor;
        under_way.stage = Stage::Pay;
        Step::More
    }

    fn fail(&mut self, connection: usize, why: String) -> Step {
        self.under_way[connection].stage = Stage::Cart;
        Step::Failed(why)
    }
}

impl Load for Funnel<'_> {
    fn ask(&mut self, connection: usize, out: &mut Vec<u8>) -> bool {
        if self.under_way.len() <= connection {
            self.under_way.resize(connection + 1, UnderWay::default());
        }
        if self.under_way[connection].stage == Stage::Cart {
            self.under_way[connection].shopper = self.next_shopper;
            self.next_shopper = (self.next_shopper + 1) % self.shoppers.len();
        } else {
            self.new_key(connection);
        }
        let under_way = &mut self.under_way[connection];
        let token = self.shoppers[under_way.shopper].token.as_bytes();
        match under_way.stage {
            Stage::Cart => {
                let add = self.entropy.next_u64() as usize % self.adds.len();
                self.adds[add].write(token, b"", out);
            }
            Stage::Checkout => self.start.write(token, &under_way.key, out),
            Stage::Pay => {
                let path = format!("/api/v1/checkouts/{}/pay", under_way.checkout);
                let body = format!(
                    r#"{{"payment_token":"tok_approve","total":{{"minor":{},"currency":"EUR"}}}}"#,
                    under_way.minor
                );
                let request = Template::post(&path, &body);
                under_way.digest = request.body_digest();
                request.write(token, &under_way.key, out);
            }
        }
        true
    }

    fn take(&mut self, connection: usize, answer: Option<&Answer<'_>>, times: Times) -> Step {
        let stage = self.under_way[connection].stage;
        if stage == Stage::Pay
            && let Some(log) = &mut self.log
        {
            let UnderWay { shopper, key, digest, minor, .. } = &self.under_way[connection];
            let placing = Placing {
                op: "pay",
                key,
                principal: &self.shoppers[*shopper].user,
                body_digest: *digest,
                minor: *minor,
            };
            log.note(&placing, answer, times);
        }
        match (stage, answer) {
            (Stage::Cart, Some(Answer { status: 200 | 201, .. })) => {
                self.under_way[connection].stage = Stage::Checkout;
                Step::More
            }
            (Stage::Checkout, Some(answer @ Answer { status: 201, .. })) => {
                self.started(connection, answer.body)
            }
            (Stage::Pay, Some(Answer { status: 201, .. })) => {
                self.under_way[connection].stage = Stage::Cart;
                self.confirmed += 1;
                Step::Done
            }
            _ => self.fail(connection, refusal(answer)),
        }
    }
}
