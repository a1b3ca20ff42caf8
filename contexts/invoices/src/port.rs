//! What this room needs from a store.

use crate::{Document, Draft, IssueRefusal, Source};
use async_trait::async_trait;
use souk_kernel::{Answers, OrderId, PortError, SellerId};

/// Issues what one order and source ask for, all of it or none: gives each document its seller's next
/// number and keeps it, in one step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issue {
    /// About which order.
    pub order: OrderId,
    /// What for.
    pub source: Source,
    /// A document of each seller; every one is about that order and source.
    pub drafts: Vec<Draft>,
    /// How many documents of the order they were computed from.
    pub seen: usize,
}

/// The store of documents.
///
/// # Guarantees
/// - Each intent is atomic and durable before it is answered. Intents of a batch are independent and
///   apply in order.
/// - A seller's numbers are 1, 2, 3, …: one that was given was given in the commit that keeps its
///   document. A refusal or a failure gives none.
/// - Where an order's documents of a source are there already, they are the answer, whatever the drafts
///   say; otherwise the intent is refused unless the order has exactly `seen` documents.
/// - Documents are never changed and never go.
#[async_trait]
pub trait Invoices: Send + Sync {
    /// Issues documents; the answer is what is kept of each intent.
    async fn issue(&self, batch: Vec<Issue>) -> Answers<Vec<Document>, IssueRefusal>;

    /// The documents of an order, by seller and number.
    async fn of_order(&self, order: OrderId) -> Result<Vec<Document>, PortError>;

    /// A seller's documents with a number higher than `after`, at most `limit`, by number.
    async fn of_seller(
        &self,
        seller: SellerId,
        after: u64,
        limit: usize,
    ) -> Result<Vec<Document>, PortError>;
}
