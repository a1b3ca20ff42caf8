//! What orders keep of a person, and taking it out.

use async_trait::async_trait;
use souk_kernel::{PortError, UserId};

/// A shopper's traces in orders and checkouts. The list of a shopper's orders is fed by facts and may
/// lag: what these can't see yet, they see when asked again.
#[async_trait]
pub trait OrderTraces: Send + Sync {
    /// How many of a shopper's orders are under way: neither delivered nor failed nor cancelled.
    async fn under_way(&self, user: UserId) -> Result<usize, PortError>;

    /// Takes the address, the name and the email address out of a shopper's orders that have ended, and
    /// of all their checkouts. Lines, sums, states and moves stay. Answers how many orders are under way
    /// and keep theirs. Safe to repeat.
    async fn forget_shopper(&self, user: UserId) -> Result<usize, PortError>;
}
