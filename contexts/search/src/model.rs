//! What is indexed, asked and answered. Everything here is derived data: the catalogue is the truth,
//! and an index can be rebuilt from it at any time.

pub mod behaviour;

use crate::rules::synonyms::Synonyms;
use serde::{Deserialize, Serialize};
use souk_kernel::{Money, OfferId, ProductId, SellerId, Timestamp};
use std::collections::{BTreeMap, BTreeSet};

/// One product as it is found: its words, its filters, and what a card shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Document {
    /// What it is about; a later document of the same product replaces it.
    pub product: ProductId,
    /// The offer that a card sells.
    pub offer: OfferId,
    /// Who sells that offer.
    pub seller: SellerId,
    /// The name on the card.
    pub title: String,
    /// Plain text; markup is indexed as text.
    pub description: String,
    /// The brand as shown; empty when there is none.
    pub brand: String,
    /// What identifies it exactly: model and part numbers, GTINs. Never shown.
    pub codes: Vec<String>,
    /// From the root: `["Electronics", "Phones"]`; empty when it has no place yet.
    pub category: Vec<String>,
    /// Name and values, most telling first: those beyond
    /// [`rules::MAX_ATTRIBUTE_VALUES`](crate::rules::MAX_ATTRIBUTE_VALUES) are not filterable.
    pub attributes: Vec<(String, Vec<String>)>,
    /// Price of that offer.
    pub price: Money,
    /// Whether that offer can be bought now.
    pub in_stock: bool,
    /// Mean rating times ten, 0 to 50; 0 when nobody rated it.
    pub rating_tenths: u8,
    /// How many ratings that is the mean of.
    pub reviews: u32,
    /// Whether that offer comes fast: within the shop's promise, whatever else is chosen.
    pub fast_delivery: bool,
    /// When the product was listed: "newest first".
    pub created_at: Timestamp,
    /// Address or key of the card's image.
    pub image: Option<String>,
    /// The colours that it comes in, as the card shows them; none when there is no choice.
    pub colours: Vec<String>,
}

/// What changes all day without touching a product's words: read at query time from an array beside
/// the index.
///
/// What is `None` stays as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Signals {
    /// Whether the best offer can be bought now.
    pub in_stock: Option<bool>,
    /// A new price of the best offer, in minor units.
    pub price_minor: Option<i64>,
    /// How it sells.
    pub demand: Option<Demand>,
}

/// How a product sold in the recent past.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Demand {
    /// Sales and views: any scale, zero means unknown.
    pub popularity: u32,
    /// How much more often than the shop's mean a look becomes a purchase, smoothed, as
    /// [`rules::demand::lift`](crate::rules::demand::lift) gives it; zero means as often.
    pub conversion: i16,
}

/// What one shopper has lately looked at and bought, as far as it says what they will like: shares
/// of a hundred. Empty for whoever is not known.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Taste {
    /// By category, from the root.
    pub categories: BTreeMap<Vec<String>, u8>,
    /// By brand.
    pub brands: BTreeMap<String, u8>,
}

impl Taste {
    /// Whether nothing is known.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.categories.is_empty() && self.brands.is_empty()
    }
}

/// The order of the hits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub enum Sort {
    /// Best match first; without words, the most popular first.
    #[default]
    Relevance,
    /// Cheapest first.
    PriceAscending,
    /// Dearest first.
    PriceDescending,
    /// Listed last first.
    Newest,
    /// Best rated first, more ratings first among equals.
    Rating,
    /// Most sold and looked at first.
    Popularity,
}

/// What the hits must satisfy. Empty means anything.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Filters {
    /// The category or any category above it: `["Electronics"]` finds its phones.
    pub category: Vec<String>,
    /// Any of these brands.
    pub brands: BTreeSet<String>,
    /// Only what this seller sells: what their page is about, so every facet counts under it.
    pub seller: Option<SellerId>,
    /// At least this price, in minor units.
    pub price_min: Option<i64>,
    /// At most this price, in minor units.
    pub price_max: Option<i64>,
    /// At least this rating, times ten.
    pub rating_min: Option<u8>,
    /// Only what can be bought now.
    pub in_stock: bool,
    /// Only what comes fast.
    pub fast_delivery: bool,
    /// For each name, any of these values.
    pub attributes: BTreeMap<String, BTreeSet<String>>,
}

impl Filters {
    /// The least and the highest price that pass, in minor units. Who asks for a price asks for what has
    /// one: a product that is not priced yet stands at 0.
    #[must_use]
    pub fn price_bounds(&self) -> (i64, i64) {
        match (self.price_min, self.price_max) {
            (None, None) => (i64::MIN, i64::MAX),
            (least, most) => (least.unwrap_or(1).max(1), most.unwrap_or(i64::MAX)),
        }
    }
}

