//! Which counts are shown beside the hits, and in which order. Engines count; this chooses.

use crate::model::{
    AttributeCounts, CategoryCount, Count, Facets, Filters, PriceCount, RatingCount,
};
use std::collections::HashMap;

/// Brands shown, and values of one attribute.
pub const MAX_BRANDS: usize = 50;
/// Categories shown.
pub const MAX_CATEGORIES: usize = 100;
/// Attributes shown, apart from selected ones.
pub const MAX_ATTRIBUTES: usize = 12;
/// Values of an attribute shown, apart from selected ones.
pub const MAX_VALUES: usize = 12;
/// Price ranges.
pub const PRICE_RANGES: usize = 32;

/// How many products have each of an attribute's values, which are numbers of the engine's own.
pub type ValueCounts = [(u32, u64)];

/// What an engine counted: for each kind of facet, over the products that fail no other filter.
#[derive(Default)]
pub struct Counted<'a> {
    /// Products by the category they lie in.
    pub categories: Vec<(&'a [String], u64)>,
    /// Products by brand; without those that have none.
    pub brands: Vec<(&'a str, u64)>,
    /// Products by [`price_range`].
    pub prices: [u64; PRICE_RANGES],
    /// Products by whole stars: index 4 has ratings of 4.0 to 4.9, index 0 has the unrated.
    pub ratings: [u64; 6],
    /// Products that can be bought.
    pub in_stock: u64,
    /// Products that come fast.
    pub fast_delivery: u64,
    /// By attribute: products by value. Most values are never shown; the texts of those that are
    /// are asked for.
    pub attributes: Vec<(&'a str, &'a mut ValueCounts)>,
}

/// Which range a price lies in: ranges end at 1, 2 and 5 times the powers of ten.
#[must_use]
pub fn price_range(minor: i64) -> usize {
    let mut range = 0;
    let mut edge = PriceEdges::default();
    while range + 1 < PRICE_RANGES && minor >= edge.value {
        edge.step();
        range += 1;
    }
    range
}

struct PriceEdges {
    value: i64,
    step: u8,
}

impl Default for PriceEdges {
    fn default() -> Self {
        Self { value: 100, step: 0 }
    }
}

impl PriceEdges {
    fn step(&mut self) {
        self.value = if self.step == 1 { self.value / 2 * 5 } else { self.value * 2 };
        self.step = (self.step + 1) % 3;
    }
}

/// Whether a category is shown: roots, and children of the selected path's members.
#[must_use]
pub fn is_shown(path: &[String], selected: &[String]) -> bool {
    !path.is_empty() && selected.starts_with(&path[..path.len() - 1])
}

/// The facets to show; `text` knows the attribute values' texts.
#[must_use]
pub fn assemble<'a>(
    counted: Counted<'_>,
    filters: &Filters,
    text: &dyn Fn(u32) -> &'a str,
) -> Facets {
    Facets {
        categories: categories(&counted.categories, &filters.category),
        brands: top(counted.brands, MAX_BRANDS, |b| filters.brands.contains(b)),
        prices: prices(&counted.prices),
        ratings: ratings(&counted.ratings),
        in_stock: counted.in_stock,
        fast_delivery: counted.fast_delivery,
        attributes: attributes(counted.attributes, filters, text),
    }
}

fn categories(counted: &[(&[String], u64)], selected: &[String]) -> Vec<CategoryCount> {
    let mut sums: HashMap<&[String], u64> = HashMap::new();
    for (path, count) in counted {
        for depth in 1..=path.len() {
            let upper = &path[..depth];
            if !is_shown(upper, selected) {
                break;
            }
            *sums.entry(upper).or_default() += count;
        }
    }
    let mut shown: Vec<(&[String], u64)> = sums.into_iter().filter(|(_, n)| *n > 0).collect();
    shown.sort_unstable_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(b.0)));
    shown.truncate(MAX_CATEGORIES);
    shown.into_iter().map(|(p, count)| CategoryCount { path: p.to_vec(), count }).collect()
}

/// The most frequent values, and every selected one.
fn top(mut all: Vec<(&str, u64)>, most: usize, selected: impl Fn(&str) -> bool) -> Vec<Count> {
    let order = |a: &(&str, u64), b: &(&str, u64)| b.1.cmp(&a.1).then_with(|| a.0.cmp(b.0));
    all.retain(|(_, count)| *count > 0);
    let mut rest = Vec::new();
    if all.len() > most {
        all.select_nth_unstable_by(most, order);
        rest = all.split_off(most);
        rest.retain(|(value, _)| selected(value));
    }
    all.extend(rest);
    all.sort_unstable_by(order);
    all.into_iter().map(|(value, count)| Count { value: value.to_owned(), count }).collect()
}

fn prices(counted: &[u64; PRICE_RANGES]) -> Vec<PriceCount> {
    let mut edge = PriceEdges::default();
    let mut from = 0;
    let mut ranges = Vec::new();
    for (range, count) in counted.iter().enumerate() {
        let below = (range + 1 < PRICE_RANGES).then_some(edge.value);
        if *count > 0 {
            ranges.push(PriceCount { from, below, count: *count });
        }
        from = edge.value;
        edge.step();
    }
    ranges
}

