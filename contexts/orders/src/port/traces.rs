//! What orders keep of a person, and taking it out.

use async_trait::async_trait;
use souk_kernel::{OrderId, PortError, UserId};

/// A shopper's traces in orders and checkouts. The list of a shopper's orders is fed by facts and may
/// lag: what these can't see yet, they see when asked again.
#[async_trait]
pub trait OrderTraces: Send + Sync {
    /// A shopper's orders that are under way, the oldest first, at most `limit`: neither delivered nor
    /// failed nor cancelled.
    async fn under_way(&self, user: UserId, limit: usize) -> Result<Vec<OrderId>, PortError>;

    /// Takes the address, the name and the email address out of a shopper's orders that have ended, and
    /// of all their checkouts; and the gateway's token out of those orders' payments: money is sent back by
    /// the payment's name at the gateway, the token is for taking it alone. Lines, sums, states and moves stay. `over`: further orders of the shopper's
    /// that wait for nothing, whatever their state says, because every parcel came back. Safe to repeat.
    async fn forget_shopper(&self, user: UserId, over: &[OrderId]) -> Result<(), PortError>;
}