/// One search.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Query {
    /// What the shopper typed: no syntax, every character is only text. Empty: everything.
    pub text: String,
    /// What the hits must satisfy.
    pub filters: Filters,
    /// Their order.
    pub sort: Sort,
    /// Which page, from 1. Zero is read as 1.
    pub page: u32,
    /// Hits on a page, 1 to 100. Zero is read as the default of 24.
    pub per_page: u32,
    /// Who asks, as far as it raises what they like. Changes the order by relevance only.
    pub taste: Taste,
    /// Words that this shop takes for the same; [`crate::Search`] fills them in.
    pub words: Synonyms,
}

impl Query {
    /// The first page for some words.
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self { text: text.to_owned(), ..Self::default() }
    }
}

/// One card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// The product.
    pub product: ProductId,
    /// The offer that the card sells.
    pub offer: OfferId,
    /// Its name.
    pub title: String,
    /// Its brand; may be empty.
    pub brand: String,
    /// Its price, as the last signal or document gave it.
    pub price: Money,
    /// Its image.
    pub image: Option<String>,
    /// Whether it can be bought, as the last signal or document gave it.
    pub in_stock: bool,
    /// Mean rating times ten; 0 when nobody rated it.
    pub rating_tenths: u8,
    /// How many ratings.
    pub reviews: u32,
    /// Whether it comes fast.
    pub fast_delivery: bool,
    /// The colours that it comes in; none when there is no choice.
    pub colours: Vec<String>,
}

/// A value and how many products have it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Count {
    /// The value.
    pub value: String,
    /// Products.
    pub count: u64,
}

/// A category and how many products lie in or below it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CategoryCount {
    /// From the root.
    pub path: Vec<String>,
    /// Products.
    pub count: u64,
}

/// A price range, in minor units, and how many products cost that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PriceCount {
    /// The least price in the range.
    pub from: i64,
    /// The first price above the range; `None` for the last range.
    pub below: Option<i64>,
    /// Products.
    pub count: u64,
}

/// "4 stars and up".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RatingCount {
    /// Least rating, times ten.
    pub at_least: u8,
    /// Products.
    pub count: u64,
}

/// One attribute's values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttributeCounts {
    /// The attribute.
    pub name: String,
    /// Its values, most frequent first.
    pub values: Vec<Count>,
}

/// Counts beside the hits. Each facet counts what the *other* filters leave, so that a shopper sees
/// what choosing another value would give.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Facets {
    /// Roots, and the children of every category on the selected path; most frequent first.
    pub categories: Vec<CategoryCount>,
    /// Most frequent first; selected ones are always there.
    pub brands: Vec<Count>,
    /// Non-empty ranges, cheapest first.
    pub prices: Vec<PriceCount>,
    /// 4, 3, 2 and 1 stars and up.
    pub ratings: Vec<RatingCount>,
    /// Products that can be bought now.
    pub in_stock: u64,
    /// Products that come fast.
    pub fast_delivery: u64,
    /// Attributes that most products have first.
    pub attributes: Vec<AttributeCounts>,
}

/// The answer to a search.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Results {
    /// The page's cards.
    pub hits: Vec<Hit>,
    /// Products that match, on all pages.
    pub total: u64,
    /// The page shown, from 1.
    pub page: u32,
    /// Hits on a page.
    pub per_page: u32,
    /// Counts beside the hits.
    pub facets: Facets,
    /// A better spelling of the text. When it equals [`Results::searched`], the hits are already
    /// its hits, because the typed text has a word that no product has.
    pub did_you_mean: Option<String>,
    /// The text that was searched for: the typed one, or its correction.
    pub searched: String,
}

/// What may be meant by what is being typed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Suggestions {
    /// Whole texts: what others searched for, then what the catalogue's words complete.
    pub queries: Vec<String>,
    /// Categories, those with most products first.
    pub categories: Vec<CategoryCount>,
    /// Products of the first text.
    pub products: Vec<Hit>,
}

/// Where to go from a search that found nothing; each leads to at least one product.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WayOn {
    /// The text in a better spelling.
    Spelling {
        /// The better text.
        text: String,
        /// Products.
        total: u64,
    },
    /// The same text without any filter.
    NoFilters {
        /// Products.
        total: u64,
    },
    /// The text without one of its words.
    Without {
        /// The word left out.
        word: String,
        /// The text that is left.
        text: String,
        /// Products.
        total: u64,
    },
    /// A category of the whole shop.
    Category(CategoryCount),
}
