//! The orders' own records, in a store of their own.

use super::OrderRows;
use crate::cart::MemoryCarts;
use crate::inventory::MemoryStock;
use crate::outbox::{OutboxRows, outbox_behind_lock};
use crate::payments::MemoryPayments;
use async_trait::async_trait;
use parking_lot::Mutex;
use souk_kernel::{CheckoutId, ClaimKey, Clock, OrderId, PortError, UserId};
use souk_orders::rules::{created, settled};
use souk_orders::split::{OrderRecords, SplitOrders, Unfinished};
use souk_orders::{
    Begin, BeginRefusal, Begun, CheckoutRecord, Claimed, Order, OrderSummary, Settle,
    SettleRefusal, StartCheckout, Started, Subject,
};
use std::sync::Arc;

#[derive(Debug, Clone, Default)]
struct Rows {
    orders: OrderRows,
    outbox: OutboxRows,
}

/// Orders' records and their facts: one lock, so that each method is atomic.
pub struct MemoryRecords {
    rows: Mutex<Rows>,
    clock: Arc<dyn Clock>,
}

impl MemoryRecords {
    /// An empty store that compares leases with `clock`.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { rows: Mutex::new(Rows::default()), clock }
    }

    /// A copy of every order, for checks.
    #[must_use]
    pub fn orders(&self) -> OrderRows {
        self.rows.lock().orders.clone()
    }
}

outbox_behind_lock!(MemoryRecords);

#[async_trait]
impl OrderRecords for MemoryRecords {
    async fn create(&self, begin: &Begin) -> Result<Begun, BeginRefusal> {
        let mut rows = self.rows.lock();
        if let Some(before) = rows.orders.may_begin(begin)? {
            return Ok(before);
        }
        if rows.orders.order(begin.order).is_some() {
            return Err(PortError::Conflict("the order exists".into()).into());
        }
        let order = created(begin);
        rows.orders.claim(&begin.claim.key, begin.claim.request, Subject::Order(order.id));
        rows.orders.put(order.clone());
        Ok(Begun::Fresh(Box::new(order)))
    }

    async fn step(&self, settle: Settle, frees_key: bool) -> Result<u64, SettleRefusal> {
        let mut rows = self.rows.lock();
        let order = rows.orders.order(settle.order).ok_or(SettleRefusal::Stale)?;
        let next = settled(order, &settle)?;
        if rows.orders.unfinished.contains_key(&settle.order) {
            let why = "an earlier step is unfinished";
            return Err(PortError::Unavailable(why.into()).into());
        }
        let (id, version) = (next.id, next.version);
        rows.orders.keep_checkout(&settle, &next);
        rows.orders.put(next);
        if frees_key {
            rows.orders.free_key_of(id);
        }
        let Settle { payment, stock, cart, events, .. } = settle;
        if payment.is_none() && stock.is_none() && cart.is_none() {
            events.into_iter().for_each(|event| rows.outbox.push(event));
        } else {
            let left = Unfinished { version, payment, stock, cart };
            rows.orders.unfinished.insert(id, (left, events));
        }
        Ok(version)
    }

    async fn unfinished(&self, order: OrderId) -> Result<Option<Unfinished>, PortError> {
        Ok(self.rows.lock().orders.unfinished.get(&order).map(|(left, _)| left.clone()))
    }

    async fn finished(&self, order: OrderId, version: u64) -> Result<(), PortError> {
        let mut rows = self.rows.lock();
        if rows.orders.unfinished.get(&order).is_some_and(|(left, _)| left.version == version) {
            let done = rows.orders.unfinished.remove(&order);
            let events = done.map(|(_, events)| events).unwrap_or_default();
            events.into_iter().for_each(|event| rows.outbox.push(event));
        }
        Ok(())
    }

    async fn all_unfinished(&self, limit: usize) -> Result<Vec<OrderId>, PortError> {
        Ok(self.rows.lock().orders.unfinished.keys().take(limit).copied().collect())
    }

    async fn start(&self, start: &StartCheckout) -> Result<Started, BeginRefusal> {
        let mut rows = self.rows.lock();
        if let Some(before) = rows.orders.may_start(start)? {
            return Ok(before);
        }
        let subject = Subject::Checkout(start.record.id);
        rows.orders.claim(&start.claim.key, start.claim.request, subject);
        rows.orders.put_checkout(start.record.clone());
        Ok(Started::Fresh)
    }

    async fn newest_checkout(&self, user: UserId) -> Result<Option<CheckoutId>, PortError> {
        Ok(self.rows.lock().orders.newest(user))
    }

    async fn claimed(&self, key: &ClaimKey) -> Result<Option<Claimed>, PortError> {
        Ok(self.rows.lock().orders.claimed(key))
    }

    async fn order(&self, id: OrderId) -> Result<Option<Order>, PortError> {
        Ok(self.rows.lock().orders.order(id).cloned())
    }

    async fn order_by_key(&self, key: i64) -> Result<Option<Order>, PortError> {
        Ok(self.rows.lock().orders.order_by_key(key).cloned())
    }

    async fn checkout(&self, id: CheckoutId) -> Result<Option<CheckoutRecord>, PortError> {
        Ok(self.rows.lock().orders.checkout(id).cloned())
    }

    async fn live_order(&self, checkout: CheckoutId) -> Result<Option<OrderId>, PortError> {
        Ok(self.rows.lock().orders.live(checkout))
    }

    async fn due(&self, limit: usize) -> Result<Vec<OrderId>, PortError> {
        let now = self.clock.now();
        Ok(self.rows.lock().orders.due(now, limit))
    }

    async fn of_user(
        &self,
        user: UserId,
        before: Option<OrderId>,
        limit: usize,
    ) -> Result<Vec<OrderSummary>, PortError> {
        Ok(self.rows.lock().orders.of_user(user, before, limit))
    }

    async fn list(&self, orders: Vec<OrderId>) -> Result<(), PortError> {
        self.rows.lock().orders.list(&orders);
        Ok(())
    }
}

/// The split mode put together: every port its own store. A test that wants faults between the stores
/// composes [`SplitOrders`] itself, of decorators around these.
#[derive(Clone)]
pub struct SplitShop {
    /// The orders' own records, and their facts.
    pub records: Arc<MemoryRecords>,
    /// Stock.
    pub stock: Arc<MemoryStock>,
    /// Payments.
    pub payments: Arc<MemoryPayments>,
    /// Carts.
    pub carts: Arc<MemoryCarts>,
    /// The purchase over all of them.
    pub orders: Arc<SplitOrders>,
}

impl SplitShop {
    /// Empty stores by one clock.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        let records = Arc::new(MemoryRecords::new(Arc::clone(&clock)));
        let stock = Arc::new(MemoryStock::new(Arc::clone(&clock)));
        let payments = Arc::new(MemoryPayments::new(Arc::clone(&clock)));
        let carts = Arc::new(MemoryCarts::default());
        let orders = Arc::new(SplitOrders {
            records: records.clone(),
            stock: stock.clone(),
            payments: payments.clone(),
            carts: carts.clone(),
            clock,
        });
        Self { records, stock, payments, carts, orders }
    }
}
