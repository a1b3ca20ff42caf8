//! Why a search is refused.

use souk_kernel::{FaultKind, PortError, Refusal};
use thiserror::Error;

/// Why a search is refused. No *text* is ever refused for what it says, only for its length.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum SearchError {
    /// More text than anybody types.
    #[error("the search text is longer than {limit} characters")]
    TextTooLong {
        /// The most that is taken.
        limit: usize,
    },
    /// More hits on a page than are given.
    #[error("a page has at most {limit} hits")]
    PageTooLarge {
        /// The most that is given.
        limit: u32,
    },
    /// Beyond the hits that are ranked: narrow the search instead.
    #[error("only the first {limit} hits can be paged through; add filters instead")]
    PageTooDeep {
        /// How many hits are ranked.
        limit: u32,
    },
    /// More filters than a person sets.
    #[error("too many filter values")]
    TooManyFilters,
    /// The least price is above the greatest.
    #[error("the lowest price is above the highest")]
    PriceRange,
    /// The index failed.
    #[error(transparent)]
    Port(#[from] PortError),
}

impl Refusal for SearchError {
    fn code(&self) -> &'static str {
        match self {
            Self::TextTooLong { .. } => "search_text_too_long",
            Self::PageTooLarge { .. } => "page_too_large",
            Self::PageTooDeep { .. } => "page_too_deep",
            Self::TooManyFilters => "too_many_filters",
            Self::PriceRange => "price_range",
            Self::Port(port) => port.code(),
        }
    }

    fn kind(&self) -> FaultKind {
        match self {
            Self::Port(port) => port.kind(),
            _ => FaultKind::Invalid,
        }
    }
}
