//! What the split purchase needs of the store of the orders' own records.

use crate::{
    Begin, BeginRefusal, Begun, CheckoutRecord, Claimed, Order, OrderSummary, Settle,
    SettleRefusal, StartCheckout, Started,
};
use async_trait::async_trait;
use souk_cart::CartIntent;
use souk_inventory::StockIntent;
use souk_kernel::{CheckoutId, ClaimKey, OrderId, PortError, UserId};
use souk_payments::MovePayment;

/// What a committed step still asks of other stores.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unfinished {
    /// The record's version that the step made.
    pub version: u64,
    /// The payment's step.
    pub payment: Option<MovePayment>,
    /// The stock's step.
    pub stock: Option<StockIntent>,
    /// The cart's step.
    pub cart: Option<CartIntent>,
}

/// The store of orders' records, checkouts, claims, and facts on their way out. Each method is atomic,
/// and durable before it answers; orders, checkouts and claims of one principal lie in one place.
#[async_trait]
pub trait OrderRecords: Send + Sync {
    /// Writes an order down as `created` ([`crate::rules::created`]) with its claim: nothing where the
    /// key was claimed before, or another order of the checkout is alive.
    async fn create(&self, begin: &Begin) -> Result<Begun, BeginRefusal>;

    /// Moves a record ([`crate::rules::settled`]) and keeps the step's payment, stock, cart and facts as
    /// unfinished; a step that asks nothing of other stores publishes its facts at once. `frees_key`:
    /// the order's claim goes. Refused while an earlier step is unfinished.
    async fn step(&self, settle: Settle, frees_key: bool) -> Result<u64, SettleRefusal>;

    /// What the last step still asks of other stores.
    async fn unfinished(&self, order: OrderId) -> Result<Option<Unfinished>, PortError>;

    /// Crosses off what the step that made `version` asked, and publishes its facts; nothing when that
    /// was done before.
    async fn finished(&self, order: OrderId, version: u64) -> Result<(), PortError>;

    /// Orders with an unfinished step, oldest first, at most `limit`.
    async fn all_unfinished(&self, limit: usize) -> Result<Vec<OrderId>, PortError>;

    /// Writes a checkout down with its claim, as its shopper's newest.
    async fn start(&self, start: &StartCheckout) -> Result<Started, BeginRefusal>;

    /// A shopper's newest checkout.
    async fn newest_checkout(&self, user: UserId) -> Result<Option<CheckoutId>, PortError>;

    /// What a key was claimed for.
    async fn claimed(&self, key: &ClaimKey) -> Result<Option<Claimed>, PortError>;

    /// As [`crate::Orders::order`].
    async fn order(&self, id: OrderId) -> Result<Option<Order>, PortError>;

    /// As [`crate::Orders::order_by_key`].
    async fn order_by_key(&self, key: i64) -> Result<Option<Order>, PortError>;

    /// As [`crate::Orders::checkout`].
    async fn checkout(&self, id: CheckoutId) -> Result<Option<CheckoutRecord>, PortError>;

    /// As [`crate::Orders::live_order`].
    async fn live_order(&self, checkout: CheckoutId) -> Result<Option<OrderId>, PortError>;

    /// As [`crate::Orders::due`], by the store's clock.
    async fn due(&self, limit: usize) -> Result<Vec<OrderId>, PortError>;

    /// As [`crate::Orders::of_user`].
    async fn of_user(
        &self,
        user: UserId,
        before: Option<OrderId>,
        limit: usize,
    ) -> Result<Vec<OrderSummary>, PortError>;

    /// As [`crate::Orders::list`].
    async fn list(&self, orders: Vec<OrderId>) -> Result<(), PortError>;
}
