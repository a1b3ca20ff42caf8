//! Filters and facets in one look at each match.
//!
//! A match that fails no filter is a hit and is counted everywhere; one that fails exactly one is
//! counted only in that filter's own facet, which so shows what choosing otherwise would give.

use crate::columns::Columns;
use crate::live::Row;
use crate::names::{NONE, Names};
use souk_search::rules::facets::{Counted, PRICE_RANGES, assemble, price_range, stars};
use souk_search::rules::limits::MAX_ATTRIBUTE_FILTERS;
use souk_search::{Facets, Filters};

const CATEGORY: u32 = 1;
const BRAND: u32 = 1 << 1;
const PRICE: u32 = 1 << 2;
const RATING: u32 = 1 << 3;
const STOCK: u32 = 1 << 4;
const FAST: u32 = 1 << 5;
/// No facet counts what fails this one.
const SELLER: u32 = 1 << 6;
const FIRST_ATTRIBUTE: u32 = 7;

/// Filters by number instead of by text.
pub struct Compiled {
    /// By category: whether it is the wanted one or lies below it.
    categories: Option<Vec<bool>>,
    brands: Option<Vec<bool>>,
    /// The number of the one that is wanted; [`NONE`] for one who sells nothing.
    seller: Option<u32>,
    price: (i64, i64),
    rating: u8,
    in_stock: bool,
    fast: bool,
    /// By attribute value: the bit of the filter that it satisfies.
    values: Vec<u32>,
    /// The bits of all attribute filters.
    all_values: u32,
    /// By filter: the number of its attribute.
    names: Vec<Option<u32>>,
}

impl Compiled {
    /// Filters over these names. More than [`MAX_ATTRIBUTE_FILTERS`] attributes are not looked at.
    pub fn new(filters: &Filters, names: &Names) -> Self {
        let categories = (!filters.category.is_empty()).then(|| {
            names.paths().iter().map(|path| path.starts_with(&filters.category)).collect()
        });
        let brands = (!filters.brands.is_empty()).then(|| {
            let mut wanted = vec![false; names.brands.len()];
            for number in filters.brands.iter().filter_map(|b| names.brands.get(b)) {
                wanted[number as usize] = true;
            }
            wanted
        });
        let mut compiled = Self {
            categories,
            brands,
            seller: filters
                .seller
                .map(|seller| names.sellers.get(&seller.to_string()).unwrap_or(NONE)),
            price: filters.price_bounds(),
            rating: filters.rating_min.unwrap_or(0),
            in_stock: filters.in_stock,
            fast: filters.fast_delivery,
            values: Vec::new(),
            all_values: 0,
            names: Vec::new(),
        };
        compiled.attributes(filters, names);
        compiled
    }

    fn attributes(&mut self, filters: &Filters, names: &Names) {
        if filters.attributes.is_empty() {
            return;
        }
        self.values = vec![0; names.value_count()];
        for (name, values) in filters.attributes.iter().take(MAX_ATTRIBUTE_FILTERS) {
            let bit = 1 << (FIRST_ATTRIBUTE + self.names.len() as u32);
            for value in values.iter().filter_map(|v| names.find_value(name, v)) {
                self.values[value as usize] = bit;
            }
            self.all_values |= bit;
            self.names.push(names.attribute_names.get(name));
        }
    }

    /// The bits of the filters that a product fails.
    pub fn failed(&self, columns: &Columns, doc: u32, row: &Row) -> u32 {
        let mut failed = 0;
        if let Some(wanted) = &self.categories
            && !has(wanted, columns.categories[doc as usize])
        {
            failed |= CATEGORY;
        }
        if let Some(wanted) = &self.brands
            && !has(wanted, columns.brands[doc as usize])
        {
            failed |= BRAND;
        }
        if self.seller.is_some_and(|wanted| wanted != columns.sellers[doc as usize]) {
            failed |= SELLER;
        }
        if row.price < self.price.0 || row.price > self.price.1 {
            failed |= PRICE;
        }
        if row.standing.rating_tenths < self.rating {
            failed |= RATING;
        }
        if self.in_stock && !row.standing.in_stock {
            failed |= STOCK;
        }
        if self.fast && !row.standing.fast_delivery {
            failed |= FAST;
        }
        if self.all_values != 0 {
            let values = columns.attributes.of(doc);
            let satisfied = values.iter().fold(0, |bits, v| bits | self.values[*v as usize]);
            failed |= self.all_values & !satisfied;
        }
        failed
    }

    /// The attribute whose filter has this bit.
    fn attribute(&self, bit: u32) -> Option<u32> {
        let at = bit.trailing_zeros().checked_sub(FIRST_ATTRIBUTE)?;
        self.names.get(at as usize).copied().flatten()
    }
}

fn has(wanted: &[bool], number: u32) -> bool {
    wanted.get(number as usize).copied().unwrap_or(false)
}

