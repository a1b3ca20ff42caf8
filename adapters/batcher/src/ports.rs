//! The ports that can be batched: their hot methods through lanes, everything else straight on.

use crate::lane::{Batching, Lane};
use async_trait::async_trait;
use souk_accounts::TokenDigest;
use souk_accounts::port::{Bearer, Bearers};
use souk_cart::{Cart, CartAnswer, CartIntent, Carts, Swept};
use souk_inventory::{Entry, Hold, Stock, StockAnswer, StockIntent, StockRefusal, WarehouseLevel};
use souk_kernel::{
    Answers, CheckoutId, ClaimKey, OrderId, PaymentId, PortError, Sku, Spawner, Timestamp, UserId,
};
use souk_orders::{
    Begin, BeginRefusal, Begun, CheckoutRecord, Claimed, Order, OrderSummary, Orders, Settle,
    SettleRefusal, StartCheckout, Started,
};
use souk_payments::{Payment, PaymentIntent, PaymentRefusal, Payments, Refund, RefundPlace};
use std::sync::Arc;

/// A port that can be batched.
pub trait Batchable {
    /// A lane for each of its batched methods.
    type Lanes;

    /// The lanes to an inner port.
    fn lanes(inner: &Arc<Self>, spawner: &Arc<dyn Spawner>, batching: &Batching) -> Self::Lanes;
}

/// A port whose concurrent callers share batches: `Batched<dyn Orders>` is an [`Orders`], and so on.
pub struct Batched<P: Batchable + ?Sized> {
    inner: Arc<P>,
    lanes: P::Lanes,
}

impl<P: Batchable + ?Sized> Batched<P> {
    /// Wraps a port. Batches run on tasks of `spawner`.
    #[must_use]
    pub fn new(inner: Arc<P>, spawner: &Arc<dyn Spawner>, batching: &Batching) -> Self {
        let lanes = P::lanes(&inner, spawner, batching);
        Self { inner, lanes }
    }
}

/// A lane to one method.
macro_rules! lane {
    ($inner:expr, $spawner:expr, $batching:expr, $method:ident) => {{
        let inner = Arc::clone($inner);
        Lane::new($spawner, $batching, move |batch| {
            let inner = Arc::clone(&inner);
            async move { inner.$method(batch).await }
        })
    }};
}

/// The lanes of [`Orders`].
pub struct OrdersLanes {
    begin: Lane<Begin, Begun, BeginRefusal>,
    settle: Lane<Settle, u64, SettleRefusal>,
    start: Lane<StartCheckout, Started, BeginRefusal>,
}

impl Batchable for dyn Orders {
    type Lanes = OrdersLanes;

    fn lanes(inner: &Arc<Self>, spawner: &Arc<dyn Spawner>, batching: &Batching) -> OrdersLanes {
        OrdersLanes {
            begin: lane!(inner, spawner, batching, begin),
            settle: lane!(inner, spawner, batching, settle),
            start: lane!(inner, spawner, batching, start),
        }
    }
}

#[async_trait]
impl Orders for Batched<dyn Orders> {
    async fn begin(&self, batch: Vec<Begin>) -> Answers<Begun, BeginRefusal> {
        self.lanes.begin.call(batch).await
    }

    async fn settle(&self, batch: Vec<Settle>) -> Answers<u64, SettleRefusal> {
        self.lanes.settle.call(batch).await
    }

    async fn start(&self, batch: Vec<StartCheckout>) -> Answers<Started, BeginRefusal> {
        self.lanes.start.call(batch).await
    }

    async fn order(&self, id: OrderId) -> Result<Option<Order>, PortError> {
        self.inner.order(id).await
    }

    async fn orders(&self, ids: &[OrderId]) -> Result<Vec<Option<Order>>, PortError> {
        self.inner.orders(ids).await
    }

    async fn order_by_key(&self, key: i64) -> Result<Option<Order>, PortError> {
        self.inner.order_by_key(key).await
    }

    async fn checkout(&self, id: CheckoutId) -> Result<Option<CheckoutRecord>, PortError> {
        self.inner.checkout(id).await
    }

    async fn live_order(&self, checkout: CheckoutId) -> Result<Option<OrderId>, PortError> {
        self.inner.live_order(checkout).await
    }

    async fn claimed(&self, key: &ClaimKey) -> Result<Option<Claimed>, PortError> {
        self.inner.claimed(key).await
    }

    async fn due(&self, limit: usize) -> Result<Vec<OrderId>, PortError> {
        self.inner.due(limit).await
    }

    async fn of_user(
        &self,
        user: UserId,
        before: Option<OrderId>,
        limit: usize,
    ) -> Result<Vec<OrderSummary>, PortError> {
        self.inner.of_user(user, before, limit).await
    }

