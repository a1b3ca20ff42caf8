//! Invoices and credit notes: what each seller writes to the shopper about an order.
//!
//! This room promises:
//! - The numbers of a seller's documents are 1, 2, 3, … without a gap, in the order in which they were
//!   issued; a number is given in the commit that issues its document, and no document is ever changed or
//!   removed.
//! - One order has one invoice of each of its sellers; together they are what was charged, to the minor
//!   unit.
//! - One refund has one credit note of each seller that it touches; what is credited is never more than
//!   what was invoiced. The money of a return is credited on the lines that came back: to who sold them, at
//!   the rate at which they were taxed; all pieces of a line together are credited what was invoiced for it.
//! - Documents hold no personal data: addresses stay with the order, and go when the person does.
//!
//! It listens to facts and publishes none.

#[cfg(feature = "contract")]
pub mod contract;
mod error;
mod model;
mod port;
pub mod rules;
mod service;
#[cfg(test)]
mod tests;

pub use error::IssueRefusal;
pub use model::{Back, Content, Document, Draft, Kind, Line, NotASource, RateSum, Source, label};
pub use port::{Invoices, Issue};
pub use service::InvoiceService;
