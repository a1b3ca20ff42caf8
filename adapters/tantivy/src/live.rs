//! What changes all day, in an array beside the index, one place for each product.

use crate::schema::Facts;
use souk_kernel::ProductId;
use souk_search::Signals;
use souk_search::rules::ranking::Standing;
use std::collections::HashMap;

/// One product's live facts.
#[derive(Debug, Clone, Copy)]
pub struct Row {
    /// Which product.
    pub product: ProductId,
    /// The document that the rating is from.
    sequence: u64,
    /// The last document that the stock's signal is later than, or that it is from.
    stock_since: u64,
    /// The same for the price.
    price_since: u64,
    /// In minor units.
    pub price: i64,
    /// Stock, popularity, rating.
    pub standing: Standing,
}

/// All live facts.
#[derive(Debug, Default)]
pub struct Live {
    places: HashMap<ProductId, u32>,
    rows: Vec<Row>,
}

impl Live {
    /// The place of a product, with the facts of its document unless later ones are known.
    pub fn place(&mut self, product: ProductId, sequence: u64, price: i64, facts: Facts) -> u32 {
        let next = self.rows.len() as u32;
        let place = *self.places.entry(product).or_insert(next);
        if place == next {
            let standing = Standing::default();
            let (sequence, stock_since, price_since, price) = (0, 0, 0, 0);
            self.rows.push(Row { product, sequence, stock_since, price_since, price, standing });
        }
        let row = &mut self.rows[place as usize];
        if sequence > row.stock_since {
            row.stock_since = sequence;
            row.standing.in_stock = facts.in_stock;
        }
        if sequence > row.price_since {
            row.price_since = sequence;
            row.price = price;
        }
        if sequence > row.sequence {
            row.sequence = sequence;
            row.standing.rating_tenths = facts.rating_tenths;
            row.standing.fast_delivery = facts.fast_delivery;
            row.standing.reviews = facts.reviews;
        }
        place
    }

    /// Takes a signal that is later than every document up to `sequence`; `false` when the product
    /// is not known.
    pub fn signal(&mut self, product: ProductId, signals: Signals, sequence: u64) -> bool {
        let Some(place) = self.places.get(&product) else { return false };
        let row = &mut self.rows[*place as usize];
        if let Some(in_stock) = signals.in_stock {
            row.standing.in_stock = in_stock;
            row.stock_since = sequence;
        }
        if let Some(demand) = signals.demand {
            row.standing.popularity = demand.popularity;
            row.standing.conversion = demand.conversion;
        }
        if let Some(price) = signals.price_minor {
            row.price = price;
            row.price_since = sequence;
        }
        true
    }

    /// The facts at a place.
    pub fn row(&self, place: u32) -> &Row {
        &self.rows[place as usize]
    }

    /// The last sequence number of any document.
    pub fn last_sequence(&self) -> u64 {
        self.rows.iter().map(|row| row.sequence).max().unwrap_or(0)
    }
}
