//! Orders in one request each.

use super::baskets::Basket;
use super::refusal;
use crate::drive::{Load, Step, Times};
use crate::http::{Answer, Template};
use crate::log::{Log, Placing};
use crate::seed::Shopper;
use souk_kernel::{Entropy, SeededEntropy};
use std::io::Write;

struct Prepared {
    request: Template,
    digest: u64,
    minor: i64,
}

#[derive(Clone, Default)]
struct UnderWay {
    shopper: usize,
    basket: usize,
    key: Vec<u8>,
}

/// The load.
pub struct BuyNow<'a> {
    shoppers: &'a [Shopper],
    baskets: Vec<Prepared>,
    entropy: SeededEntropy,
    under_way: Vec<UnderWay>,
    sent: u64,
    /// Orders answered as confirmed.
    pub confirmed: u64,
    /// Where requests and answers are logged.
    pub log: Option<Log>,
    status: u16,
}

/// The body of an order.
pub fn body(basket: &Basket) -> String {
    format!(
        r#"{{"lines":{},"payment_token":"tok_approve","total":{{"minor":{},"currency":"EUR"}}}}"#,
        basket.lines, basket.minor
    )
}

impl<'a> BuyNow<'a> {
    /// Orders of these baskets by these shoppers.
    pub fn new(shoppers: &'a [Shopper], baskets: &[Basket], seed: u64) -> Self {
        let prepare = |basket: &Basket| {
            let request = Template::post("/api/v1/orders", &body(basket));
            Prepared { digest: request.body_digest(), request, minor: basket.minor }
        };
        Self {
            shoppers,
            baskets: baskets.iter().map(prepare).collect(),
            entropy: SeededEntropy::new(seed),
            under_way: Vec::new(),
            sent: 0,
            confirmed: 0,
            log: None,
            status: 201,
        }
    }

    /// The same requests to the echo, which answers with 200.
    pub fn for_the_echo(mut self) -> Self {
        self.status = 200;
        self
    }
}

impl Load for BuyNow<'_> {
    fn ask(&mut self, connection: usize, out: &mut Vec<u8>) -> bool {
        if self.under_way.len() <= connection {
            self.under_way.resize(connection + 1, UnderWay::default());
        }
        let random = self.entropy.next_u64();
        let under_way = &mut self.under_way[connection];
        under_way.shopper = (random >> 32) as usize % self.shoppers.len();
        under_way.basket = (random & 0xFFFF_FFFF) as usize % self.baskets.len();
        under_way.key.clear();
        self.sent += 1;
        // Writing to a vector can't fail.
        let _ = write!(under_way.key, "bench-{:010}", self.sent);
        let token = self.shoppers[under_way.shopper].token.as_bytes();
        self.baskets[under_way.basket].request.write(token, &under_way.key, out);
        true
    }

    fn take(&mut self, connection: usize, answer: Option<&Answer<'_>>, times: Times) -> Step {
        if let Some(log) = &mut self.log {
            let UnderWay { shopper, basket, key } = &self.under_way[connection];
            let basket = &self.baskets[*basket];
            let placing = Placing {
                op: "orders",
                key,
                principal: &self.shoppers[*shopper].user,
                body_digest: basket.digest,
                minor: basket.minor,
            };
            log.note(&placing, answer, times);
        }
        if answer.is_some_and(|answer| answer.status == self.status) {
            self.confirmed += 1;
            return Step::Done;
        }
        Step::Failed(refusal(answer))
    }
}
