//! What is like a product: others of its category, those that share its attributes first.

use super::Search;
use crate::error::SearchError;
use crate::model::{Filters, Hit, Query, Sort};
use souk_kernel::{Money, ProductId};
use std::collections::{BTreeMap, BTreeSet};

/// Hits that are looked at in each place.
const LOOKED_AT: u32 = 48;
/// Attributes that are compared: the most telling come first.
const COMPARED: usize = 3;

/// A product, as far as it says what is like it.
#[derive(Debug, Clone)]
pub struct Like {
    /// Itself is never among the answers.
    pub product: ProductId,
    /// Its brand; may be empty.
    pub brand: String,
    /// Its category from the root; may be empty.
    pub category: Vec<String>,
    /// Name and values.
    pub attributes: Vec<(String, Vec<String>)>,
    /// What it costs; `None` when nobody knows.
    pub price: Option<Money>,
}

/// How many times dearer or cheaper something may be to cost about the same, in percent.
const ABOUT_PERCENT: i128 = 150;

fn costs_about(price: Money, like: Money) -> bool {
    let (a, b) = (i128::from(price.minor), i128::from(like.minor));
    price.currency == like.currency && a * 100 <= b * ABOUT_PERCENT && b * 100 <= a * ABOUT_PERCENT
}

impl Search {
    /// Products like this one, the most alike first, at most `limit`: from its category, and where that
    /// has too few, from the ones above it. What can be bought stands before what is sold out. Never
    /// empty while the department has another product.
    ///
    /// # Errors
    /// The index fails.
    pub async fn related(&self, like: &Like, limit: usize) -> Result<Vec<Hit>, SearchError> {
        let mut found: Vec<Hit> = Vec::new();
        let mut seen = BTreeSet::from([like.product]);
        // From its own category up to the whole shop, if it lies in none.
        let least = usize::from(!like.category.is_empty());
        for depth in (least..=like.category.len()).rev() {
            let within =
                Filters { category: like.category[..depth].to_vec(), ..Filters::default() };
            let mut hits = self.popular_within(within.clone()).await?;
            hits.retain(|hit| seen.insert(hit.product));
            if !hits.is_empty() {
                let shared = self.shared(like, &within).await?;
                let alike = |hit: &Hit| {
                    let by_price = like.price.is_some_and(|price| costs_about(hit.price, price));
                    let by_brand = !like.brand.is_empty() && hit.brand == like.brand;
                    let by_attributes = 2 * shared.get(&hit.product).copied().unwrap_or(0);
                    by_attributes + u32::from(by_price) + u32::from(by_brand)
                };
                // Stable: among equals the more popular stays first.
                hits.sort_by_cached_key(|hit| (!hit.in_stock, std::cmp::Reverse(alike(hit))));
                found.extend(hits);
            }
            if found.len() >= limit {
                break;
            }
        }
        found.truncate(limit);
        Ok(found)
    }

    async fn popular_within(&self, filters: Filters) -> Result<Vec<Hit>, SearchError> {
        let sort = Sort::Popularity;
        let query = Query { filters, sort, per_page: LOOKED_AT, ..Query::default() };
        Ok(self.search(&query).await?.hits)
    }

    /// How many of the compared attributes each product shares.
    async fn shared(
        &self,
        like: &Like,
        within: &Filters,
    ) -> Result<BTreeMap<ProductId, u32>, SearchError> {
        let mut shared = BTreeMap::new();
        for (name, values) in like.attributes.iter().take(COMPARED) {
            let mut filters = within.clone();
            filters.attributes.insert(name.clone(), values.iter().take(4).cloned().collect());
            for hit in self.popular_within(filters).await? {
                *shared.entry(hit.product).or_default() += 1;
            }
        }
        Ok(shared)
    }
}
