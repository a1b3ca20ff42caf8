//! What a list's address asks for, and the addresses of the lists beside it.

use souk_kernel::{Currency, Money, SellerId};
use souk_search::{Filters, Query, Sort, Taste};
use souk_webkit::{Fields, href};
use std::collections::{BTreeMap, BTreeSet};

/// Attribute filters are named `a.<attribute>` in an address.
const ATTRIBUTE: &str = "a.";
/// Filters of one address, and their bytes: more than anybody chooses. Each of them is in each link of the
/// page, so what is beyond is not looked at.
const FILTERS: usize = 64;
const FILTER_BYTES: usize = 4_096;
/// How many products a page may have; the first is the default.
const PER_PAGE: [u32; 3] = [24, 48, 96];

/// The orders that a shopper can choose, by their name in an address.
pub const SORTS: [(&str, &str, Sort); 6] = [
    ("", "Best match", Sort::Relevance),
    ("price", "Price, low to high", Sort::PriceAscending),
    ("price-desc", "Price, high to low", Sort::PriceDescending),
    ("newest", "Newest", Sort::Newest),
    ("rating", "Best rated", Sort::Rating),
    ("popular", "Most popular", Sort::Popularity),
];

/// Whose products a list shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Within {
    /// All.
    #[default]
    Shop,
    /// Those of a brand.
    Brand(String),
    /// Those of a seller.
    Seller(SellerId),
}

/// A list that was asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Asked {
    /// Where the list is: `/search`, or a category's page.
    pub path: String,
    /// The category, from the root.
    pub category: Vec<String>,
    /// What the page is about beside that: no filter of the shopper's, and kept whatever they choose.
    pub within: Within,
    /// The filters as typed, without `page`.
    pairs: Vec<(String, String)>,
    /// The page, from 1.
    pub page: u32,
}

impl Asked {
    pub fn read(path: String, category: Vec<String>, fields: &Fields) -> Self {
        let known = |name: &str| {
            matches!(
                name,
                "q" | "category"
                    | "brand"
                    | "min"
                    | "max"
                    | "rating"
                    | "stock"
                    | "fast"
                    | "sort"
                    | "per"
            ) || name.starts_with(ATTRIBUTE)
        };
        let (mut pairs, mut bytes) = (Vec::new(), 0);
        for (name, value) in &fields.0 {
            let value = value.trim();
            // What is searched for has a limit of its own; it is asked once.
            let (asks, size) = (name == "q", name.len() + value.len());
            let fits = if asks {
                pairs.iter().all(|(name, _)| name != "q")
            } else {
                pairs.len() < FILTERS && bytes + size <= FILTER_BYTES
            };
            let pair = (name.clone(), value.to_owned());
            if fits && known(name) && !value.is_empty() && !pairs.contains(&pair) {
                bytes += if asks { 0 } else { size };
                pairs.push(pair);
            }
        }
        let page = fields.get("page").parse().unwrap_or(1).max(1);
        Self { path, category, within: Within::Shop, pairs, page }
    }

    /// The list of a brand's or a seller's page: its categories are filters.
    pub fn of(within: Within, path: String, category: Vec<String>, fields: &Fields) -> Self {
        Self { within, ..Self::read(path, category, fields) }
    }

    /// The first value of that name, empty when there is none.
    pub fn get(&self, name: &str) -> &str {
        self.pairs.iter().find(|(n, _)| n == name).map_or("", |(_, value)| value.as_str())
    }

    pub fn pairs(&self) -> &[(String, String)] {
        &self.pairs
    }

    pub fn has(&self, name: &str, value: &str) -> bool {
        self.pairs.iter().any(|(n, v)| n == name && v == value)
    }

    /// The question for the index. A price that is no amount filters nothing.
    pub fn query(&self, currency: Currency) -> Query {
        let price = |name| {
            let typed = self.get(name).replace(',', ".");
            Money::parse(&typed, currency).ok().map(|money| money.minor.max(0))
        };
        let mut attributes = BTreeMap::<String, BTreeSet<String>>::new();
        let mut brands = BTreeSet::new();
        for (name, value) in &self.pairs {
            if name == "brand" {
                brands.insert(value.clone());
            } else if let Some(attribute) = name.strip_prefix(ATTRIBUTE) {
                attributes.entry(attribute.to_owned()).or_default().insert(value.clone());
            }
        }
        let seller = match &self.within {
            Within::Shop => None,
            Within::Brand(brand) => {
                brands = BTreeSet::from([brand.clone()]);
                None
            }
            Within::Seller(seller) => Some(*seller),
        };
        let (min, max) = (price("min"), price("max"));
        // Typed the wrong way round is meant the right way round.
        let swapped = matches!((min, max), (Some(min), Some(max)) if min > max);
        let (price_min, price_max) = if swapped { (max, min) } else { (min, max) };
        Query {
            text: self.get("q").to_owned(),
            filters: Filters {
                category: self.category.clone(),
                brands,
                seller,
                price_min,
                price_max,
                rating_min: self.get("rating").parse::<u8>().ok().map(|stars| stars.min(5) * 10),
                in_stock: self.has("stock", "1"),
                fast_delivery: self.has("fast", "1"),
                attributes,
            },
            sort: SORTS
                .iter()
                .find(|(name, ..)| *name == self.get("sort"))
                .map_or(Sort::Relevance, |(.., sort)| *sort),
            page: self.page,
            per_page: self.per_page(),
            taste: Taste::default(),
            ..Query::default()
        }
    }

