//! What will be charged: tax by destination and class, shipping quotes, totals.
//!
//! This room promises that a [`Quote`] is a pure function of its inputs, that its parts add up to
//! its total to the minor unit, and that a stored quote reads back as it was ([`model`] owns the
//! wire form, because orders freeze quotes). It uses integers only and does no I/O; the shop's
//! rates are plain configuration ([`Pricing`]).

mod day;
mod defaults;
mod error;
pub mod model;
pub mod rules;
mod service;
mod tables;
mod wire;

pub use day::Day;
pub use error::PricingError;
pub use model::{
    Country, Destination, NotACountry, PricedLine, Quote, QuoteLine, ShippingMethod, TaxClass,
};
pub use rules::{MAX_AMOUNT, MAX_LINES, MAX_QUANTITY, quote};
pub use service::Pricing;
pub use tables::{ShippingRate, ShippingTable, TaxRule, TaxTable};
