//! The use cases of invoicing. Each may run again from any point, by anybody, and at the same time as
//! another.

use crate::rules::{credits, invoices, is_sold, told_apart};
use crate::{Back, Document, Invoices, Issue, IssueRefusal, Kind, Source};
use souk_kernel::{Answers, OrderId, PortError, RefundId};
use souk_orders::{OrderState, Orders};
use std::sync::Arc;

/// Tries of a credit note that loses to others, before it gives up.
const TRIES: usize = 5;

/// Issues documents and reads them.
#[derive(Clone)]
pub struct InvoiceService {
    store: Arc<dyn Invoices>,
    orders: Arc<dyn Orders>,
    /// Orders as they stand now: what decides.
    truth: Arc<dyn Orders>,
}

impl InvoiceService {
    /// Over a store, and the orders that documents are about.
    #[must_use]
    pub fn new(store: Arc<dyn Invoices>, orders: Arc<dyn Orders>) -> Self {
        Self { store, truth: Arc::clone(&orders), orders }
    }

    /// The same, describing orders as they are read there.
    #[must_use]
    pub fn reading(&self, orders: Arc<dyn Orders>) -> Self {
        Self { orders, ..self.clone() }
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
        back: &Back,
    ) -> Result<(), PortError> {
        // Facts of an order and of its payment come in any order.
        if self.store.of_order(order).await?.is_empty() {
            souk_kernel::one(self.issue(&[order]).await)?;
            // The cancellation may have been heard since the order was read, and found nothing to credit.
            let now = self.truth.order(order).await?;
            if now.is_some_and(|order| order.state == OrderState::Cancelled) {
                return self.cancelled(order).await;
            }
        }
        self.credit(order, Source::Refund(refund), Some(back)).await
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
        back: Option<&Back>,
    ) -> Result<(), PortError> {
        for _ in 0..TRIES {
            let all = self.store.of_order(order).await?;
            if all.iter().any(|document| document.draft.source == source) {
                return Ok(());
            }
            let seen = all.len();
            let all = self.told_apart(all, back).await?;
            let drafts = credits(&all, source, back);
            if drafts.is_empty() {
                return Ok(());
            }
            let issue = Issue { order, source, drafts, seen };
            match souk_kernel::one(self.store.issue(vec![issue]).await) {
                Ok(_) => return Ok(()),
                Err(IssueRefusal::Stale) => {}
                Err(IssueRefusal::Port(error)) => return Err(error),
            }
        }
        Err(PortError::Conflict("documents of this order keep being issued".into()))
    }

    /// The documents with what a return has to find in them: invoices of old do not say which goods they
    /// are over, their order does.
    async fn told_apart(
        &self,
        all: Vec<Document>,
        back: Option<&Back>,
    ) -> Result<Vec<Document>, PortError> {
        let says_nothing = |document: &Document| {
            let content = &document.draft.content;
            content.kind == Kind::Invoice && content.lines.iter().all(|line| line.sku.is_none())
        };
        let is_of_goods = back.is_some_and(|back| !back.goods.is_empty());
        let Some(old) = all.iter().find(|one| says_nothing(one)).filter(|_| is_of_goods) else {
            return Ok(all);
        };
        let order = self.orders.order(old.draft.order).await?;
        let unread = || PortError::Unavailable("the order can't be read yet".into());
        Ok(told_apart(all, &order.ok_or_else(unread)?))
    }
}
