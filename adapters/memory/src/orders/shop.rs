//! Every store of the purchase under one lock: each `Begin` and each `Settle` is one step.

use super::OrderRows;
use crate::cart::CartRows;
use crate::fulfillment::FulfillmentRows;
use crate::inventory::{StockPlan, StockRows};
use crate::outbox::{OutboxRows, outbox_behind_lock};
use crate::payments::PaymentRows;
use crate::sellers::SellerRows;
use async_trait::async_trait;
use parking_lot::Mutex;
use souk_cart::{Cart, CartAnswer, CartIntent, Carts, Swept};
use souk_inventory::{
    Entry, Hold, HoldState, Stock, StockAnswer, StockIntent, StockRefusal, WarehouseLevel,
};
use souk_kernel::{
    Answers, CheckoutId, ClaimKey, Clock, OrderId, PaymentId, PortError, Sku, Timestamp, UserId,
};
use souk_orders::rules::{created, pending, settled};
use souk_orders::{
    Begin, BeginRefusal, Begun, CheckoutRecord, Claimed, HoldStep, Order, OrderState, OrderSummary,
    OrderTraces, Orders, Settle, SettleRefusal, StartCheckout, Started, Subject,
};
use souk_payments::{Payment, PaymentIntent, PaymentRefusal, Payments, Refund, RefundPlace};
use std::sync::Arc;

/// The rows of every store.
#[derive(Debug, Clone, Default)]
pub struct ShopRows {
    /// Stock.
    pub stock: StockRows,
    /// Payments.
    pub payments: PaymentRows,
    /// Carts.
    pub carts: CartRows,
    /// Orders.
    pub orders: OrderRows,
    /// Facts.
    pub outbox: OutboxRows,
    /// Parcels and returns.
    pub fulfillments: FulfillmentRows,
    /// Sellers and their books.
    pub sellers: SellerRows,
}

impl ShopRows {
    fn begin(&mut self, begin: &Begin, now: Timestamp) -> Result<Begun, BeginRefusal> {
        if let Some(before) = self.orders.may_begin(begin)? {
            return Ok(before);
        }
        if self.orders.order(begin.order).is_some() {
            return Err(PortError::Conflict("the order exists".into()).into());
        }
        if let Some(most) = begin.transfers_max
            && self.payments.waiting_transfers(begin.user) >= most
        {
            return Err(BeginRefusal::TooManyTransfers(most));
        }
        let plan = match &begin.hold {
            HoldStep::Take(take) => self.stock.plan_take(take, &[])?,
            HoldStep::Pin(pin) => self.stock.plan(&StockIntent::Pin(*pin), now)?,
        };
        match &plan {
            StockPlan::Hold(hold, _) | StockPlan::Done(StockAnswer::Hold(hold))
                if !begin.has_pinned(hold) =>
            {
                return Err(StockRefusal::HoldGone(hold.state).into());
            }
            _ => {}
        }
        if let Some((_, freeze)) = &begin.cart
            && !self.carts.apply(freeze).done()
        {
            return Err(BeginRefusal::CartChanged);
        }
        self.stock.execute(plan, now);
        self.orders.claim(&begin.claim.key, begin.claim.request, Subject::Order(begin.order));
        let mut order = created(begin);
        order.state = OrderState::PaymentPending;
        order.moves.push(pending(begin));
        self.orders.put(order.clone());
        self.payments.start(&begin.payment);
        Ok(Begun::Fresh(Box::new(order)))
    }

    fn settle(&mut self, settle: &Settle, now: Timestamp) -> Result<u64, SettleRefusal> {
        let order = self.orders.order(settle.order).ok_or(SettleRefusal::Stale)?;
        let next = settled(order, settle)?;
        let plan = settle.stock.as_ref().map(|intent| self.stock.plan(intent, now));
        let plan = plan.transpose().map_err(SettleRefusal::Stock)?;
        if let Some(step) = &settle.payment {
            let step = PaymentIntent::Move(step.clone());
            self.payments.apply(&step).map_err(SettleRefusal::Payment)?;
        }
        // Nothing is refused from here on.
        if let Some(plan) = plan {
            self.stock.execute(plan, now);
        }
        if let Some(intent) = &settle.cart {
            self.carts.apply(intent);
        }
        settle.events.iter().for_each(|event| self.outbox.push(event.clone()));
        let version = next.version;
        self.orders.keep_checkout(settle, &next);
        self.orders.put(next);
        Ok(version)
    }

    fn start(&mut self, start: &StartCheckout, now: Timestamp) -> Result<Started, BeginRefusal> {
        if let Some(before) = self.orders.may_start(start)? {
            return Ok(before);
        }
        let earlier = self.orders.newest(start.record.user);
        let earlier = earlier.and_then(|checkout| self.stock.hold(checkout));
        let earlier = earlier.filter(|hold| hold.state == HoldState::Held).cloned();
        let credit = earlier.as_ref().map_or(&[][..], |hold| &hold.allocations);
        let plan = self.stock.plan_take(&start.hold, credit)?;
        if let Some(earlier) = &earlier {
            self.stock.apply(&StockIntent::Release(earlier.checkout), now)?;
        }
        self.stock.execute(plan, now);
        let subject = Subject::Checkout(start.record.id);
        self.orders.claim(&start.claim.key, start.claim.request, subject);
        self.orders.put_checkout(start.record.clone());
        Ok(Started::Fresh)
    }
}

/// The co-located store: one lock, so that each intent is atomic over all of them.
pub struct MemoryShop {
    rows: Mutex<ShopRows>,
    clock: Arc<dyn Clock>,
}

