//! What a search engine must do.

use crate::behaviour::{Interest, Seen, Tally};
use crate::model::{CategoryCount, Document, Query, Results, Signals};
use crate::rules::synonyms::Synonym;
use async_trait::async_trait;
use souk_kernel::{PortError, ProductId, Timestamp, UserId};

/// A product index. Every adapter passes [`contract`](crate::contract).
///
/// Searches do a millisecond of work on the caller's thread and wait for nothing. Writes may block
/// for a disk: call them from background work.
#[async_trait]
pub trait Index: Send + Sync {
    /// Adds products, replacing earlier documents of the same ones; the last of a batch wins.
    /// Found after the next [`Index::refresh`]. A replaced product keeps its popularity.
    async fn upsert(&self, documents: Vec<Document>) -> Result<(), PortError>;

    /// Takes products out; unknown ones are no error. Gone after the next [`Index::refresh`].
    async fn remove(&self, products: Vec<ProductId>) -> Result<(), PortError>;

    /// Sets what changes all day, visible to the next search; products that can't be found yet are
    /// passed over. Not durable: after a start the owner of the facts sends them again.
    async fn set_signals(&self, signals: Vec<(ProductId, Signals)>) -> Result<(), PortError>;

    /// Makes every earlier write findable, and durable where the engine has a disk.
    async fn refresh(&self) -> Result<(), PortError>;

    /// Takes everything out at once, for a rebuild. Gone after the next [`Index::refresh`].
    async fn clear(&self) -> Result<(), PortError>;

    /// Searches. Never fails for what the text says; limits are applied as
    /// [`rules::clamp`](crate::rules::clamp) does.
    async fn search(&self, query: &Query) -> Result<Results, PortError>;

    /// Up to [`rules::MAX_SUGGESTIONS`](crate::rules::MAX_SUGGESTIONS) ways to complete the last
    /// word of what is being typed, most frequent first; each is found by some product.
    async fn suggest(&self, prefix: &str) -> Result<Vec<String>, PortError>;

    /// Up to [`rules::MAX_SUGGESTIONS`](crate::rules::MAX_SUGGESTIONS) categories that have
    /// products and whose own name has every word of `prefix`, the last one perhaps only begun;
    /// those with most products first.
    async fn categories(&self, prefix: &str) -> Result<Vec<CategoryCount>, PortError>;

    /// How many products can be found.
    async fn count(&self) -> Result<u64, PortError>;
}

/// Where shoppers' acts are kept. Everything here ranks and suggests; nothing is counted as money is,
/// so a call told twice after a crash may count twice.
#[async_trait]
pub trait Behaviour: Send + Sync {
    /// Adds acts, in their order, and searches that found something. Of one shopper the last
    /// [`KEPT_INTERESTS`](crate::behaviour::KEPT_INTERESTS) products are kept; new searches beyond
    /// [`KEPT_SEARCHES`](crate::behaviour::KEPT_SEARCHES) are not.
    async fn record(
        &self,
        seen: Vec<Seen>,
        searches: Vec<String>,
        now: Timestamp,
    ) -> Result<(), PortError>;

    /// The last act on each of the shopper's last products, newest first. A look after a purchase
    /// leaves it a purchase.
    async fn recent(&self, user: UserId) -> Result<Vec<Interest>, PortError>;

    /// Up to `limit` products with a history, after `after`, in the order of the store's own.
    async fn tallies(
        &self,
        after: Option<ProductId>,
        limit: usize,
    ) -> Result<Vec<Tally>, PortError>;

    /// Looks and orders over all products.
    async fn totals(&self) -> Result<(u64, u64), PortError>;

    /// Up to `limit` searches that begin with `prefix` (folded) and were asked
    /// [`SUGGESTED_AFTER`](crate::behaviour::SUGGESTED_AFTER) times, most frequent first.
    async fn searches(&self, prefix: &str, limit: usize) -> Result<Vec<String>, PortError>;

    /// Halves every count when [`FADES_AFTER_MS`](crate::behaviour::FADES_AFTER_MS) have passed
    /// since the last time, or since the first call; what came to nothing goes.
    async fn fade(&self, now: Timestamp) -> Result<(), PortError>;

    /// Takes out what is known of a shopper; the products' sums stay.
    async fn forget(&self, user: UserId) -> Result<(), PortError>;
}

/// Where the shop's own words are kept.
#[async_trait]
pub trait Words: Send + Sync {
    /// The shop's own synonyms, by word, at most [`MOST`](crate::rules::synonyms::MOST).
    async fn synonyms(&self) -> Result<Vec<Synonym>, PortError>;
}
