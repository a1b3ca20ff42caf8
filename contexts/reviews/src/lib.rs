//! What shoppers say of products.
//!
//! This room promises:
//! - An account has at most one review of a product, however often and from wherever it is sent.
//! - Stars, counts and histogram of a product are those of its published reviews, always: they change
//!   in the commit that changes a review.
//! - "Verified" means that the product was sent to the author, as the shop's own orders and parcels say:
//!   see [`Purchases`]. It is asked at each writing, and again whenever a parcel of theirs moves.
//! - A vote or a report counts once for an account, and nobody votes on their own review.
//! - A review that [`rules::HOLD_AFTER`] accounts reported waits for a moderator, unseen; one that was
//!   rejected and then edited waits too. What a moderator published, only new reporters can hold again.
//!   Neither other words nor writing anew sheds reports: see [`rules::is_in_question`].
//! - Only who has a verified email address reports: accounts alone cost nothing.
//! - Who goes takes their name from their reviews, and their id from votes and reports; these still count.
//! - Pages of reviews are keysets: nothing is shown twice because something was written meanwhile.
//!
//! It tells [`event::REVIEWS_CHANGED`] when a product's rating may differ.

pub mod demo;
pub mod event;
pub mod port;
pub mod rules;

mod error;
mod model;
mod service;

#[cfg(feature = "contract")]
pub mod contract;

pub use error::{DraftFault, ReviewRefusal};
pub use model::{
    Author, Draft, Mark, Marked, Review, ReviewId, Sorting, Spot, Standing, Stars, Summary, Verdict,
};
pub use port::{Change, Purchases, Reviews, Shelf};
pub use service::Service;
