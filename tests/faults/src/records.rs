//! The store of orders' own records, which a split purchase is composed over.

use crate::{Faulty, Noted, single};
use async_trait::async_trait;
use souk_kernel::{CheckoutId, ClaimKey, OrderId, PortError, UserId};
use souk_orders::split::{OrderRecords, Unfinished};
use souk_orders::{
    Begin, BeginRefusal, Begun, CheckoutRecord, Claimed, Order, OrderSummary, Settle,
    SettleRefusal, StartCheckout, Started,
};

#[async_trait]
impl<P: OrderRecords + ?Sized> OrderRecords for Faulty<P> {
    async fn create(&self, begin: &Begin) -> Result<Begun, BeginRefusal> {
        self.gate.noted(Noted::Order(begin.order, begin.checkout));
        single!(self, "records", create, begin, self.inner.create(begin))
    }

    async fn step(&self, settle: Settle, frees_key: bool) -> Result<u64, SettleRefusal> {
        single!(self, "records", step, settle, self.inner.step(settle, frees_key))
    }

    async fn unfinished(&self, order: OrderId) -> Result<Option<Unfinished>, PortError> {
        single!(self, "records", unfinished, order, self.inner.unfinished(order))
    }

    async fn finished(&self, order: OrderId, version: u64) -> Result<(), PortError> {
        single!(self, "records", finished, (order, version), self.inner.finished(order, version))
    }

    async fn all_unfinished(&self, limit: usize) -> Result<Vec<OrderId>, PortError> {
        single!(self, "records", all_unfinished, limit, self.inner.all_unfinished(limit))
    }

    async fn start(&self, start: &StartCheckout) -> Result<Started, BeginRefusal> {
        self.gate.noted(Noted::Checkout(start.record.id));
        single!(self, "records", start, start, self.inner.start(start))
    }

    async fn newest_checkout(&self, user: UserId) -> Result<Option<CheckoutId>, PortError> {
        single!(self, "records", newest_checkout, user, self.inner.newest_checkout(user))
    }

    async fn claimed(&self, key: &ClaimKey) -> Result<Option<Claimed>, PortError> {
        single!(self, "records", claimed, key, self.inner.claimed(key))
    }

    async fn order(&self, id: OrderId) -> Result<Option<Order>, PortError> {
        single!(self, "records", order, id, self.inner.order(id))
    }

    async fn order_by_key(&self, key: i64) -> Result<Option<Order>, PortError> {
        single!(self, "records", order_by_key, key, self.inner.order_by_key(key))
    }

    async fn checkout(&self, id: CheckoutId) -> Result<Option<CheckoutRecord>, PortError> {
        single!(self, "records", checkout, id, self.inner.checkout(id))
    }

    async fn live_order(&self, checkout: CheckoutId) -> Result<Option<OrderId>, PortError> {
        single!(self, "records", live_order, checkout, self.inner.live_order(checkout))
    }

    async fn due(&self, limit: usize) -> Result<Vec<OrderId>, PortError> {
        single!(self, "records", due, limit, self.inner.due(limit))
    }

    async fn of_user(
        &self,
        user: UserId,
        before: Option<OrderId>,
        limit: usize,
    ) -> Result<Vec<OrderSummary>, PortError> {
        single!(self, "records", of_user, (user, before), self.inner.of_user(user, before, limit))
    }

    async fn list(&self, orders: Vec<OrderId>) -> Result<(), PortError> {
        single!(self, "records", list, orders, self.inner.list(orders))
    }
}
