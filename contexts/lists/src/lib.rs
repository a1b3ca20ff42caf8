//! Wishlists, and what shoppers want to be told of: back in stock, cheaper.
//!
//! This room promises:
//! - A wishlist holds an offer once, with the price that it had when it was wished for, and at most
//!   [`rules::MAX_WISHES`] offers. A guest's is kept for [`rules::GUEST_KEEP_MS`], an account's until
//!   it is emptied.
//! - Signing in brings a guest's wishes into the account's list once, however often it is repeated.
//! - An alert is told once for each fact: in one commit it is marked as told, and the fact is written
//!   that makes the mail. "Back in stock" ends with it; "cheaper" goes on below the price that was told.
//! - Alerts belong to accounts: whoever has no address can't be told.
//!
//! It tells [`event::CAME_BACK`] and [`event::PRICE_FELL`].

pub mod event;
pub mod model;
pub mod port;
pub mod rules;

mod error;
mod service;

#[cfg(feature = "contract")]
pub mod contract;

pub use error::ListError;
pub use model::{Adopted, Alert, AlertId, Awaited, Wish};
pub use port::{Lists, Put, Shelves};
pub use service::ListService;
