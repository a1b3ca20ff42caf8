//! What one shopper likes, from what they lately looked at and bought: enough to turn equals round,
//! never enough to bring up what doesn't fit the words.

use crate::behaviour::{Act, Interest};
use crate::model::Taste;
use souk_kernel::Timestamp;
use std::collections::BTreeMap;

/// After so long an interest counts half.
const HALF_LIFE_DAYS: f32 = 14.0;
/// What a purchase counts among looks.
const BOUGHT: f32 = 3.0;
/// Looks after which a taste counts in full: one look is no taste yet.
const SURE: f32 = 4.0;
/// What is added for the category that a shopper looked at only…
const CATEGORY: f32 = 0.15;
/// …and for such a brand.
const BRAND: f32 = 0.12;
/// Categories and brands kept: the strongest.
const KEPT: usize = 8;

/// The taste that a shopper's recent acts show.
#[must_use]
pub fn taste(recent: &[Interest], now: Timestamp) -> Taste {
    let mut brands: BTreeMap<String, f32> = BTreeMap::new();
    let mut categories: BTreeMap<Vec<String>, f32> = BTreeMap::new();
    let mut sum = 0.0;
    for interest in recent {
        let days = (now.0 - interest.at.0).max(0) as f32 / souk_kernel::DAY_MS as f32;
        let act = if interest.act == Act::Bought { BOUGHT } else { 1.0 };
        let weight = act * 0.5_f32.powf(days / HALF_LIFE_DAYS);
        sum += weight;
        if !interest.brand.is_empty() {
            *brands.entry(interest.brand.clone()).or_default() += weight;
        }
        if !interest.category.is_empty() {
            *categories.entry(interest.category.clone()).or_default() += weight;
        }
    }
    let scale = 100.0 / sum.max(SURE);
    Taste { categories: strongest(categories, scale), brands: strongest(brands, scale) }
}

fn strongest<K: Ord>(weights: BTreeMap<K, f32>, scale: f32) -> BTreeMap<K, u8> {
    let shares = weights.into_iter().map(|(key, weight)| ((weight * scale) as u8, key));
    let mut shares: Vec<(u8, K)> = shares.filter(|(share, _)| *share > 0).collect();
    shares.sort_by(|a, b| b.cmp(a));
    shares.truncate(KEPT);
    shares.into_iter().map(|(share, key)| (key, share)).collect()
}

/// What is multiplied to the score of a product of a category and brand with these shares.
#[must_use]
pub fn factor(category: u8, brand: u8) -> f32 {
    1.0 + CATEGORY * f32::from(category) / 100.0 + BRAND * f32::from(brand) / 100.0
}

/// The share of a category: its own, or that of the nearest one above it.
#[must_use]
pub fn share_of(taste: &Taste, category: &[String]) -> u8 {
    let mut upper = category;
    while let Some((_, rest)) = upper.split_last() {
        if let Some(share) = taste.categories.get(upper) {
            return *share;
        }
        upper = rest;
    }
    0
}

#[cfg(test)]
mod tests {
    use super::*;
    use souk_kernel::{DAY_MS, ProductId};

    fn looked(brand: &str, days_ago: i64, act: Act) -> Interest {
        Interest {
            product: ProductId::from_bytes([1; 16]),
            act,
            brand: brand.to_owned(),
            category: vec!["Home".to_owned(), "Kettles".to_owned()],
            at: Timestamp(100 * DAY_MS - days_ago * DAY_MS),
        }
    }

    #[test]
    fn one_look_is_little_and_old_looks_fade() {
        let now = Timestamp(100 * DAY_MS);
        let one = taste(&[looked("Acme", 0, Act::Looked)], now);
        assert_eq!(one.brands["Acme"], 25);
        let mixed = [
            looked("Acme", 0, Act::Bought),
            looked("Acme", 1, Act::Looked),
            looked("Borealis", 60, Act::Looked),
            looked("", 0, Act::Looked),
        ];
        let mixed = taste(&mixed, now);
        assert!(mixed.brands["Acme"] > 60, "{mixed:?}");
        assert!(mixed.brands.get("Borealis").is_none_or(|share| *share < 5), "{mixed:?}");
        assert!(taste(&[], now).is_empty());
    }

    #[test]
    fn a_category_answers_for_those_below_it() {
        let path = |of: &[&str]| -> Vec<String> { of.iter().map(|s| (*s).to_owned()).collect() };
        let taste =
            Taste { categories: [(path(&["Home", "Kettles"]), 80)].into(), ..Taste::default() };
        assert_eq!(share_of(&taste, &path(&["Home", "Kettles", "Steel"])), 80);
        assert_eq!(share_of(&taste, &path(&["Home"])), 0);
        assert!(factor(100, 100) < 1.3 && (factor(0, 0) - 1.0).abs() < f32::EPSILON);
    }
}