/// Counts by number, and which are not zero.
#[derive(Default)]
struct Tally {
    counts: Vec<u32>,
    touched: Vec<u32>,
}

impl Tally {
    fn fit(&mut self, len: usize) {
        if self.counts.len() < len {
            self.counts.resize(len, 0);
        }
    }

    fn add(&mut self, number: u32) {
        let count = &mut self.counts[number as usize];
        if *count == 0 {
            self.touched.push(number);
        }
        *count += 1;
    }

    fn drain(&mut self, mut each: impl FnMut(u32, u64)) {
        for number in self.touched.drain(..) {
            each(number, u64::from(std::mem::take(&mut self.counts[number as usize])));
        }
    }
}

/// Facet counts of one search; the arrays of one thread, kept between searches.
#[derive(Default)]
pub struct Tallies {
    categories: Tally,
    brands: Tally,
    values: Tally,
    /// Values with their counts, those of one attribute together.
    by_name: Vec<(u32, u64)>,
    /// By attribute: how many of its values were counted, then where they start.
    name_at: Vec<u32>,
    prices: [u64; PRICE_RANGES],
    ratings: [u64; 6],
    in_stock: u64,
    fast: u64,
}

impl Tallies {
    /// Makes room for these names.
    pub fn fit(&mut self, names: &Names) {
        self.categories.fit(names.paths().len());
        self.brands.fit(names.brands.len());
        self.values.fit(names.value_count());
    }

    /// Counts a match by the filters that it fails.
    pub fn count(
        &mut self,
        failed: u32,
        compiled: &Compiled,
        names: &Names,
        columns: &Columns,
        at: (u32, &Row),
    ) {
        let (doc, row) = at;
        if failed & (failed.wrapping_sub(1)) != 0 {
            return;
        }
        let counts = |filter: u32| failed & !filter == 0;
        let category = columns.categories[doc as usize];
        if counts(CATEGORY) && category != NONE {
            self.categories.add(category);
        }
        let brand = columns.brands[doc as usize];
        if counts(BRAND) && brand != NONE {
            self.brands.add(brand);
        }
        if counts(PRICE) && row.price > 0 {
            self.prices[price_range(row.price)] += 1;
        }
        if counts(RATING) {
            self.ratings[stars(row.standing.rating_tenths)] += 1;
        }
        if counts(STOCK) && row.standing.in_stock {
            self.in_stock += 1;
        }
        if counts(FAST) && row.standing.fast_delivery {
            self.fast += 1;
        }
        if failed == 0 {
            columns.attributes.of(doc).iter().for_each(|v| self.values.add(*v));
        } else if let Some(name) = compiled.attribute(failed) {
            let own = columns.attributes.of(doc).iter().filter(|v| names.name_of(**v) == name);
            own.for_each(|v| self.values.add(*v));
        }
    }

    /// The facets of what was counted; the arrays are all zeros again.
    pub fn take(&mut self, names: &Names, filters: &Filters) -> Facets {
        let ranges = self.sort_values(names);
        let mut counted = Counted {
            prices: std::mem::take(&mut self.prices),
            ratings: std::mem::take(&mut self.ratings),
            in_stock: std::mem::take(&mut self.in_stock),
            fast_delivery: std::mem::take(&mut self.fast),
            ..Counted::default()
        };
        self.categories.drain(|number, count| {
            counted.categories.push((&names.paths()[number as usize], count));
        });
        self.brands.drain(|number, count| counted.brands.push((names.brands.text(number), count)));
        let mut rest = self.by_name.as_mut_slice();
        for (name, values) in ranges {
            let (own, others) = rest.split_at_mut(values as usize);
            counted.attributes.push((names.attribute_names.text(name), own));
            rest = others;
        }
        assemble(counted, filters, &|value| names.value_text(value))
    }

    /// Brings the counted values of each attribute together; gives the attributes in order, with
    /// how many values each has.
    fn sort_values(&mut self, names: &Names) -> Vec<(u32, u32)> {
        self.name_at.clear();
        self.name_at.resize(names.attribute_names.len(), 0);
        for value in &self.values.touched {
            self.name_at[names.name_of(*value) as usize] += 1;
        }
        let mut ranges = Vec::new();
        let mut start = 0;
        for (name, at) in self.name_at.iter_mut().enumerate().filter(|(_, at)| **at > 0) {
            let values = std::mem::replace(at, start);
            ranges.push((name as u32, values));
            start += values;
        }
        self.by_name.clear();
        self.by_name.resize(start as usize, (0, 0));
        let (name_at, by_name) = (&mut self.name_at, &mut self.by_name);
        self.values.drain(|value, count| {
            let at = &mut name_at[names.name_of(value) as usize];
            by_name[*at as usize] = (value, count);
            *at += 1;
        });
        ranges
    }
}
