//! The ports of stock and of carts.

use crate::{Faulty, batch, single};
use async_trait::async_trait;
use souk_cart::{Cart, CartAnswer, CartIntent, Carts, Swept};
use souk_inventory::{Entry, Hold, Stock, StockAnswer, StockIntent, StockRefusal, WarehouseLevel};
use souk_kernel::{Answers, CheckoutId, PortError, Sku, Timestamp, UserId};

#[async_trait]
impl<P: Stock + ?Sized> Stock for Faulty<P> {
    async fn apply(&self, intents: Vec<StockIntent>) -> Answers<StockAnswer, StockRefusal> {
        batch!(self, "stock", apply, intents)
    }

    async fn hold(&self, checkout: CheckoutId) -> Result<Option<Hold>, PortError> {
        single!(self, "stock", hold, checkout, self.inner.hold(checkout))
    }

    async fn levels(&self, sku: Sku) -> Result<Vec<WarehouseLevel>, PortError> {
        single!(self, "stock", levels, sku, self.inner.levels(sku))
    }

    async fn expired(&self, limit: usize) -> Result<Vec<CheckoutId>, PortError> {
        single!(self, "stock", expired, limit, self.inner.expired(limit))
    }

    async fn ledger(&self, sku: Sku, limit: usize) -> Result<Vec<Entry>, PortError> {
        single!(self, "stock", ledger, sku, self.inner.ledger(sku, limit))
    }
}

#[async_trait]
impl<P: Carts + ?Sized> Carts for Faulty<P> {
    async fn get(&self, user: UserId) -> Result<Option<Cart>, PortError> {
        single!(self, "carts", get, user, self.inner.get(user))
    }

    async fn apply(&self, intents: Vec<CartIntent>) -> Answers<CartAnswer, PortError> {
        batch!(self, "carts", apply, intents)
    }

    async fn sweep(
        &self,
        now: Timestamp,
        after: Option<UserId>,
        limit: u32,
    ) -> Result<Swept, PortError> {
        single!(self, "carts", sweep, (now, after), self.inner.sweep(now, after, limit))
    }
}
