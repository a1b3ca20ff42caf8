//! Baskets: what is bought together, and what the shop says that it costs.

use super::refusal;
use crate::drive::{Load, Step, Times, Until, drive};
use crate::http::{Answer, Template};
use crate::seed::{Item, Seeded, Zipf};
use souk_kernel::{Entropy, SeededEntropy};
use std::fmt::Write;
use std::net::SocketAddr;
use std::time::Duration;

/// So many of some offers.
pub struct Basket {
    /// As in a request: `[{"offer_id":"…","quantity":1}]`.
    pub lines: String,
    /// Offer and quantity of the first line.
    pub first: (String, u32),
    /// What it costs with tax and shipping, once quoted.
    pub minor: i64,
}

/// How long the quotes may take.
const PATIENCE: Duration = Duration::from_secs(120);

/// Baskets of one to three lines, Zipf over the whole catalogue; or of one piece of one SKU.
pub fn make(items: &[Item], many: usize, one_sku: bool, entropy: &SeededEntropy) -> Vec<Basket> {
    let zipf = Zipf::over(items.len());
    let basket = |n: usize| {
        let lines = if one_sku { 1 } else { 1 + n % 3 };
        let mut picked: Vec<usize> = Vec::with_capacity(lines);
        while picked.len() < lines {
            let item = if one_sku { 0 } else { zipf.pick(entropy) };
            if !picked.contains(&item) {
                picked.push(item);
            }
        }
        let mut text = String::from("[");
        let mut first = None;
        for item in picked {
            let quantity =
                if one_sku { 1 } else { 1 + u32::from(entropy.next_u64().is_multiple_of(8)) };
            let comma = if first.is_some() { "," } else { "" };
            let offer = &items[item].offer;
            first.get_or_insert_with(|| (offer.clone(), quantity));
            // Writing to a string can't fail.
            let _ = write!(text, r#"{comma}{{"offer_id":"{offer}","quantity":{quantity}}}"#);
        }
        text.push(']');
        Basket { lines: text, first: first.unwrap_or_default(), minor: 0 }
    };
    let many = if one_sku { 1 } else { many };
    (0..many).map(basket).collect()
}

/// Asks for the total of every basket.
///
/// # Errors
/// When the shop does not quote one of them.
pub fn quote(address: SocketAddr, seeded: &Seeded, baskets: &mut [Basket]) -> Result<(), String> {
    let token = seeded.shoppers.first().map(|s| s.token.clone()).unwrap_or_default();
    let mut load = Quotes { baskets, token, next: 0, asked: Vec::new() };
    let outcome = drive(address, 32, Until::Exhausted(PATIENCE), &mut load)?;
    match outcome.errors.iter().next() {
        Some((why, times)) => Err(format!("{times} quotes failed: {why}")),
        None if baskets.iter().all(|basket| basket.minor > 0) => Ok(()),
        None => Err("not every basket was quoted in time".into()),
    }
}

struct Quotes<'a> {
    baskets: &'a mut [Basket],
    token: String,
    next: usize,
    /// What each connection asked for.
    asked: Vec<usize>,
}

impl Load for Quotes<'_> {
    fn ask(&mut self, connection: usize, out: &mut Vec<u8>) -> bool {
        let Some(basket) = self.baskets.get(self.next) else { return false };
        if self.asked.len() <= connection {
            self.asked.resize(connection + 1, 0);
        }
        self.asked[connection] = self.next;
        self.next += 1;
        let body = format!(r#"{{"lines":{}}}"#, basket.lines);
        Template::post("/api/v1/quotes", &body).write(self.token.as_bytes(), b"", out);
        true
    }

    fn take(&mut self, connection: usize, answer: Option<&Answer<'_>>, _: Times) -> Step {
        let Some(answer) = answer.filter(|answer| answer.status == 200) else {
            return Step::Failed(refusal(answer));
        };
        let body: serde_json::Value = serde_json::from_slice(answer.body).unwrap_or_default();
        match body["total"]["minor"].as_i64() {
            Some(minor) => {
                self.baskets[self.asked[connection]].minor = minor;
                Step::Done
            }
            None => Step::Failed("a quote without a total".into()),
        }
    }
}
