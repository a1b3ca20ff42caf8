//! What goes on without a shopper waiting: facts in, use cases out.
//!
//! - [`Relay`] hands each fact of the outbox to every [`Consumer`], in order per aggregate, at least
//!   once. A consumer that fails is asked again, later and later; one that keeps failing parks that
//!   aggregate only; [`after_outage`] lets it go on when somebody was just away. While shoppers keep the store busy it yields to them, for minutes, not for ever.
//! - [`every`] runs a use case on a timetable: recovery, sweeps, refunds left unanswered.

mod alerts;
mod bookkeeper;
mod consumers;
mod insights;
mod outage;
mod read_once;
mod relay;
mod returned;
mod timetable;

pub use alerts::AlertMailer;
pub use bookkeeper::Bookkeeper;
pub use consumers::{Biller, Lister, MoneyMover, Packer};
pub use insights::{Herald, Learner};
pub use outage::after_outage;
pub use read_once::ReadOnce;
pub use relay::{Busy, Consumer, Relay, RelaySettings};
pub use timetable::{every, every_and_when};
