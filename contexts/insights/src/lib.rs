//! What shoppers looked at, what is bought together, what is popular, what has become cheaper.
//!
//! This room promises:
//! - A shopper's trail holds the products that they looked at last, each once, at most
//!   [`rules::TRAIL`]. It belongs to them: nobody else is shown it, and it can be forgotten.
//! - An order counts once, however often its fact is told. What is bought together is counted for each
//!   product with at most [`rules::PAIRS`] others.
//! - What is popular fades by itself: [`rules::HALF_LIFE_MS`] after it, an act counts half.
//! - A deal's old price is the lowest one that the offer had in the [`rules::WINDOW_MS`] before it
//!   became cheaper. Raising a price first makes no deal.
//!
//! It holds no names and no addresses. How often a look becomes an order is search's business.

pub mod demo;
pub mod model;
pub mod port;
pub mod rules;

mod service;

#[cfg(feature = "contract")]
pub mod contract;

pub use model::{
    Companion, Deal, History, Look, Pair, PriceMove, Purchase, Step, Together, Viewed,
};
pub use port::Insights;
pub use service::InsightsService;
