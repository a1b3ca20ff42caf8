//! What staff look at that is asked for without its shard key: read only, for people. It may scan what
//! a shopper's request must not.

use crate::{Figures, FindOrders, Low, Moment};
use async_trait::async_trait;
use souk_kernel::{OrderId, PortError, Timestamp};
use souk_orders::Order;

/// The desk.
#[async_trait]
pub trait Desk: Send + Sync {
    /// Orders, the newest first.
    ///
    /// # Errors
    /// The store's.
    async fn find_orders(&self, find: &FindOrders) -> Result<Vec<OrderId>, PortError>;

    /// What the store wrote of an order beside the order itself: claims of keys, lines of the stock and
    /// money ledgers, the gateway's messages, facts that wait, lines of the audit. In no order.
    ///
    /// # Errors
    /// The store's.
    async fn traces(&self, order: &Order) -> Result<Vec<Moment>, PortError>;

    /// Orders since then by hour and state, and what is under way.
    ///
    /// # Errors
    /// The store's.
    async fn figures(&self, since: Timestamp) -> Result<Figures, PortError>;

    /// SKUs of which at most `most` are left, the fewest first, at most `limit`. Counters may be half a
    /// second old.
    ///
    /// # Errors
    /// The store's.
    async fn low_stock(&self, most: i64, limit: usize) -> Result<Vec<Low>, PortError>;
}
