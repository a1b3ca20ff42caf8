//! The catalogue of a first start: the project's own, so that a new shop has something to sell.
//!
//! `demo/products.jsonl` holds it, one product a line; what is built from it is the same in every
//! shop but for the ids.

use crate::model::{
    Attributes, ExternalId, HOUSE_SELLER, Listing, Offer, Product, TaxClass, Variant,
};
use crate::port::PutListing;
use crate::rules::department_bucket;
use serde::Deserialize;
use souk_kernel::{Currency, Mint, Money, Timestamp};
use std::collections::BTreeMap;

const PRODUCTS: &str = include_str!("../demo/products.jsonl");

/// The source of the demo catalogue's external ids.
pub const SOURCE: &str = "souk-demo";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    id: String,
    title: String,
    description: String,
    brand: String,
    category: Vec<String>,
    attributes: Attributes,
    /// In minor units of a currency with two decimals.
    price: i64,
    weight_g: u32,
    stock: u32,
    #[serde(default)]
    tax_class: TaxClass,
    #[serde(default)]
    variants: Vec<Choice>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Choice {
    key: String,
    title: String,
    options: BTreeMap<String, String>,
    price: Option<i64>,
    weight_g: Option<u32>,
    stock: Option<u32>,
}

/// The demo catalogue, ready to be put, with first stock; priced in `currency`.
///
/// # Panics
/// Never with the catalogue that is built in: a test reads it.
#[must_use]
pub fn listings(mint: &Mint, currency: Currency, at: Timestamp) -> Vec<PutListing> {
    let read = |line| serde_json::from_str(line).expect("the built-in catalogue is right");
    PRODUCTS.lines().map(|line| put(read(line), mint, currency, at)).collect()
}

fn put(mut row: Row, mint: &Mint, currency: Currency, at: Timestamp) -> PutListing {
    for choice in &row.variants {
        for (name, value) in &choice.options {
            let values = row.attributes.entry(name.clone()).or_default();
            if !values.contains(value) {
                values.push(value.clone());
            }
        }
    }
    let id = mint.mint(department_bucket(row.category.first().map(String::as_str)));
    let product = Product {
        id,
        external: Some(ExternalId { source: SOURCE.to_owned(), id: row.id.clone() }),
        title: row.title.clone(),
        description: row.description.clone(),
        brand: Some(row.brand.clone()),
        category_path: std::mem::take(&mut row.category),
        attributes: std::mem::take(&mut row.attributes),
        images: Vec::new(),
        gtins: Vec::new(),
        created_at: at,
        updated_at: at,
        version: 1,
    };
    if row.variants.is_empty() {
        let options = BTreeMap::new();
        let (key, title) = (String::new(), String::new());
        row.variants.push(Choice { key, title, options, price: None, weight_g: None, stock: None });
    }
    let mut listing = Listing { product, variants: Vec::new(), offers: Vec::new() };
    let mut stock = Vec::new();
    for choice in std::mem::take(&mut row.variants) {
        let pieces = choice.stock.unwrap_or(row.stock);
        let offer = add(&mut listing, &row, choice, mint, currency);
        stock.push((offer, pieces));
    }
    PutListing { listing, expected_version: None, stock, at }
}

fn add(
    listing: &mut Listing,
    row: &Row,
    choice: Choice,
    mint: &Mint,
    currency: Currency,
) -> souk_kernel::OfferId {
    let product = listing.product.id;
    let bucket = product.bucket();
    let offer = Offer {
        id: mint.mint(bucket),
        variant: mint.mint(bucket),
        product,
        seller: HOUSE_SELLER,
        price: price(choice.price.unwrap_or(row.price), currency),
        tax_class: row.tax_class,
        weight_g: choice.weight_g.unwrap_or(row.weight_g),
        buyable: true,
        version: 1,
    };
    listing.variants.push(Variant {
        id: offer.variant,
        product,
        key: choice.key,
        title: choice.title,
        options: choice.options,
    });
    let id = offer.id;
    listing.offers.push(offer);
    id
}

/// The same number in major units, whatever the currency: 12.90 is 1290 cents, 13 yen, 12,900 fils.
fn price(cents: i64, currency: Currency) -> Money {
    let minor = match currency.exponent() {
        0 => (cents + 50) / 100,
        3 => cents * 10,
        _ => cents,
    };
    Money::new(minor, currency)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::check;
    use souk_kernel::{ManualClock, SeededEntropy};
    use std::collections::BTreeSet;
    use std::sync::Arc;

    fn demo(currency: Currency) -> Vec<PutListing> {
        let clock = Arc::new(ManualClock::at(Timestamp(1_790_000_000_000)));
        let mint = Mint::new(clock, Arc::new(SeededEntropy::new(1)));
        listings(&mint, currency, Timestamp(1_790_000_000_000))
    }

    #[test]
    fn the_demo_is_right_in_every_currency() {
        for currency in Currency::ALL {
            for put in demo(currency) {
                assert_eq!(check(&put.listing), [], "{}", put.listing.product.title);
                assert!(put.listing.offers.iter().all(|o| o.price.currency == currency));
            }
        }
    }

    #[test]
    fn it_shows_what_a_shop_has() {
        let all = demo(Currency::Eur);
        assert_eq!(all, demo(Currency::Eur), "the same every time");
        assert!(all.len() >= 60);
        let departments: BTreeSet<_> =
            all.iter().map(|put| put.listing.product.category_path[0].clone()).collect();
        assert!(departments.len() >= 8);
        let stock: Vec<u32> = all.iter().flat_map(|put| &put.stock).map(|(_, n)| *n).collect();
        assert!(stock.contains(&0) && stock.contains(&1), "sold out, and a last one");
        assert!(all.iter().any(|put| put.listing.variants.len() > 2));
        let classes: BTreeSet<_> = all
            .iter()
            .flat_map(|put| &put.listing.offers)
            .map(|offer| offer.tax_class.name())
            .collect();
        assert!(classes.contains("standard") && classes.contains("reduced"));
        let external: BTreeSet<_> =
            all.iter().filter_map(|put| put.listing.product.external.clone()).collect();
        assert_eq!(external.len(), all.len());
        let words = |put: &PutListing| put.listing.product.description.split(' ').count();
        assert!(all.iter().all(|put| words(put) >= 12));
    }
}
