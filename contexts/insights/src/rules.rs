//! What counts for how much. Pure: every adapter asks these, so that all agree.

use crate::{Companion, Deal, History, PriceMove, Step, Together};
use souk_kernel::{DAY_MS, MINUTE_MS, ProductId, Timestamp};
use std::cmp::Reverse;

/// Products on a trail.
pub const TRAIL: usize = 40;
/// How long a look is remembered.
pub const TRAIL_MS: i64 = 90 * DAY_MS;
/// A look that follows another one of the same shopper and product so soon is the same look.
pub const AGAIN_MS: i64 = 30 * MINUTE_MS;
/// Products of an order that are counted.
pub const MOST_PRODUCTS: usize = 12;
/// Other products that are counted for each product.
pub const PAIRS: usize = 64;
/// Orders that must have held both before two products go together.
pub const SUPPORT: u32 = 3;
/// How long it is remembered that an order was counted: facts come again within minutes.
pub const COUNTED_MS: i64 = 14 * DAY_MS;
/// After so long an act counts half.
pub const HALF_LIFE_MS: i64 = 7 * DAY_MS;
/// What a look counts for in warmth.
pub const LOOK: f64 = 1.0;
/// What an order counts for in warmth.
pub const ORDER: f64 = 10.0;
/// The days before a lower price whose lowest price is its old one, and how long it is news then.
pub const WINDOW_MS: i64 = 30 * DAY_MS;
/// Steps of a price that are kept.
pub const STEPS: usize = 40;
/// What a deal must save, in thousandths.
pub const LEAST_SAVED: u32 = 50;

/// So many halvings make an act nothing.
const COLD_AFTER: f64 = 20.0;

/// The warmth of a product after an act of this weight.
///
/// Warmth is kept as a logarithm in which time only adds: every act is weighed against one fixed
/// moment, so that products compare at any time without being written again.
#[must_use]
pub fn warmed(warmth: Option<f64>, weight: f64, at: Timestamp) -> f64 {
    let act = halvings(at) + weight.log2();
    let Some(warmth) = warmth else { return act };
    let (most, least) = (warmth.max(act), warmth.min(act));
    most + (least - most).exp2().ln_1p() / std::f64::consts::LN_2
}

/// The warmth below which a product is cold.
#[must_use]
pub fn cold(now: Timestamp) -> f64 {
    halvings(now) - COLD_AFTER
}

fn halvings(at: Timestamp) -> f64 {
    // A time in milliseconds is far below what a float holds exactly.
    at.0 as f64 / HALF_LIFE_MS as f64
}

/// Whether a look warms: it is not the same look as the one before.
#[must_use]
pub fn is_new_look(before: Option<Timestamp>, at: Timestamp) -> bool {
    before.is_none_or(|before| at.since(before) >= AGAIN_MS)
}

/// The products of an order that are counted: each once, in the order of the lines.
#[must_use]
pub fn distinct(lines: impl IntoIterator<Item = ProductId>) -> Vec<ProductId> {
    let mut products: Vec<ProductId> = Vec::new();
    for product in lines {
        if products.len() < MOST_PRODUCTS && !products.contains(&product) {
            products.push(product);
        }
    }
    products
}

/// What goes with a product, best first: ordered with it at least [`SUPPORT`] times, and no less often
/// than by chance. The measure is lift: the share of the other's orders that held this one, against the
/// share of all orders that did.
#[must_use]
pub fn companions(counted: &Together) -> Vec<Companion> {
    let own = u128::from(counted.own.max(1));
    let all = u128::from(counted.orders);
    let lift =
        |both: u32, others: u32| u128::from(both) * all * 100 / (own * u128::from(others.max(1)));
    let mut found: Vec<(Companion, u32)> = counted
        .pairs
        .iter()
        .filter(|pair| pair.both >= SUPPORT)
        .map(|pair| {
            let lift = u64::try_from(lift(pair.both, pair.others)).unwrap_or(u64::MAX);
            (Companion { product: pair.other, both: pair.both, lift_percent: lift }, pair.others)
        })
        .filter(|(companion, _)| companion.lift_percent >= 100)
        .collect();
    // Compared as fractions: rounding must not make two of one.
    found.sort_by(|(a, of_a), (b, of_b)| {
        let (left, right) = (
            u64::from(b.both) * u64::from(*of_a).max(1),
            u64::from(a.both) * u64::from(*of_b).max(1),
        );
        left.cmp(&right).then((Reverse(a.both), a.product).cmp(&(Reverse(b.both), b.product)))
    });
    found.into_iter().map(|(companion, _)| companion).collect()
}

/// An offer's history after a move of its price; `None` when the move is known.
#[must_use]
pub fn moved(history: Option<History>, to: &PriceMove) -> Option<History> {
    let known = history.is_some();
    let mut history = history.unwrap_or_default();
    if known && to.number <= history.number {
        return None;
    }
    history.number = to.number;
    match history.steps.last() {
        None => history.steps.push(Step { price: to.from, at: Timestamp(i64::MIN) }),
        // A move that nobody told: the price before this one held until now all the same.
        Some(last) if last.price != to.from => {
            history.steps.push(Step { price: to.from, at: to.at });
        }
        Some(_) => {}
    }
    history.steps.push(Step { price: to.to, at: to.at });
    let window = to.at.plus_ms(-WINDOW_MS);
    // What ended before the window says nothing any more.
    while history.steps.len() > 2 && history.steps[1].at <= window {
        history.steps.remove(0);
    }
    while history.steps.len() > STEPS {
        // Of the two oldest the lower one stays: forgetting must not make a deal of what is none.
        let dearer = usize::from(history.steps[1].price.minor > history.steps[0].price.minor);
        history.steps.remove(dearer);
    }
    Some(history)
}

/// Whether the present price is a deal: lower than every price of the window before it, by enough to
/// speak of.
#[must_use]
pub fn deal(of: &PriceMove, history: &History) -> Option<Deal> {
    let (now, before) = history.steps.split_last()?;
    let window = now.at.plus_ms(-WINDOW_MS);
    let ends = history.steps.iter().skip(1).map(|step| step.at);
    let held = before.iter().zip(ends).filter(|(_, end)| *end > window);
    let was = held.map(|(step, _)| step.price).min_by_key(|price| price.minor)?;
    let deal = Deal { offer: of.offer, product: of.product, price: now.price, was, since: now.at };
    let fits = was.currency == now.price.currency && now.price.minor > 0;
    (fits && was.minor > now.price.minor && deal.saved() >= LEAST_SAVED).then_some(deal)
}

#[cfg(test)]
#[path = "rules_tests.rs"]
mod tests;
