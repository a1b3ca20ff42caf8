//! The catalogue's decisions: what a right listing is, and what a put changes. Pure.

mod arrange;
mod check;
mod gtin;
mod merge;
mod names;
mod price;
mod tree;

pub use arrange::{Sibling, arrange, as_shown, place_of};
pub use check::check;
pub use gtin::is_gtin;
pub use merge::{Known, Merged, as_seen, merge, unmerged_stale};
pub use names::{attribute_label, attribute_name, department_bucket, is_photo, photo_name, slug};
pub use price::{Repriced, reprice};
pub use tree::{Category, category_tree};

#[cfg(test)]
mod tests;
