//! The embedded relational store: one file, one writer thread with group commit, many readers.
//!
//! Rows of the purchase lie in time order, so that a store with a million orders is as fast as an
//! empty one. Each module holds one context's port; the SQL of a context is in its module only.

mod checkpoint;
mod claims;
mod levels;
mod migrations;
mod pressure;
mod statements;
mod store;
mod tx;
mod writer;

pub mod accounts;
pub mod behaviour;
pub mod cart;
pub mod catalog;
pub mod fulfillment;
pub mod inbox;
pub mod insights;
pub mod inventory;
pub mod invoices;
pub mod lists;
pub mod notifications;
pub mod orders;
pub mod outbox;
pub mod payments;
pub mod reviews;
pub mod saved;
pub mod sellers;
pub mod staff;
// Other contexts' modules, each in its own file: accounts, cart, catalog, notifications.

pub use pressure::Pressure;
pub use store::{Options, Priority, Store, Synchronous, WriterStats};
pub use tx::Tx;