impl MemoryShop {
    /// An empty shop that compares deadlines and leases with `clock`.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { rows: Mutex::new(ShopRows::default()), clock }
    }

    /// What time it is here.
    #[must_use]
    pub fn clock(&self) -> Arc<dyn Clock> {
        Arc::clone(&self.clock)
    }

    /// A copy of everything, for checks.
    #[must_use]
    pub fn rows(&self) -> ShopRows {
        self.rows.lock().clone()
    }

    /// Runs one step of another room's store under this one's lock, at the shop's time.
    pub(crate) fn with_rows<T>(&self, step: impl FnOnce(&mut ShopRows, Timestamp) -> T) -> T {
        let now = self.clock.now();
        step(&mut self.rows.lock(), now)
    }
}

outbox_behind_lock!(MemoryShop);

#[async_trait]
impl Orders for MemoryShop {
    async fn begin(&self, batch: Vec<Begin>) -> Answers<Begun, BeginRefusal> {
        let now = self.clock.now();
        let mut rows = self.rows.lock();
        batch.iter().map(|begin| rows.begin(begin, now)).collect()
    }

    async fn settle(&self, batch: Vec<Settle>) -> Answers<u64, SettleRefusal> {
        let now = self.clock.now();
        let mut rows = self.rows.lock();
        batch.iter().map(|settle| rows.settle(settle, now)).collect()
    }

    async fn start(&self, batch: Vec<StartCheckout>) -> Answers<Started, BeginRefusal> {
        let now = self.clock.now();
        let mut rows = self.rows.lock();
        batch.iter().map(|start| rows.start(start, now)).collect()
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

    async fn claimed(&self, key: &ClaimKey) -> Result<Option<Claimed>, PortError> {
        Ok(self.rows.lock().orders.claimed(key))
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

#[async_trait]
impl Stock for MemoryShop {
    async fn apply(&self, batch: Vec<StockIntent>) -> Answers<StockAnswer, StockRefusal> {
        let now = self.clock.now();
        let mut rows = self.rows.lock();
        batch.iter().map(|intent| rows.stock.apply(intent, now)).collect()
    }

    async fn hold(&self, checkout: CheckoutId) -> Result<Option<Hold>, PortError> {
        Ok(self.rows.lock().stock.hold(checkout).cloned())
    }

    async fn levels(&self, sku: Sku) -> Result<Vec<WarehouseLevel>, PortError> {
        Ok(self.rows.lock().stock.levels(sku))
    }

    async fn expired(&self, limit: usize) -> Result<Vec<CheckoutId>, PortError> {
        let now = self.clock.now();
        Ok(self.rows.lock().stock.expired(now, limit))
    }

    async fn ledger(&self, sku: Sku, limit: usize) -> Result<Vec<Entry>, PortError> {
        Ok(self.rows.lock().stock.ledger(sku, limit))
    }
}

#[async_trait]
impl Payments for MemoryShop {
    async fn apply(&self, batch: Vec<PaymentIntent>) -> Answers<Payment, PaymentRefusal> {
        let mut rows = self.rows.lock();
        let answers = batch.iter().map(|intent| rows.payments.apply(intent)).collect();
        let facts = rows.payments.take_facts();
        facts.into_iter().for_each(|fact| rows.outbox.push(fact));
        answers
    }

    async fn payment(&self, id: PaymentId) -> Result<Option<Payment>, PortError> {
        Ok(self.rows.lock().payments.payment(id).cloned())
    }

    async fn refunds(&self, payment: PaymentId) -> Result<Vec<Refund>, PortError> {
        Ok(self.rows.lock().payments.refunds(payment))
    }

    async fn unfinished_refunds(
        &self,
        before: Timestamp,
        after: Option<RefundPlace>,
        limit: usize,
    ) -> Result<Vec<Refund>, PortError> {
        Ok(self.rows.lock().payments.unfinished(before, after, limit))
    }

    async fn of_order(&self, order: OrderId) -> Result<Option<Payment>, PortError> {
        Ok(self.rows.lock().payments.of_order(order).cloned())
    }

    async fn waiting_transfers(&self, user: UserId) -> Result<u32, PortError> {
        Ok(self.rows.lock().payments.waiting_transfers(user))
    }
}

#[async_trait]
impl Carts for MemoryShop {
    async fn get(&self, user: UserId) -> Result<Option<Cart>, PortError> {
        Ok(self.rows.lock().carts.get(user).cloned())
    }

    async fn apply(&self, intents: Vec<CartIntent>) -> Answers<CartAnswer, PortError> {
        let mut rows = self.rows.lock();
        intents.iter().map(|intent| Ok(rows.carts.apply(intent))).collect()
    }

    async fn sweep(
        &self,
        now: Timestamp,
        after: Option<UserId>,
        limit: u32,
    ) -> Result<Swept, PortError> {
        Ok(self.rows.lock().carts.sweep(now, after, limit))
    }
}

#[async_trait]
impl OrderTraces for MemoryShop {
    async fn under_way(&self, user: UserId, limit: usize) -> Result<Vec<OrderId>, PortError> {
        Ok(self.rows.lock().orders.under_way(user, limit))
    }

    async fn forget_shopper(&self, user: UserId, over: &[OrderId]) -> Result<(), PortError> {
        let mut rows = self.rows.lock();
        for payment in rows.orders.forget_shopper(user, over) {
            rows.payments.blank_token(payment);
        }
        Ok(())
    }
}
