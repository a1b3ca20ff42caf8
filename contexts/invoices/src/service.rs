//! The use cases of invoicing. Each may run again from any point, by anybody, and at the same time as
//! another.

use crate::rules::{credits, invoices, is_sold};
use crate::{Document, Invoices, Issue, IssueRefusal, Source};
use souk_kernel::{Answers, Money, OrderId, PortError, RefundId};
use souk_orders::Orders;
use std::sync::Arc;

/// Tries of a credit note that loses to others, before it gives up.
const TRIES: usize = 5;

/// Issues documents and reads them.
#[derive(Clone)]
pub struct InvoiceService {
    store: Arc<dyn Invoices>,
    orders: Arc<dyn Orders>,
}

impl InvoiceService {
    /// Over a store, and the orders that documents are about.
    #[must_use]
    pub fn new(store: Arc<dyn Invoices>, orders: Arc<dyn Orders>) -> Self {
        Self { store, orders }
    }

    /// The documents of an order, oldest first. Whose order it is, the caller has looked at.
    ///
    /// # Errors
    /// The store's.
    pub async fn of_order(&self, order: OrderId) -> Result<Vec<Document>, PortError> {
        let mut all = self.store.of_order(order).await?;
        all.sort_by_key(|document| (document.issued_at, document.draft.seller, document.number));
        Ok(all)
    }

    /// Issues the invoices of orders that were confirmed, one answer each, in order. Repeating it issues
    /// nothing; an order that was cancelled meanwhile gets none. One write, however many orders.
    pub async fn issue(&self, orders: &[OrderId]) -> Answers<(), PortError> {
        let mut answers = vec![Ok(()); orders.len()];
        if orders.is_empty() {
            return answers;
        }
        let found = match self.orders.orders(orders).await {
            Ok(found) => found,
            Err(error) => return vec![Err(error); orders.len()],
        };
        let (mut places, mut batch) = (Vec::new(), Vec::new());
        for (place, order) in found.into_iter().enumerate() {
            let Some(order) = order else {
                answers[place] = Err(PortError::Unavailable("the order can't be read yet".into()));
                continue;
            };
            if is_sold(&order) {
                places.push(place);
                let (drafts, order) = (invoices(&order), order.id);
                batch.push(Issue { order, source: Source::Order, drafts, seen: 0 });
            }
        }
        if batch.is_empty() {
            return answers;
        }
        for (place, issued) in places.into_iter().zip(self.store.issue(batch).await) {
            match issued {
                Ok(_) => {}
                Err(IssueRefusal::Port(error)) => answers[place] = Err(error),
                // Only an invoice comes before a credit note, and it was answered if it is there.
                Err(stale @ IssueRefusal::Stale) => {
                    answers[place] = Err(PortError::Conflict(stale.to_string()));
                }
            }
        }
        answers
    }

    /// Money of an order went back: its credit notes. Repeating it issues nothing.
    ///
    /// # Errors
    /// The store's.
    pub async fn refunded(
        &self,
        order: OrderId,
        refund: RefundId,
        amount: Money,
    ) -> Result<(), PortError> {
        // Facts of an order and of its payment come in any order.
        souk_kernel::one(self.issue(&[order]).await)?;
        self.credit(order, Source::Refund(refund), Some(amount)).await
    }

    /// An order was cancelled: whatever of its invoices still counts does not any more.
    ///
    /// # Errors
    /// The store's.
    pub async fn cancelled(&self, order: OrderId) -> Result<(), PortError> {
        self.credit(order, Source::Cancelled, None).await
    }

    async fn credit(
        &self,
        order: OrderId,
        source: Source,
        amount: Option<Money>,
    ) -> Result<(), PortError> {
        for _ in 0..TRIES {
            let all = self.store.of_order(order).await?;
            if all.iter().any(|document| document.draft.source == source) {
                return Ok(());
            }
            let drafts = credits(&all, source, amount);
            if drafts.is_empty() {
                return Ok(());
            }
            let issue = Issue { order, source, drafts, seen: all.len() };
            match souk_kernel::one(self.store.issue(vec![issue]).await) {
                Ok(_) => return Ok(()),
                Err(IssueRefusal::Stale) => {}
                Err(IssueRefusal::Port(error)) => return Err(error),
            }
        }
        Err(PortError::Conflict("documents of this order keep being issued".into()))
    }
}
