//! The port of orders.

use crate::{Faulty, Noted, batch, single};
use async_trait::async_trait;
use souk_kernel::{Answers, CheckoutId, ClaimKey, OrderId, PortError, UserId};
use souk_orders::{
    Begin, BeginRefusal, Begun, CheckoutRecord, Claimed, Order, OrderSummary, Orders, Settle,
    SettleRefusal, StartCheckout, Started,
};

#[async_trait]
impl<P: Orders + ?Sized> Orders for Faulty<P> {
    async fn begin(&self, intents: Vec<Begin>) -> Answers<Begun, BeginRefusal> {
        intents.iter().for_each(|b| self.gate.noted(Noted::Order(b.order, b.checkout)));
        batch!(self, "orders", begin, intents)
    }

    async fn settle(&self, intents: Vec<Settle>) -> Answers<u64, SettleRefusal> {
        batch!(self, "orders", settle, intents)
    }

    async fn start(&self, intents: Vec<StartCheckout>) -> Answers<Started, BeginRefusal> {
        intents.iter().for_each(|s| self.gate.noted(Noted::Checkout(s.record.id)));
        batch!(self, "orders", start, intents)
    }

    async fn order(&self, id: OrderId) -> Result<Option<Order>, PortError> {
        single!(self, "orders", order, id, self.inner.order(id))
    }

    async fn order_by_key(&self, key: i64) -> Result<Option<Order>, PortError> {
        single!(self, "orders", order_by_key, key, self.inner.order_by_key(key))
    }

    async fn checkout(&self, id: CheckoutId) -> Result<Option<CheckoutRecord>, PortError> {
        single!(self, "orders", checkout, id, self.inner.checkout(id))
    }

    async fn live_order(&self, checkout: CheckoutId) -> Result<Option<OrderId>, PortError> {
        single!(self, "orders", live_order, checkout, self.inner.live_order(checkout))
    }

    async fn claimed(&self, key: &ClaimKey) -> Result<Option<Claimed>, PortError> {
        single!(self, "orders", claimed, key, self.inner.claimed(key))
    }

    async fn due(&self, limit: usize) -> Result<Vec<OrderId>, PortError> {
        single!(self, "orders", due, limit, self.inner.due(limit))
    }

    async fn of_user(
        &self,
        user: UserId,
        before: Option<OrderId>,
        limit: usize,
    ) -> Result<Vec<OrderSummary>, PortError> {
        single!(self, "orders", of_user, (user, before), self.inner.of_user(user, before, limit))
    }

    async fn list(&self, orders: Vec<OrderId>) -> Result<(), PortError> {
        single!(self, "orders", list, orders, self.inner.list(orders))
    }
}
