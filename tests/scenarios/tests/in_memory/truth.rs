//! What the rows say, recomputed.

use super::engines::Rows;
use super::{Offer, Shop, wait_for};
use souk_inventory::{Entry, EntryKind, HoldState, Level};
use souk_kernel::{CheckoutId, Clock, SystemClock, WarehouseId};
use souk_notifications::{Mailbox, Page};
use souk_orders::OrderState;
use souk_payments::RefundState;
use std::collections::BTreeMap;

impl Shop {
    fn rows(&self) -> Rows {
        self.engines.rows()
    }

    fn orders_that(&self, are: impl Fn(&souk_orders::Order) -> bool) -> i64 {
        self.rows().orders.orders().filter(|order| are(order)).count() as i64
    }

    /// Orders that are bought.
    pub fn confirmed(&self) -> i64 {
        self.orders_that(|order| order.state == OrderState::Confirmed)
    }

    /// Orders that were begun, however they ended.
    pub fn orders_begun(&self) -> i64 {
        self.orders_that(|_| true)
    }

    /// The order that pays a checkout, as soon as there is one.
    pub fn order_of(&self, checkout: &str) -> Option<String> {
        let rows = self.rows();
        let found = rows.orders.orders().find(|order| order.checkout.to_string() == checkout);
        found.map(|order| order.id.to_string())
    }

    /// Checkouts that hold stock which they have not bought.
    pub fn open_holds(&self) -> i64 {
        self.rows().stock.holds().filter(|hold| is_open(hold.state)).count() as i64
    }

    fn kinds_of_mails(&self) -> Vec<String> {
        let mailbox = &self.open.as_ref().unwrap().mailbox;
        let page = Page { before: None, about: None, user: None, limit: 1_000 };
        let mails = self.wait(mailbox.list(page)).unwrap();
        mails.iter().map(|mail| mail.kind.name().to_owned()).collect()
    }

    /// Mails of a kind.
    pub fn mails(&self, kind: &str) -> i64 {
        self.kinds_of_mails().iter().filter(|found| *found == kind).count() as i64
    }

    /// Mails of any kind.
    pub fn all_mails(&self) -> i64 {
        self.kinds_of_mails().len() as i64
    }

    /// Pieces that the ledger tells of, by the kind of its lines.
    pub fn posted(&self, offer: &Offer, kind: &str) -> i64 {
        let rows = self.rows();
        let of = |entry: &&Entry| entry.sku == offer.sku && entry.kind.name() == kind;
        rows.stock.entries().iter().filter(of).map(|entry| entry.quantity).sum()
    }

    /// The most that was set aside in any one warehouse.
    pub fn most_held(&self, offer: &Offer) -> i64 {
        let mut held: BTreeMap<WarehouseId, i64> = BTreeMap::new();
        let rows = self.rows();
        let of = |entry: &&Entry| entry.sku == offer.sku && entry.kind == EntryKind::Hold;
        for entry in rows.stock.entries().iter().filter(of) {
            *held.entry(entry.warehouse).or_default() += entry.quantity;
        }
        held.into_values().max().unwrap_or(0)
    }

    /// Minor units that were given back, as the shop has booked them; none is under way.
    pub fn refunded(&self) -> i64 {
        let rows = self.rows();
        let settled = rows.payments.payments().filter(|payment| payment.refunding == 0);
        settled.map(|payment| payment.refunded).sum()
    }

    /// Refunds that the gateway has not confirmed.
    pub fn open_refunds(&self) -> i64 {
        let rows = self.rows();
        let refunds =
            rows.payments.payments().flat_map(|payment| rows.payments.refunds(payment.id));
        refunds.filter(|refund| refund.state == RefundState::Reserved).count() as i64
    }

    /// The kept copies of a message: how each stands, and how often it was tried.
    pub fn message(&self, event: &str) -> Vec<(String, u32)> {
        self.open.as_ref().unwrap().store.copies(event)
    }

    /// Waits until nothing is on its way: no fact, no open order, no refund.
    pub fn comes_to_rest(&self) {
        wait_for("the shop to come to rest", || {
            let lag = self.wait(self.engines.outbox.lag(SystemClock.now())).unwrap();
            let open = self.orders_that(|order| {
                matches!(order.state, OrderState::Created | OrderState::PaymentPending)
                    && order.answer.is_none()
            });
            (lag.count == 0 && open == 0).then_some(())
        });
    }

