//! The decisions of search, pure: what a word is, what a text asks for, what counts how much, which
//! counts are shown, which limits hold.

pub mod analysis;
pub mod demand;
pub mod facets;
pub mod fold;
pub mod kind;
pub mod limits;
pub mod plan;
pub mod ranking;
pub mod spelling;
pub mod suggest;
pub mod synonyms;
pub mod taste;
pub mod tokens;

pub use limits::{
    DEFAULT_PER_PAGE, MAX_ATTRIBUTE_FILTERS, MAX_ATTRIBUTE_VALUES, MAX_PER_PAGE, MAX_RANKED,
    MAX_SUGGEST_BYTES, MAX_SUGGESTIONS, MAX_TEXT_CHARS, Window, check, clamp,
};
pub use tokens::says_nothing;
