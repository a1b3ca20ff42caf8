//! Turns concurrent callers of a port into batches.
//!
//! [`Batched`] implements the port that it wraps. Callers' intents gather while a batch is under way
//! and go together in the next one: under load a batch is as large as what arrives during one commit,
//! and without load nobody waits. This room promises:
//! - each caller gets its own answers, in order; its intents stay together in one batch;
//! - intents reach the port once, in order of arrival (batches under way at the same time excepted);
//! - nobody waits for ever: an inner port that panics, or a task that dies, answers
//!   [`PortError::Timeout`](souk_kernel::PortError::Timeout) (it may or may not have been done), a full
//!   queue answers [`PortError::Unavailable`](souk_kernel::PortError::Unavailable) at once;
//! - a caller that goes away takes nothing back: what it queued is done.

mod lane;
mod ports;
mod queue;

pub use lane::{Batching, Linger};
pub use ports::{Batchable, Batched};