fn ratings(counted: &[u64; 6]) -> Vec<RatingCount> {
    let up = |stars: u8| counted[usize::from(stars)..].iter().sum();
    (1..=4).rev().map(|s| RatingCount { at_least: s * 10, count: up(s) }).collect()
}

/// Where a rating is counted in [`Counted::ratings`].
#[must_use]
pub fn stars(rating_tenths: u8) -> usize {
    usize::from(rating_tenths / 10).min(5)
}

/// An attribute: whether it is selected, how many products its frequent values cover, its name and
/// values.
type Worth<'a> = (bool, u64, &'a str, &'a mut ValueCounts);

/// Attributes whose shown values cover most products: a weight in grams, different for each, says
/// little as a list of values.
fn attributes<'a>(
    counted: Vec<(&str, &mut ValueCounts)>,
    filters: &Filters,
    text: &dyn Fn(u32) -> &'a str,
) -> Vec<AttributeCounts> {
    let mut worth: Vec<Worth<'_>> = counted
        .into_iter()
        .filter(|(_, values)| values.iter().any(|(_, n)| *n > 0))
        .map(|(name, values)| {
            let selected = filters.attributes.contains_key(name);
            (selected, covered(values), name, values)
        })
        .collect();
    worth.sort_unstable_by(|a, b| {
        b.0.cmp(&a.0).then_with(|| b.1.cmp(&a.1)).then_with(|| a.2.cmp(b.2))
    });
    let selected = worth.iter().filter(|w| w.0).count();
    worth.truncate(selected + MAX_ATTRIBUTES);
    let shown = |(_, _, name, values): Worth<'_>| {
        let chosen = filters.attributes.get(name);
        let texts = values.iter().map(|(value, count)| (text(*value), *count)).collect();
        let is_chosen = |value: &str| chosen.is_some_and(|chosen| chosen.contains(value));
        AttributeCounts { name: name.to_owned(), values: top(texts, MAX_VALUES, is_chosen) }
    };
    worth.into_iter().map(shown).collect()
}

/// How many products the most frequent values cover.
fn covered(values: &mut ValueCounts) -> u64 {
    if values.len() > MAX_VALUES {
        values.select_nth_unstable_by_key(MAX_VALUES, |(_, count)| std::cmp::Reverse(*count));
    }
    values.iter().take(MAX_VALUES).map(|(_, count)| count).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(of: &[&str]) -> Vec<String> {
        of.iter().map(|s| (*s).to_owned()).collect()
    }

    #[test]
    fn price_ranges_touch_and_cover_everything() {
        let mut counted = [1; PRICE_RANGES];
        let ranges = prices(&counted);
        assert_eq!(ranges[0], PriceCount { from: 0, below: Some(100), count: 1 });
        assert_eq!(ranges[2], PriceCount { from: 200, below: Some(500), count: 1 });
        assert_eq!(ranges.last().map(|r| r.below), Some(None));
        for (i, range) in ranges.iter().enumerate() {
            assert_eq!(price_range(range.from), i, "{range:?}");
            assert_eq!(range.below.map_or(i, |b| price_range(b - 1)), i, "{range:?}");
            assert!(i == 0 || ranges[i - 1].below == Some(range.from));
        }
        assert_eq!(price_range(i64::MAX), PRICE_RANGES - 1);
        counted[3] = 0;
        assert_eq!(prices(&counted).len(), PRICE_RANGES - 1);
    }

    #[test]
    fn shows_roots_and_the_selected_paths_children() {
        let (a, ab, abc, x) =
            (path(&["a"]), path(&["a", "b"]), path(&["a", "b", "c"]), path(&["x"]));
        let counted = vec![(&abc[..], 5), (&ab[..], 2), (&x[..], 1)];
        let shown = |selected: &[String]| -> Vec<(Vec<String>, u64)> {
            categories(&counted, selected).into_iter().map(|c| (c.path, c.count)).collect()
        };
        assert_eq!(shown(&[]), [(a.clone(), 7), (x.clone(), 1)]);
        assert_eq!(shown(&a), [(a.clone(), 7), (ab.clone(), 7), (x.clone(), 1)]);
        assert!(shown(&ab).contains(&(abc.clone(), 5)));
    }

    #[test]
    fn attributes_whose_values_differ_for_each_product_come_last() {
        let mut weights: Vec<(u32, u64)> = (0..100).map(|i| (i, 1)).collect();
        let mut colours = [(100, 30), (101, 9)];
        let texts: Vec<String> = (0..102).map(|i| format!("value {i}")).collect();
        let counted = vec![("Weight", &mut weights[..]), ("Colour", &mut colours[..])];
        let shown = attributes(counted, &Filters::default(), &|value| &texts[value as usize]);
        assert_eq!(shown[0].name, "Colour");
        assert_eq!(shown[1].values.len(), MAX_VALUES);
    }

    #[test]
    fn selected_values_are_always_shown() {
        let many: Vec<String> = (0..100).map(|i| format!("brand {i:03}")).collect();
        let many: Vec<(&str, u64)> = many.iter().map(|b| (b.as_str(), 5)).collect();
        let shown = top(many, 10, |b| b == "brand 099");
        assert_eq!(shown.len(), 11);
        assert!(shown.iter().any(|c| c.value == "brand 099"));
    }
}
