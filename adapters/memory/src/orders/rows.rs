//! Orders, checkouts, claims and lists, without a lock.

use souk_inventory::StockIntent;
use souk_kernel::{CheckoutId, ClaimKey, OrderId, PaymentId, Timestamp, UserId};
use souk_orders::rules::kept_checkout;
use souk_orders::split::Unfinished;
use souk_orders::{
    Begin, BeginRefusal, Begun, CheckoutRecord, Claimed, Order, OrderState, OrderSummary, Settle,
    StartCheckout, Started, Subject,
};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The rows of orders: a store that holds other rooms' rows too keeps them beside those.
#[derive(Debug, Clone, Default)]
pub struct OrderRows {
    orders: BTreeMap<OrderId, Order>,
    alive: BTreeMap<CheckoutId, OrderId>,
    checkouts: BTreeMap<CheckoutId, CheckoutRecord>,
    newest: BTreeMap<UserId, CheckoutId>,
    claims: BTreeMap<(UserId, String), Claimed>,
    lists: BTreeSet<(UserId, OrderId)>,
    pub(super) unfinished: BTreeMap<OrderId, (Unfinished, Vec<souk_kernel::Event>)>,
}

impl OrderRows {
    /// One order.
    #[must_use]
    pub fn order(&self, id: OrderId) -> Option<&Order> {
        self.orders.get(&id)
    }

    /// Every order, oldest first.
    pub fn orders(&self) -> impl Iterator<Item = &Order> {
        self.orders.values()
    }

    /// Every checkout.
    pub fn checkouts(&self) -> impl Iterator<Item = &CheckoutRecord> {
        self.checkouts.values()
    }

    pub(super) fn order_by_key(&self, key: i64) -> Option<&Order> {
        self.orders.values().find(|order| order.id.key() == key)
    }

    pub(super) fn checkout(&self, id: CheckoutId) -> Option<&CheckoutRecord> {
        self.checkouts.get(&id)
    }

    pub(super) fn newest(&self, user: UserId) -> Option<CheckoutId> {
        self.newest.get(&user).copied()
    }

    pub(super) fn live(&self, checkout: CheckoutId) -> Option<OrderId> {
        self.alive.get(&checkout).copied()
    }

    pub(super) fn claimed(&self, key: &ClaimKey) -> Option<Claimed> {
        self.claims.get(&(key.principal, key.key.clone())).copied()
    }

    /// What stands in the way of a begin, or what it began before.
    pub(super) fn may_begin(&self, begin: &Begin) -> Result<Option<Begun>, BeginRefusal> {
        if let Some(claimed) = self.claimed(&begin.claim.key) {
            let order = claimed.subject.order().and_then(|id| self.orders.get(&id));
            return match order {
                Some(order) if claimed.request == begin.claim.request => {
                    Ok(Some(Begun::Before(Box::new(order.clone()))))
                }
                _ => Err(BeginRefusal::KeyReused),
            };
        }
        match self.live(begin.checkout) {
            Some(order) => Err(BeginRefusal::CheckoutTaken(order)),
            None => Ok(None),
        }
    }

    /// What stands in the way of a start, or what it started before.
    pub(super) fn may_start(&self, start: &StartCheckout) -> Result<Option<Started>, BeginRefusal> {
        match self.claimed(&start.claim.key) {
            None => Ok(None),
            Some(Claimed { request, subject: Subject::Checkout(id) })
                if request == start.claim.request =>
            {
                Ok(Some(Started::Before(id)))
            }
            Some(_) => Err(BeginRefusal::KeyReused),
        }
    }

    pub(super) fn claim(&mut self, key: &ClaimKey, request: [u8; 16], subject: Subject) {
        self.claims.insert((key.principal, key.key.clone()), Claimed { request, subject });
    }

    pub(super) fn free_key_of(&mut self, order: OrderId) {
        self.claims.retain(|_, claimed| claimed.subject != Subject::Order(order));
    }

    pub(super) fn put(&mut self, order: Order) {
        let alive = !matches!(order.state, OrderState::PaymentFailed | OrderState::Cancelled);
        if alive {
            self.alive.insert(order.checkout, order.id);
        } else if self.live(order.checkout) == Some(order.id) {
            self.alive.remove(&order.checkout);
        }
        self.orders.insert(order.id, order);
    }

    pub(super) fn put_checkout(&mut self, record: CheckoutRecord) {
        self.newest.insert(record.user, record.id);
        self.checkouts.insert(record.id, record);
    }

    /// Unpinned stock leaves its content as a checkout, so that another card can be tried.
    pub(super) fn keep_checkout(&mut self, settle: &Settle, order: &Order) {
        if matches!(settle.stock, Some(StockIntent::Unpin(_))) {
            self.checkouts.entry(order.checkout).or_insert_with(|| kept_checkout(order));
        }
    }

    pub(super) fn due(&self, now: Timestamp, limit: usize) -> Vec<OrderId> {
        let due = |order: &&Order| {
            order.state.is_open() && order.lease.is_none_or(|lease| lease.until <= now)
        };
        self.orders.values().filter(due).take(limit).map(|order| order.id).collect()
    }

    pub(super) fn of_user(
        &self,
        user: UserId,
        before: Option<OrderId>,
        limit: usize,
    ) -> Vec<OrderSummary> {
        let last = before.unwrap_or(OrderId::from_bytes([0xFF; 16]));
        let first = OrderId::from_bytes([0; 16]);
        let listed = self.lists.range((user, first)..(user, last)).rev();
        let summary = |order: &Order| OrderSummary {
            id: order.id,
            state: order.state,
            total: order.total(),
            created_at: order.created_at,
        };
        listed.filter_map(|(_, id)| self.orders.get(id)).take(limit).map(summary).collect()
    }

    pub(super) fn under_way(&self, user: UserId, limit: usize) -> Vec<OrderId> {
        let own = self.lists.iter().filter(|(whose, _)| *whose == user);
        let orders = own.filter_map(|(_, id)| self.orders.get(id));
        let open = orders.filter(|order| !order.state.has_ended());
        open.take(limit).map(|order| order.id).collect()
    }

    /// The payments of what is forgotten.
    pub(super) fn forget_shopper(&mut self, user: UserId, over: &[OrderId]) -> Vec<PaymentId> {
        let mut payments = Vec::new();
        for (_, id) in self.lists.iter().filter(|(whose, _)| *whose == user) {
            let Some(order) = self.orders.get_mut(id) else { continue };
            if order.state.has_ended() || over.contains(id) {
                order.ship_to = None;
                payments.push(order.payment);
            }
        }
        for checkout in self.checkouts.values_mut().filter(|checkout| checkout.user == user) {
            checkout.ship_to = Arc::default();
        }
        payments
    }

    pub(super) fn list(&mut self, orders: &[OrderId]) {
        for id in orders {
            if let Some(order) = self.orders.get(id) {
                self.lists.insert((order.user, *id));
            }
        }
    }
}
