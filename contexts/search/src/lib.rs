//! Finding products: query language, facets, ranking policy.
//!
//! Promises: no text is refused for what it says, one odd word never empties a page, a facet counts
//! what choosing another of its values would give, and a misspelt word is corrected only when no
//! product has it. Everything an index holds is derived and can be rebuilt.
//!
//! An engine's adapter only stores, looks up and adds: what a word is, what counts how much and
//! what a better spelling is are decided here, in [`rules`].

#[cfg(feature = "contract")]
pub mod contract;
pub mod error;
pub mod model;
pub mod port;
pub mod rules;
pub mod service;

pub use error::SearchError;
pub use model::behaviour::{self, Act, Interest, Seen};
pub use model::{
    AttributeCounts, CategoryCount, Count, Demand, Document, Facets, Filters, Hit, PriceCount,
    Query, RatingCount, Results, Signals, Sort, Suggestions, Taste, WayOn,
};
pub use port::{Behaviour, Index, Words};
pub use rules::synonyms::{Synonym, Synonyms};
pub use service::Search;
pub use service::related::Like;
pub use service::watch::Watch;