    async fn list(&self, orders: Vec<OrderId>) -> Result<(), PortError> {
        self.inner.list(orders).await
    }
}

/// The lane of [`Bearers`].
pub struct BearerLane(Lane<TokenDigest, Option<Bearer>, PortError>);

impl Batchable for dyn Bearers {
    type Lanes = BearerLane;

    fn lanes(inner: &Arc<Self>, spawner: &Arc<dyn Spawner>, batching: &Batching) -> BearerLane {
        BearerLane(lane!(inner, spawner, batching, find_bearers))
    }
}

#[async_trait]
impl Bearers for Batched<dyn Bearers> {
    async fn find_bearers(&self, tokens: Vec<TokenDigest>) -> Answers<Option<Bearer>, PortError> {
        self.lanes.0.call(tokens).await
    }
}

/// The lane of [`Stock`].
pub struct StockLanes(Lane<StockIntent, StockAnswer, StockRefusal>);

impl Batchable for dyn Stock {
    type Lanes = StockLanes;

    fn lanes(inner: &Arc<Self>, spawner: &Arc<dyn Spawner>, batching: &Batching) -> StockLanes {
        StockLanes(lane!(inner, spawner, batching, apply))
    }
}

#[async_trait]
impl Stock for Batched<dyn Stock> {
    async fn apply(&self, batch: Vec<StockIntent>) -> Answers<StockAnswer, StockRefusal> {
        self.lanes.0.call(batch).await
    }

    async fn hold(&self, checkout: CheckoutId) -> Result<Option<Hold>, PortError> {
        self.inner.hold(checkout).await
    }

    async fn levels_of(&self, skus: &[Sku]) -> Result<Vec<Vec<WarehouseLevel>>, PortError> {
        self.inner.levels_of(skus).await
    }

    async fn levels(&self, sku: Sku) -> Result<Vec<WarehouseLevel>, PortError> {
        self.inner.levels(sku).await
    }

    async fn expired(&self, limit: usize) -> Result<Vec<CheckoutId>, PortError> {
        self.inner.expired(limit).await
    }

    async fn ledger(&self, sku: Sku, limit: usize) -> Result<Vec<Entry>, PortError> {
        self.inner.ledger(sku, limit).await
    }
}

/// The lane of [`Payments`].
pub struct PaymentsLanes(Lane<PaymentIntent, Payment, PaymentRefusal>);

impl Batchable for dyn Payments {
    type Lanes = PaymentsLanes;

    fn lanes(inner: &Arc<Self>, spawner: &Arc<dyn Spawner>, batching: &Batching) -> PaymentsLanes {
        PaymentsLanes(lane!(inner, spawner, batching, apply))
    }
}

#[async_trait]
impl Payments for Batched<dyn Payments> {
    async fn apply(&self, batch: Vec<PaymentIntent>) -> Answers<Payment, PaymentRefusal> {
        self.lanes.0.call(batch).await
    }

    async fn payment(&self, id: PaymentId) -> Result<Option<Payment>, PortError> {
        self.inner.payment(id).await
    }

    async fn refunds(&self, payment: PaymentId) -> Result<Vec<Refund>, PortError> {
        self.inner.refunds(payment).await
    }

    async fn unfinished_refunds(
        &self,
        before: Timestamp,
        after: Option<RefundPlace>,
        limit: usize,
    ) -> Result<Vec<Refund>, PortError> {
        self.inner.unfinished_refunds(before, after, limit).await
    }

    async fn of_order(&self, order: OrderId) -> Result<Option<Payment>, PortError> {
        self.inner.of_order(order).await
    }

    async fn waiting_transfers(&self, user: UserId) -> Result<u32, PortError> {
        self.inner.waiting_transfers(user).await
    }

    async fn of_orders(&self, orders: &[OrderId]) -> Result<Vec<Option<Payment>>, PortError> {
        self.inner.of_orders(orders).await
    }
}

/// The lane of [`Carts`].
pub struct CartsLanes(Lane<CartIntent, CartAnswer, PortError>);

impl Batchable for dyn Carts {
    type Lanes = CartsLanes;

    fn lanes(inner: &Arc<Self>, spawner: &Arc<dyn Spawner>, batching: &Batching) -> CartsLanes {
        CartsLanes(lane!(inner, spawner, batching, apply))
    }
}

#[async_trait]
impl Carts for Batched<dyn Carts> {
    async fn get(&self, user: UserId) -> Result<Option<Cart>, PortError> {
        self.inner.get(user).await
    }

    async fn apply(&self, intents: Vec<CartIntent>) -> Answers<CartAnswer, PortError> {
        self.lanes.0.call(intents).await
    }

    async fn sweep(
        &self,
        now: Timestamp,
        after: Option<UserId>,
        limit: u32,
    ) -> Result<Swept, PortError> {
        self.inner.sweep(now, after, limit).await
    }
}
