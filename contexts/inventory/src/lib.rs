//! Stock: what is on the shelf, what is promised, and to whom.
//!
//! This room promises `no-oversell` and `released-once`: per SKU and warehouse, on hand = available +
//! held + committed, no term is ever negative, and every hold ends exactly once. It knows no price, no
//! payment and no order; a hold belongs to a *checkout*.
//!
//! Stock is an append-only ledger ([`Entry`]); [`Level`]s are counters that the ledger can rebuild.

#[cfg(feature = "contract")]
pub mod contract;
mod error;
mod model;
mod port;
pub mod rules;
#[cfg(test)]
mod tests;

pub use error::{OutOfStock, StockRefusal};
pub use model::{Allocation, Entry, EntryKind, Hold, HoldState, Level, Want, WarehouseLevel};
pub use port::{ParcelStock, PinHold, Stock, StockAnswer, StockIntent, TakeHold, available};