    fn per_page(&self) -> u32 {
        let asked = self.get("per").parse().unwrap_or(0);
        PER_PAGE.into_iter().find(|per| *per == asked).unwrap_or(PER_PAGE[0])
    }

    /// Whether anything is filtered by; the category of a page is what the page is about.
    pub fn is_filtered(&self) -> bool {
        self.unfiltered().pairs.len() < self.pairs.len()
    }

    /// The same list before anything was filtered by.
    pub fn unfiltered(&self) -> Self {
        let kept = |name: &str| matches!(name, "q" | "category" | "sort" | "per");
        let pairs = self.pairs.iter().filter(|(name, _)| kept(name)).cloned().collect();
        Self { pairs, page: 1, ..self.clone() }
    }

    /// The address under which the list shall be known: without filters and orders, so a page of a
    /// filtered list, which is another one's page, is known by the list's first.
    pub fn canonical(&self) -> String {
        if self.page > 1 && !self.is_filtered() {
            format!("{}?page={}", self.path, self.page)
        } else {
            self.path.clone()
        }
    }

    /// The same list on another page.
    pub fn on_page(&self, page: u32) -> String {
        let mut pairs = self.pairs.clone();
        if page > 1 {
            pairs.push(("page".into(), page.to_string()));
        }
        href(&self.path, &pairs)
    }

    /// The list without one filter value, from its first page.
    pub fn without(&self, name: &str, value: &str) -> String {
        let kept = self.pairs.iter().filter(|(n, v)| !(n == name && v == value));
        href(&self.path, &kept.cloned().collect::<Vec<_>>())
    }

    /// The list without any filter: only the words that were typed.
    pub fn cleared(&self) -> String {
        let kept =
            self.pairs.iter().filter(|(name, _)| matches!(name.as_str(), "q" | "sort" | "per"));
        href(&self.path, &kept.cloned().collect::<Vec<_>>())
    }

    /// The list for other words.
    pub fn with_text(&self, text: &str) -> String {
        let kept = self.pairs.iter().filter(|(name, _)| name != "q");
        let mut pairs = vec![("q".to_owned(), text.to_owned())];
        pairs.extend(kept.cloned());
        href(&self.path, &pairs)
    }

    /// The same filters in another category.
    pub fn in_category(&self, path: &[String]) -> String {
        let kept = self.pairs.iter().filter(|(name, _)| name != "category").cloned();
        let mut pairs: Vec<_> = kept.collect();
        if !self.path.starts_with("/c/") {
            pairs.push(("category".into(), super::category::segments(path).join("/")));
            href(&self.path, &pairs)
        } else if path.is_empty() {
            href("/search", &pairs)
        } else {
            href(&super::category::category_path(path), &pairs)
        }
    }
}

/// The field of an attribute's filter.
pub fn attribute_field(name: &str) -> String {
    format!("{ATTRIBUTE}{name}")
}

/// The attribute that a field filters by.
pub fn attribute_of(field: &str) -> Option<&str> {
    field.strip_prefix(ATTRIBUTE)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(query: &str) -> Asked {
        Asked::read("/search".into(), Vec::new(), &Fields::parse(query.as_bytes()))
    }

    #[test]
    fn reads_filters_and_ignores_the_rest() {
        let asked =
            asked("q=+tv+&brand=LG&brand=LG&a.colour=Black&min=12,50&utm=x&page=3&sort=price");
        let query = asked.query(Currency::Eur);
        assert_eq!((query.text.as_str(), query.page), ("tv", 3));
        assert_eq!(query.filters.brands.len(), 1);
        assert_eq!(query.filters.price_min, Some(1_250));
        assert!(query.filters.attributes["colour"].contains("Black"));
        assert_eq!(query.sort, Sort::PriceAscending);
        assert_eq!(
            asked.without("brand", "LG"),
            "/search?q=tv&a.colour=Black&min=12%2C50&sort=price"
        );
        assert_eq!(asked.cleared(), "/search?q=tv&sort=price");
        assert!(asked.on_page(2).ends_with("&page=2"));
        assert!(asked.is_filtered());
    }

    #[test]
    fn an_address_has_so_many_filters_and_no_more() {
        let many: String = (0..4_000).map(|n| format!("brand=b{n}&q=k{n}&")).collect();
        let asked = asked(&format!("{many}sort=price"));
        assert_eq!((asked.pairs().len(), asked.get("q")), (64, "k0"));
        assert!(asked.without("brand", "b0").len() < 2_000);
        let long = format!("q={}&brand={}&brand=LG", "k".repeat(5_000), "b".repeat(5_000));
        let long = self::asked(&long);
        assert_eq!(long.pairs().len(), 2, "what is searched for, and what fits");
        assert!(long.has("brand", "LG"));
    }

    #[test]
    fn a_page_has_one_of_three_lengths() {
        for (query, per_page) in [("", 24), ("per=48", 48), ("per=96", 96), ("per=1000", 24)] {
            let asked = asked(query);
            assert_eq!(asked.query(Currency::Eur).per_page, per_page, "{query}");
            assert!(!asked.is_filtered());
        }
        assert_eq!(asked("per=48&brand=LG").cleared(), "/search?per=48");
    }

    #[test]
    fn prices_the_wrong_way_round_are_turned_and_nonsense_is_no_filter() {
        let filters = asked("min=20&max=10").query(Currency::Eur).filters;
        assert_eq!((filters.price_min, filters.price_max), (Some(1_000), Some(2_000)));
        let filters = asked("min=cheap&max=-1").query(Currency::Eur).filters;
        assert_eq!((filters.price_min, filters.price_max), (None, Some(0)));
    }
}
