//! The inbox: where gateways' messages are kept before they are answered.

use crate::{Backlog, Message, MessageNo, Waiting, Worked};
use async_trait::async_trait;
use souk_kernel::{Answers, PortError, Timestamp};

/// The store of gateways' messages.
///
/// # Guarantees
/// - A message is kept once per provider and event id, in one batch too, and is durable before it is
///   answered.
/// - One that is not done stays, however long; only done ones are ever pruned.
#[async_trait]
pub trait Inbox: Send + Sync {
    /// Keeps messages, to be worked at once: `true` if it is new, `false` if the provider's event is
    /// there already, whatever became of it.
    async fn keep(&self, messages: Vec<Message>) -> Answers<bool, PortError>;

    /// Messages whose next try is due, longest due first, at most `limit`.
    async fn due(&self, now: Timestamp, limit: usize) -> Result<Vec<Waiting>, PortError>;

    /// Records tries. What is done or parked, or was tried by somebody else meanwhile, stays as it is.
    async fn worked(&self, tries: Vec<Worked>, now: Timestamp) -> Result<(), PortError>;

    /// Lets a parked message be tried again, from the first try on; whether it was parked.
    async fn unpark(&self, no: MessageNo, now: Timestamp) -> Result<bool, PortError>;

    /// Forgets messages that were done before `before`, at most `limit`; says how many.
    async fn prune(&self, before: Timestamp, limit: usize) -> Result<usize, PortError>;

    /// How much is not done.
    async fn backlog(&self, now: Timestamp) -> Result<Backlog, PortError>;
}
