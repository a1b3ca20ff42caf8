//! The catalogue of a first start: the project's own, so that a new shop has something to sell.
//!
//! `demo/products.jsonl` holds the first shelf, one product a line; `demo/families.toml` the words for
//! two thousand more. What is built from them is the same in every shop but for the ids.

mod families;

use crate::model::{
    Attributes, ExternalId, HOUSE_SELLER, Listing, Offer, Product, Seller, TaxClass, Variant,
};
use crate::port::PutListing;
use crate::rules::department_bucket;
use serde::Deserialize;
use souk_kernel::{Currency, Mint, Money, SellerId, Timestamp};
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
    /// Its place in [`SELLERS`], from 1; 0: the shop itself.
    #[serde(skip)]
    seller: usize,
}

#[derive(Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Choice {
    key: String,
    title: String,
    options: BTreeMap<String, String>,
    price: Option<i64>,
    weight_g: Option<u32>,
    stock: Option<u32>,
}

/// Who sells the generated products beside the shop itself.
const SELLERS: [&str; 6] = [
    "Hafenkontor",
    "The Long Shelf",
    "Bergstrom Trading",
    "Little Harbour Goods",
    "Atelier Nord",
    "Corner & Sons",
];

fn seller(place: usize) -> SellerId {
    let Some(last) = u8::try_from(place).ok().filter(|place| *place > 0) else {
        return HOUSE_SELLER;
    };
    // As the house: a version-7 UUID of the first millisecond.
    SellerId::from_bytes([0, 0, 0, 0, 0, 0, 0x70, 0, 0x80, 0, 0, 0, 0, 0, 1, last])
}

/// The sellers of the demo, without the shop itself.
#[must_use]
pub fn sellers() -> Vec<Seller> {
    let name = |(at, name): (usize, &&str)| Seller { id: seller(at + 1), name: (*name).into() };
    SELLERS.iter().enumerate().map(name).collect()
}

/// The generated products behind the first shelf; see [`listings`]. Their order is the same every
/// time, and any part of it from the start has something in every department.
///
/// # Panics
/// Never with the families that are built in: a test reads them.
#[must_use]
pub fn more(mint: &Mint, currency: Currency, at: Timestamp) -> Vec<PutListing> {
    let sold = |mut row: Row| {
        // A brand is sold by one seller; two of the eight places are the shop's own.
        let sum: usize = row.brand.bytes().map(usize::from).sum();
        row.seller = (sum % (SELLERS.len() + 2)).saturating_sub(1);
        put(row, mint, currency, at)
    };
    families::rows().into_iter().map(sold).collect()
}

/// The first shelf, ready to be put, with first stock; priced in `currency`.
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
        hidden: false,
        created_at: at,
        updated_at: at,
        version: 1,
    };
    if row.variants.is_empty() {
        row.variants.push(Choice::default());
    }
    let mut listing = Listing { product, variants: Vec::new(), offers: Vec::new() };
    let mut stock = Vec::new();
    for choice in std::mem::take(&mut row.variants) {
        let pieces = choice.stock.unwrap_or(row.stock);
        let offer = add(&mut listing, &row, choice, mint, currency);
        stock.push((offer, pieces));
    }
    PutListing { listing, expected_version: None, stock, at, keep_hidden: false }
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
        seller: seller(row.seller),
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

    fn generated(currency: Currency) -> Vec<PutListing> {
        let clock = Arc::new(ManualClock::at(Timestamp(1_790_000_000_000)));
        let mint = Mint::new(clock, Arc::new(SeededEntropy::new(1)));
        more(&mint, currency, Timestamp(1_790_000_000_000))
    }

    #[test]
    fn the_generated_part_is_right_in_every_currency() {
        for currency in Currency::ALL {
            for put in generated(currency) {
                assert_eq!(check(&put.listing), [], "{}", put.listing.product.title);
            }
        }
    }

    #[test]
    fn the_generated_part_is_a_whole_shop() {
        let all = generated(Currency::Eur);
        assert_eq!(all, generated(Currency::Eur), "the same every time");
        assert!(all.len() >= 2_000, "{}", all.len());
        let departments = |some: &[PutListing]| {
            let names = some.iter().map(|put| put.listing.product.category_path[0].clone());
            names.collect::<BTreeSet<_>>().len()
        };
        assert!(departments(&all) >= 12);
        assert_eq!(departments(&all[..200]), departments(&all), "half a shop has all of them");
        let ids: BTreeSet<_> = all
            .iter()
            .chain(&demo(Currency::Eur))
            .filter_map(|put| put.listing.product.external.clone())
            .collect();
        assert_eq!(ids.len(), all.len() + demo(Currency::Eur).len());
        let offers = || all.iter().flat_map(|put| &put.listing.offers);
        let known: BTreeSet<_> = sellers().iter().map(|s| s.id).chain([HOUSE_SELLER]).collect();
        let used: BTreeSet<_> = offers().map(|offer| offer.seller).collect();
        assert!(used.is_subset(&known) && used.len() >= 5);
        let two = |put: &&PutListing| put.listing.variants.iter().all(|v| v.options.len() == 2);
        assert!(all.iter().filter(two).count() >= 100);
        for put in &all {
            let keys: BTreeSet<_> = put.listing.variants.iter().map(|v| &v.key).collect();
            assert_eq!(keys.len(), put.listing.variants.len());
            assert!(put.listing.offers.iter().all(|o| o.price.minor > 100 && o.weight_g > 0));
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
