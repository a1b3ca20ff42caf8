//! Orders that several consumers ask for are read and decoded once a round.

use crate::Consumer;
use async_trait::async_trait;
use parking_lot::Mutex;
use souk_kernel::{Answers, CheckoutId, ClaimKey, Event, OrderId, PortError, UserId};
use souk_orders::{
    Begin, BeginRefusal, Begun, CheckoutRecord, Claimed, Order, OrderSummary, Orders, Settle,
    SettleRefusal, StartCheckout, Started,
};
use std::collections::HashMap;
use std::sync::Arc;

/// Most orders that are kept; a round of the relay has fewer.
const LIMIT: usize = 4_096;

/// Orders as the consumers of one round of the relay see them.
///
/// It stands before every other consumer and forgets all when a round begins, so an order that it
/// answers with was read after the round's facts had happened: it is as new as each of them, and may
/// lack what happened since, of which a later fact tells. That is enough for whoever describes an order
/// (mails, invoices, books); who *decides* by an order's state reads the store.
pub struct ReadOnce {
    store: Arc<dyn Orders>,
    read: Mutex<HashMap<OrderId, Order>>,
}

impl ReadOnce {
    /// Over a store.
    #[must_use]
    pub fn new(store: Arc<dyn Orders>) -> Self {
        Self { store, read: Mutex::default() }
    }
}

#[async_trait]
impl Consumer for ReadOnce {
    fn name(&self) -> &'static str {
        "read once"
    }

    async fn take(&self, facts: &[Event]) -> Answers<(), PortError> {
        self.read.lock().clear();
        vec![Ok(()); facts.len()]
    }
}

#[async_trait]
impl Orders for ReadOnce {
    async fn begin(&self, batch: Vec<Begin>) -> Answers<Begun, BeginRefusal> {
        self.store.begin(batch).await
    }

    async fn settle(&self, batch: Vec<Settle>) -> Answers<u64, SettleRefusal> {
        self.store.settle(batch).await
    }

    async fn start(&self, batch: Vec<StartCheckout>) -> Answers<Started, BeginRefusal> {
        self.store.start(batch).await
    }

    async fn order(&self, id: OrderId) -> Result<Option<Order>, PortError> {
        Ok(self.orders(&[id]).await?.pop().flatten())
    }

    async fn orders(&self, ids: &[OrderId]) -> Result<Vec<Option<Order>>, PortError> {
        let mut found: Vec<Option<Order>> = {
            let read = self.read.lock();
            ids.iter().map(|id| read.get(id).cloned()).collect()
        };
        let places: Vec<usize> = (0..ids.len()).filter(|at| found[*at].is_none()).collect();
        if places.is_empty() {
            return Ok(found);
        }
        let missing: Vec<OrderId> = places.iter().map(|at| ids[*at]).collect();
        let orders = self.store.orders(&missing).await?;
        let mut read = self.read.lock();
        for (at, order) in places.into_iter().zip(orders) {
            if let Some(order) = order.as_ref().filter(|_| read.len() < LIMIT) {
                read.insert(order.id, order.clone());
            }
            found[at] = order;
        }
        Ok(found)
    }

    async fn order_by_key(&self, key: i64) -> Result<Option<Order>, PortError> {
        self.store.order_by_key(key).await
    }

    async fn checkout(&self, id: CheckoutId) -> Result<Option<CheckoutRecord>, PortError> {
        self.store.checkout(id).await
    }

    async fn live_order(&self, checkout: CheckoutId) -> Result<Option<OrderId>, PortError> {
        self.store.live_order(checkout).await
    }

    async fn claimed(&self, key: &ClaimKey) -> Result<Option<Claimed>, PortError> {
        self.store.claimed(key).await
    }

    async fn due(&self, limit: usize) -> Result<Vec<OrderId>, PortError> {
        self.store.due(limit).await
    }

    async fn of_user(
        &self,
        user: UserId,
        before: Option<OrderId>,
        limit: usize,
    ) -> Result<Vec<OrderSummary>, PortError> {
        self.store.of_user(user, before, limit).await
    }

    async fn list(&self, orders: Vec<OrderId>) -> Result<(), PortError> {
        self.store.list(orders).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use souk_kernel::Timestamp;
    use souk_orders::contract::samples;
    use std::sync::atomic::{AtomicU64, Ordering};

    fn order(id: OrderId, version: u64) -> Order {
        Order {
            id,
            version,
            ..samples::confirmed(samples::quote(&[samples::line()], Timestamp(0)))
        }
    }

    /// Of which each reading is a newer version; the order of zeros is not there.
    fn counting() -> impl Orders {
        let reads = AtomicU64::new(0);
        samples::Readable(move |id| {
            let version = reads.fetch_add(1, Ordering::Relaxed) + 1;
            (id != OrderId::from_bytes([0; 16])).then(|| order(id, version))
        })
    }

    fn versions(found: &[Option<Order>]) -> Vec<Option<u64>> {
        found.iter().map(|order| order.as_ref().map(|order| order.version)).collect()
    }

    #[tokio::test]
    async fn an_order_is_read_once_a_round_and_anew_in_the_next() {
        let once = ReadOnce::new(Arc::new(counting()));
        let [nobody, a, b] = [0, 1, 2].map(|n| OrderId::from_bytes([n; 16]));
        assert_eq!(versions(&once.orders(&[a, nobody]).await.unwrap()), [Some(1), None]);
        // What could not be read is asked for again, what could is not; each stays in its place.
        let again = once.orders(&[nobody, b, a]).await.unwrap();
        assert_eq!(versions(&again), [None, Some(4), Some(1)]);
        assert_eq!(again[1].as_ref().map(|order| order.id), Some(b));
        once.take(&[]).await;
        assert_eq!(versions(&[once.order(a).await.unwrap()]), [Some(5)]);
    }
}
