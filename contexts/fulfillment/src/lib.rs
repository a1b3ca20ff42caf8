//! Fulfillment: parcels, their way to the shopper, and what comes back.
//!
//! # What this room promises
//! - A confirmed order becomes one parcel per seller and warehouse of its allocation, once; together
//!   they hold exactly what was bought.
//! - A parcel moves along its drawn edges only, by itself or by hand, and each step is recorded with its time and never
//!   changed ([`Scan`]). Its pieces leave the shelf in the step that has it picked up: from then on its
//!   order can't be cancelled, and a parcel of a cancelled order can't be picked up, whoever was first.
//! - At another speed of the carrier every parcel that is under way gets another time: what waited at
//!   speed 0 goes on, and what had its time waits.
//! - What a shopper sends back is a return for each seller whose goods these are: each looks at their own.
//! - What comes back never exceeds what arrived, however many ask at once; it goes back on the shelf
//!   once, and its money back once, to the minor unit: all pieces of a line together are refunded
//!   exactly what was paid for the line.
//!
//! # How
//! All parcels and returns of one order are one [`Fulfillment`] with a version. A use case reads it,
//! lets [`rules`] change a [`Draft`] of it, and commits with one conditional [`Step`]; who loses reads
//! again. Orders, stock and money are other rooms': their part of a step is either in it (stock) or
//! follows from its facts and may be repeated (the order's state, the refund).

#[cfg(feature = "contract")]
pub mod contract;
mod error;
pub mod event;
mod model;
mod port;
pub mod rules;
mod service;
#[cfg(test)]
mod tests;

pub use error::{FulfillmentRefusal, StepRefusal};
pub use model::{
    Fulfillment, FulfillmentStatus, Origin, Parcel, ParcelId, ParcelLine, ParcelStage, ParcelState,
    Progress, RefundPlan, Return, ReturnId, ReturnLine, ReturnReason, ReturnState, ReturnStep,
    Scan, noun,
};
pub use port::{Fulfillments, Open, Step};
pub use rules::{Dispatch, Draft, Pace, ParcelMove, ReturnRequest, Verdict};
pub use service::{FulfillmentParts, FulfillmentService, Handled};