    /// Waits until nothing is on its way, then: the ledger is the stock, holds are what is held, an
    /// order is charged once and as the gateway's record says.
    #[track_caller]
    pub fn is_sound(&self) {
        self.comes_to_rest();
        let rows = self.rows();
        stock_is_its_ledger(&rows);
        let mut live: BTreeMap<CheckoutId, u32> = BTreeMap::new();
        for order in rows.orders.orders() {
            let dead = matches!(order.state, OrderState::PaymentFailed | OrderState::Cancelled);
            if !dead {
                *live.entry(order.checkout).or_default() += 1;
            }
            self.is_paid_for(order, &rows);
        }
        assert!(live.values().all(|n| *n == 1), "a checkout was bought twice");
    }

    #[track_caller]
    fn is_paid_for(&self, order: &souk_orders::Order, rows: &Rows) {
        let id = order.id.to_string();
        let (taken, given) = (self.amount_for(&id, "capture"), self.amount_for(&id, "refund"));
        let payment = rows.payments.of_order(order.id);
        let booked = payment.map_or((0, 0), |payment| (payment.captured, payment.refunded));
        assert_eq!(booked, (taken, given), "the gateway's record of {id}: {:?}", order.state);
        match order.state {
            OrderState::Confirmed => {
                assert_eq!(taken, order.total().minor, "{id} is not paid");
                let hold = rows.stock.hold(order.checkout).map(|hold| hold.state);
                assert_eq!(hold, Some(HoldState::Committed), "{id} has no stock");
            }
            OrderState::PaymentFailed => assert_eq!(taken, 0, "{id} was charged"),
            OrderState::Cancelled => assert_eq!(taken, given, "{id} was not paid back"),
            _ => {}
        }
    }

    /// Minor units that the gateway moved for an order.
    fn amount_for(&self, order: &str, operation: &str) -> i64 {
        let reference = format!("order_{order}");
        let record = self.record();
        let asked = record.iter().find(|f| f["op"] == "authorize" && f["reference"] == *reference);
        let Some(asked) = asked else { return 0 };
        let theirs = record.iter().filter(|f| f["op"] == operation && f["ref"] == asked["ref"]);
        theirs.map(|fact| fact["amount"].as_i64().unwrap()).sum()
    }
}

const fn is_open(state: HoldState) -> bool {
    matches!(state, HoldState::Held | HoldState::Paying)
}

#[track_caller]
fn stock_is_its_ledger(rows: &Rows) {
    let mut told: BTreeMap<_, Level> = BTreeMap::new();
    for entry in rows.stock.entries() {
        let level = told.entry((entry.sku, entry.warehouse)).or_default();
        let pieces = entry.quantity;
        match entry.kind {
            EntryKind::Receive | EntryKind::Adjust | EntryKind::Return | EntryKind::Transfer => {
                level.on_hand += pieces
            }
            EntryKind::Hold => level.held += pieces,
            EntryKind::Release => level.held -= pieces,
            EntryKind::Commit => {
                level.held -= pieces;
                level.committed += pieces;
            }
            EntryKind::Restock => level.committed -= pieces,
            EntryKind::Ship => {
                level.committed -= pieces;
                level.on_hand -= pieces;
            }
            EntryKind::Shortage => level.shortage += pieces,
        }
        let free = level.on_hand + level.shortage - level.held - level.committed;
        assert!(free >= 0, "more was promised than there was: {entry:?}");
    }
    let mut held: BTreeMap<_, i64> = BTreeMap::new();
    let open = rows.stock.holds().filter(|hold| is_open(hold.state));
    for part in open.flat_map(|hold| &hold.allocations) {
        *held.entry((part.sku, part.warehouse)).or_default() += i64::from(part.quantity);
    }
    for sku in rows.stock.skus() {
        for found in rows.stock.levels(sku) {
            let place = (sku, found.warehouse);
            assert_eq!(told.get(&place).copied().unwrap_or_default(), found.level, "{sku}");
            assert_eq!(held.get(&place).copied().unwrap_or(0), found.level.held, "{sku}");
        }
    }
}
