//! What goes on without a shopper waiting: facts in, use cases out.
//!
//! - [`Relay`] hands each fact of the outbox to every [`Consumer`], in order per aggregate, at least
//!   once. A consumer that fails is asked again, later and later; one that keeps failing parks that
//!   aggregate only.
//! - [`every`] runs a use case on a timetable: recovery, sweeps, refunds left unanswered.

mod consumers;
mod relay;
mod timetable;

pub use consumers::{Lister, MoneyMover};
pub use relay::{Consumer, Relay, RelaySettings};
pub use timetable::{every, every_and_when};
