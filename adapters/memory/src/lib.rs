//! Every port in memory: the executable specification, co-located and split.

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
pub mod pictures;
pub mod reviews;
pub mod saved;
pub mod search;
pub mod sellers;
pub mod staff;
