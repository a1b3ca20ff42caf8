//! Invoices in memory: the executable specification of the port.

use async_trait::async_trait;
use parking_lot::Mutex;
use souk_invoices::{Document, Draft, Invoices, Issue, IssueRefusal};
use souk_kernel::{Answers, Clock, OrderId, PortError, SellerId, Timestamp};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Documents by seller, each at the place of its number.
type Rows = BTreeMap<SellerId, Vec<Document>>;

/// The store of invoices.
pub struct MemoryInvoices {
    clock: Arc<dyn Clock>,
    rows: Mutex<Rows>,
}

impl MemoryInvoices {
    /// An empty one.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, rows: Mutex::default() }
    }
}

fn of_order(rows: &Rows, order: OrderId) -> Vec<Document> {
    rows.values().flatten().filter(|document| document.draft.order == order).cloned().collect()
}

fn issue(rows: &mut Rows, issue: Issue, now: Timestamp) -> Result<Vec<Document>, IssueRefusal> {
    let all = of_order(rows, issue.order);
    let before: Vec<Document> =
        all.iter().filter(|document| document.draft.source == issue.source).cloned().collect();
    if !before.is_empty() {
        return Ok(before);
    }
    if all.len() != issue.seen {
        return Err(IssueRefusal::Stale);
    }
    let keep = |draft: Draft| {
        let series = rows.entry(draft.seller).or_default();
        let document = Document { number: series.len() as u64 + 1, issued_at: now, draft };
        series.push(document.clone());
        document
    };
    Ok(issue.drafts.into_iter().map(keep).collect())
}

#[async_trait]
impl Invoices for MemoryInvoices {
    async fn issue(&self, batch: Vec<Issue>) -> Answers<Vec<Document>, IssueRefusal> {
        let now = self.clock.now();
        let mut rows = self.rows.lock();
        batch.into_iter().map(|one| issue(&mut rows, one, now)).collect()
    }

    async fn of_order(&self, order: OrderId) -> Result<Vec<Document>, PortError> {
        Ok(of_order(&self.rows.lock(), order))
    }

    async fn of_seller(
        &self,
        seller: SellerId,
        after: u64,
        limit: usize,
    ) -> Result<Vec<Document>, PortError> {
        let rows = self.rows.lock();
        let later = rows.get(&seller).into_iter().flatten().filter(|d| d.number > after);
        Ok(later.take(limit).cloned().collect())
    }
}
