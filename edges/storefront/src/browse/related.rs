//! Rows below a product: what else there is of its kind.

use super::card::{Card, say_arrivals};
use super::category::category_path;
use crate::state::App;
use serde::Serialize;
use souk_catalog::Listing;
use souk_search::{Filters, Query, Sort};

/// Cards in a row.
const ROW: u32 = 4;

/// A row of cards with its way to more.
#[derive(Serialize)]
pub struct Row {
    pub title: String,
    /// May be empty.
    pub href: String,
    pub cards: Vec<Card>,
}

/// What sells best on the product's own shelf. A page without it is a page all the same.
pub async fn related(app: &App, listing: &Listing) -> Vec<Row> {
    let product = &listing.product;
    let Some(name) = product.category_path.last() else { return Vec::new() };
    let filters =
        Filters { category: product.category_path.clone(), in_stock: true, ..Filters::default() };
    let query = Query { filters, sort: Sort::Popularity, per_page: ROW + 1, ..Query::default() };
    let hits = match app.search.search(&query).await {
        Ok(results) => results.hits,
        Err(error) => {
            tracing::warn!(%error, "a row below a product");
            return Vec::new();
        }
    };
    let others = hits.iter().filter(|hit| hit.product != product.id).take(ROW as usize);
    let mut cards: Vec<Card> = others.map(|hit| Card::of_hit(app, hit)).collect();
    if cards.is_empty() {
        return Vec::new();
    }
    say_arrivals(app, &mut cards).await;
    vec![Row {
        title: format!("More in {name}"),
        href: category_path(&product.category_path),
        cards,
    }]
}
