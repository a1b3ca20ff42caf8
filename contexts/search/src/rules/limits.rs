//! How much a search may ask.

use crate::error::SearchError;
use crate::model::{Filters, Query};

/// Characters of text that are taken; more is refused, not cut: nobody typed it.
pub const MAX_TEXT_CHARS: usize = 2_000;
/// Hits on a page when the query doesn't say.
pub const DEFAULT_PER_PAGE: u32 = 24;
/// Hits on a page at most.
pub const MAX_PER_PAGE: u32 = 100;
/// Hits that can be paged through.
pub const MAX_RANKED: u32 = 10_000;
/// Attributes that can be filtered by at once.
pub const MAX_ATTRIBUTE_FILTERS: usize = 20;
/// Values over all filters.
const MAX_FILTER_VALUES: usize = 500;
/// Attribute values of a product that can be filtered by; further ones are only searched.
pub const MAX_ATTRIBUTE_VALUES: usize = 64;
/// Longer attribute values are prose: searched, not filtered by.
pub const MAX_ATTRIBUTE_VALUE_BYTES: usize = 64;
/// Completions given.
pub const MAX_SUGGESTIONS: usize = 8;
/// Longer text is not completed.
pub const MAX_SUGGEST_BYTES: usize = 200;

/// Which ranked hits a page shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// The page, from 1.
    pub page: u32,
    /// Hits on a page.
    pub per_page: u32,
    /// Ranked hits before the page.
    pub offset: usize,
    /// Ranked hits up to the end of the page.
    pub end: usize,
}

/// The page that an engine shows for whatever was asked: bounded, empty beyond [`MAX_RANKED`].
#[must_use]
pub fn clamp(query: &Query) -> Window {
    let per_page = match query.per_page {
        0 => DEFAULT_PER_PAGE,
        asked => asked.min(MAX_PER_PAGE),
    };
    let page = query.page.max(1);
    let offset = (page - 1).saturating_mul(per_page).min(MAX_RANKED);
    let end = offset.saturating_add(per_page).min(MAX_RANKED);
    Window { page, per_page, offset: offset as usize, end: end as usize }
}

/// Refuses what no person asks.
///
/// # Errors
/// Text, page, filters or price range beyond the limits; see [`SearchError`].
pub fn check(query: &Query) -> Result<(), SearchError> {
    // Bytes first: counting the characters of a huge text is work as well.
    let bytes = query.text.len();
    if bytes > MAX_TEXT_CHARS * 4
        || (bytes > MAX_TEXT_CHARS && query.text.chars().count() > MAX_TEXT_CHARS)
    {
        return Err(SearchError::TextTooLong { limit: MAX_TEXT_CHARS });
    }
    if query.per_page > MAX_PER_PAGE {
        return Err(SearchError::PageTooLarge { limit: MAX_PER_PAGE });
    }
    if clamp(query).offset >= MAX_RANKED as usize {
        return Err(SearchError::PageTooDeep { limit: MAX_RANKED });
    }
    check_filters(&query.filters)
}

fn check_filters(filters: &Filters) -> Result<(), SearchError> {
    let values: usize = filters.attributes.values().map(std::collections::BTreeSet::len).sum();
    let all = values + filters.brands.len() + filters.category.len();
    if filters.attributes.len() > MAX_ATTRIBUTE_FILTERS || all > MAX_FILTER_VALUES {
        return Err(SearchError::TooManyFilters);
    }
    match (filters.price_min, filters.price_max) {
        (Some(min), Some(max)) if min > max => Err(SearchError::PriceRange),
        _ => Ok(()),
    }
}

/// The attribute pairs of a document that can be filtered by, in its order, each once.
pub fn filterable(attributes: &[(String, Vec<String>)]) -> impl Iterator<Item = (&str, &str)> {
    let mut seen = std::collections::HashSet::new();
    attributes
        .iter()
        .flat_map(|(name, values)| values.iter().map(move |v| (name.as_str(), v.as_str())))
        .filter(|(name, value)| {
            !name.is_empty()
                && !value.is_empty()
                && name.len() <= MAX_ATTRIBUTE_VALUE_BYTES
                && value.len() <= MAX_ATTRIBUTE_VALUE_BYTES
        })
        .filter(move |pair| seen.insert(*pair))
        .take(MAX_ATTRIBUTE_VALUES)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_texts_are_refused_and_long_enough_ones_taken() {
        assert!(check(&Query::new(&"é".repeat(MAX_TEXT_CHARS))).is_ok());
        let refused = check(&Query::new(&"a".repeat(MAX_TEXT_CHARS + 1)));
        assert_eq!(refused, Err(SearchError::TextTooLong { limit: MAX_TEXT_CHARS }));
        assert!(check(&Query::new(&"a".repeat(10_000_000))).is_err());
    }

    #[test]
    fn pages_are_bounded() {
        let page = |page, per_page| Query { page, per_page, ..Query::default() };
        let first = Window { page: 1, per_page: 24, offset: 0, end: 24 };
        assert_eq!(clamp(&page(0, 0)), first);
        assert_eq!(clamp(&page(u32::MAX, u32::MAX)).offset, MAX_RANKED as usize);
        assert_eq!(check(&page(1, 101)), Err(SearchError::PageTooLarge { limit: 100 }));
        assert!(check(&page(100, 100)).is_ok());
        assert_eq!(check(&page(101, 100)), Err(SearchError::PageTooDeep { limit: MAX_RANKED }));
    }

    #[test]
    fn price_ranges_must_be_ranges() {
        let filters = Filters { price_min: Some(5), price_max: Some(4), ..Filters::default() };
        let query = Query { filters, ..Query::default() };
        assert_eq!(check(&query), Err(SearchError::PriceRange));
    }

    #[test]
    fn prose_and_repetitions_are_not_filterable() {
        let long = "x".repeat(MAX_ATTRIBUTE_VALUE_BYTES + 1);
        let colour = ("Colour".to_owned(), vec!["Red".to_owned(), "Red".to_owned(), long]);
        let pairs: Vec<_> = filterable(std::slice::from_ref(&colour)).collect();
        assert_eq!(pairs, [("Colour", "Red")]);
    }
}
