//! What a search engine must do.

use crate::model::{Document, Query, Results, Signals};
use async_trait::async_trait;
use souk_kernel::{PortError, ProductId};

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

    /// How many products can be found.
    async fn count(&self) -> Result<u64, PortError>;
}
