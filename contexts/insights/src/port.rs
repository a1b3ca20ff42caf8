//! What this room asks of its store.

use crate::{Deal, Look, PriceMove, Purchase, Together, Viewed};
use async_trait::async_trait;
use souk_kernel::{PortError, ProductId, Timestamp, UserId};

/// The store of insights. Reads are those of one moment each; writes are durable when they return.
#[async_trait]
pub trait Insights: Send + Sync {
    /// Notes looks, in order: on the trail of whoever looked, and as warmth of the product. A look
    /// that repeats one of the same shopper within [`crate::rules::AGAIN_MS`] warms nothing. A trail
    /// that grows too long loses what was looked at longest ago.
    async fn look(&self, looks: Vec<Look>) -> Result<(), PortError>;

    /// Somebody's trail, last look first, at most `limit`.
    async fn trail(&self, user: UserId, limit: usize) -> Result<Vec<Viewed>, PortError>;

    /// The trail of one shopper becomes part of another's: of a product that both looked at, the later
    /// look stays. Repeating it changes nothing.
    async fn adopt(&self, from: UserId, into: UserId) -> Result<(), PortError>;

    /// Takes a shopper's trail out; warmth and counts name nobody and stay.
    async fn forget(&self, user: UserId) -> Result<(), PortError>;

    /// Counts orders, each once: its products become warmer, and each of them is counted with each
    /// other one. A product that has too many others loses the one that it was ordered with least
    /// often, of those the one longest ago. Says how many orders are new.
    async fn count(&self, purchases: Vec<Purchase>) -> Result<usize, PortError>;

    /// What was counted of a product.
    async fn together(&self, product: ProductId) -> Result<Together, PortError>;

    /// The warmest products, warmest first, at most `limit`.
    async fn warmest(&self, limit: usize) -> Result<Vec<ProductId>, PortError>;

    /// Notes moves of prices, in order, each once: see [`crate::rules::moved`]. The deal of the offer
    /// is then what [`crate::rules::deal`] says.
    async fn price(&self, moves: Vec<PriceMove>) -> Result<(), PortError>;

    /// Deals that are news at `now`, those that save most first, at most `limit`.
    async fn deals(&self, now: Timestamp, limit: usize) -> Result<Vec<Deal>, PortError>;

    /// The deals of products that are news at `now`, one answer each, in order: of several offers the
    /// one that saves most.
    async fn deals_of(
        &self,
        products: &[ProductId],
        now: Timestamp,
    ) -> Result<Vec<Option<Deal>>, PortError>;

    /// Forgets what nobody is shown any more, at most `limit` rows of each kind: trails older than
    /// [`crate::rules::TRAIL_MS`], products that have gone cold, deals that are no news, the marks of
    /// orders counted longer ago than [`crate::rules::COUNTED_MS`]. Says whether there may be more.
    async fn prune(&self, now: Timestamp, limit: usize) -> Result<bool, PortError>;
}
