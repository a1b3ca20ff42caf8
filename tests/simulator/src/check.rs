//! The judge: reads the stores through their ports, and the gateway's record, and what shoppers were
//! told; recomputes what must hold between them. Shares no rule with what it judges.

mod answers;
mod money;
mod stock;

use crate::diary::Entry;
use crate::gateway::Charge;
use crate::stores::Ports;
use souk_faults::Noted;
use souk_inventory::{Hold, HoldState};
use souk_kernel::{CheckoutId, Event, OrderId, RefundId, Sku, Timestamp, UserId};
use souk_orders::{Actor, Order, OrderState};
use souk_payments::{MoneyEntry, Payment, PaymentState, Refund, RefundOutcome};
use std::collections::{BTreeMap, BTreeSet};

/// One broken promise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// Its name in the design.
    pub invariant: &'static str,
    /// Of which order, if of one.
    pub order: Option<OrderId>,
    /// What was seen.
    pub what: String,
}

/// What the judge looks at.
pub struct Evidence<'a> {
    /// The stores, without faults.
    pub ports: &'a Ports,
    /// What processes tried to write down.
    pub noted: Vec<Noted>,
    /// How many of each SKU there were, over all warehouses.
    pub opened: Vec<(Sku, i64)>,
    /// The gateway's record.
    pub charges: Vec<Charge>,
    /// What the gateway was asked that it never should be.
    pub alerts: Vec<String>,
    /// What shoppers heard of purchases.
    pub entries: Vec<Entry>,
    /// What shoppers heard of refunds.
    pub refunds: Vec<(RefundId, OrderId, RefundOutcome)>,
    /// What consumers were told, if anybody listened.
    pub told: Option<Vec<Event>>,
    /// The money ledger, where it can be read.
    pub money: Option<Vec<MoneyEntry>>,
    /// Everybody who might have a cart.
    pub users: Vec<UserId>,
    /// A process was paused, and one ended: the one thing that the split purchase doesn't cover.
    pub paused_and_crashed: bool,
    /// The store's clock now.
    pub now: Timestamp,
}

/// What it found.
#[derive(Debug, Default)]
pub struct Verdict {
    /// Promises broken.
    pub violations: Vec<Violation>,
    /// Leftovers of a begin that was paused past its lease and died: documented, not covered.
    pub documented: u32,
    /// Orders by how they ended.
    pub ended: BTreeMap<&'static str, u32>,
}

struct Seen {
    order: Order,
    payment: Option<Payment>,
    refunds: Vec<Refund>,
    hold: Option<Hold>,
    /// A documented leftover.
    leftover: bool,
}

pub(crate) struct Judge<'a> {
    evidence: &'a Evidence<'a>,
    seen: BTreeMap<OrderId, Seen>,
    holds: BTreeMap<CheckoutId, Hold>,
    verdict: Verdict,
}

/// Judges.
///
/// # Panics
/// When a store can't be read: there is nothing to judge then.
pub async fn judge(evidence: &Evidence<'_>) -> Verdict {
    let mut judge = Judge {
        evidence,
        seen: BTreeMap::new(),
        holds: BTreeMap::new(),
        verdict: Verdict::default(),
    };
    judge.read().await;
    judge.orders();
    judge.charges();
    judge.ledger_of_money();
    judge.answers();
    judge.told();
    judge.stock().await;
    judge.carts().await;
    judge.verdict
}

impl Judge<'_> {
    fn broken(&mut self, invariant: &'static str, order: Option<OrderId>, what: String) {
        self.verdict.violations.push(Violation { invariant, order, what });
    }

    async fn read(&mut self) {
        let ports = self.evidence.ports;
        let unread = "a store can be read after the history";
        for noted in self.evidence.noted.clone() {
            let (id, checkout) = match noted {
                Noted::Order(id, checkout) => (Some(id), checkout),
                Noted::Checkout(checkout) => (None, checkout),
            };
            let hold = ports.stock.hold(checkout).await.expect(unread);
            if let Some(hold) = &hold {
                self.holds.insert(checkout, hold.clone());
            }
            let Some(id) = id else { continue };
            let Some(order) = ports.orders.order(id).await.expect(unread) else { continue };
            let payment = ports.payments.of_order(id).await.expect(unread);
            let refunds = ports.payments.refunds(order.payment).await.expect(unread);
            let leftover = self.evidence.paused_and_crashed && abandoned(&order, payment.as_ref());
            self.seen.insert(id, Seen { order, payment, refunds, hold, leftover });
        }
    }

    fn orders(&mut self) {
        let mut live: BTreeMap<CheckoutId, Vec<OrderId>> = BTreeMap::new();
        let mut found = Vec::new();
        for (id, seen) in &self.seen {
            let order = &seen.order;
            *self.verdict.ended.entry(order.state.name()).or_default() += 1;
            if order.state.is_open() {
                found.push(("no-lost-order", *id, format!("is still {}", order.state.name())));
            }
            if let Some(bad) = undrawn(order) {
                found.push(("drawn-edges-only", *id, bad));
            }
            if !matches!(order.state, OrderState::PaymentFailed | OrderState::Cancelled) {
                live.entry(order.checkout).or_default().push(*id);
            }
            let pinned = seen.hold.as_ref().filter(|h| h.order == Some(*id)).map(|h| h.state);
            let right = match order.state {
                OrderState::Confirmed => pinned == Some(HoldState::Committed),
                _ => !matches!(pinned, Some(HoldState::Paying | HoldState::Committed)),
            };
            if !right && seen.leftover {
                self.verdict.documented += 1;
            } else if !right {
                let what = format!("is {}, its hold {:?}", order.state.name(), seen.hold);
                found.push(("released-once", *id, what));
            }
            if order.state == OrderState::Confirmed
                && let Some(what) = seen.hold.as_ref().and_then(|hold| short_of(order, hold))
            {
                found.push(("no-oversell", *id, what));
            }
        }
        for (invariant, order, what) in found {
            self.broken(invariant, Some(order), what);
        }
        for (checkout, orders) in live.into_iter().filter(|(_, orders)| orders.len() > 1) {
            let what = format!("checkout {checkout} has {} live orders", orders.len());
            self.broken("paid-once", orders.first().copied(), what);
        }
    }

    /// Every end of an order was told, and in the order of its moves.
    fn told(&mut self) {
        let Some(told) = &self.evidence.told else { return };
        let mut heard: BTreeMap<OrderId, Vec<(u64, String)>> = BTreeMap::new();
        let mut repeated = BTreeSet::new();
        for event in told {
            let order = OrderId::from_uuid(event.aggregate.0);
            if repeated.insert((order, event.number)) {
                heard.entry(order).or_default().push((event.number, event.kind.clone()));
            }
        }
        let mut found = Vec::new();
        for (id, seen) in &self.seen {
            let heard = heard.remove(id).unwrap_or_default();
            if !heard.is_sorted_by_key(|(number, _)| *number) {
                found.push((*id, format!("told in disorder: {heard:?}")));
            }
            for step in &seen.order.moves {
                let kind = match step.to {
                    OrderState::Confirmed => "order.confirmed",
                    OrderState::PaymentFailed => "order.payment_failed",
                    // A begin that was undone was never told to anybody.
                    OrderState::Cancelled if seen.payment.is_some() && !undone(&seen.order) => {
                        "order.cancelled"
                    }
                    _ => continue,
                };
                if !heard.iter().any(|(_, told)| told == kind) {
                    found.push((*id, format!("nobody was told {kind}: {heard:?}")));
                }
            }
        }
        for (order, what) in found {
            self.broken("told-at-least-once", Some(order), what);
        }
    }

    async fn carts(&mut self) {
        for user in self.evidence.users.clone() {
            let cart = self.evidence.ports.carts.get(user).await.expect("carts can be read");
            if let Some(frozen) = cart.and_then(|cart| cart.frozen) {
                let documented = matches!(frozen, souk_cart::Freeze::Order(order)
                    if self.seen.get(&order).is_some_and(|seen| seen.leftover));
                if documented {
                    self.verdict.documented += 1;
                } else {
                    self.broken("released-once", None, format!("a cart stays frozen: {frozen:?}"));
                }
            }
        }
    }
}

/// A confirmed order has its stock: each SKU in the quantity that was bought.
fn short_of(order: &Order, hold: &Hold) -> Option<String> {
    let mut pieces: BTreeMap<Sku, i64> = BTreeMap::new();
    for line in &order.quote.lines {
        *pieces.entry(line.item.sku).or_default() += i64::from(line.item.quantity);
    }
    for part in &hold.allocations {
        *pieces.entry(part.sku).or_default() -= i64::from(part.quantity);
    }
    let unlike = pieces.values().any(|missing| *missing != 0);
    unlike.then(|| format!("bought {:?}, holds {:?}", order.quote.lines, hold.allocations))
}

/// Never got past its begin.
fn undone(order: &Order) -> bool {
    !order.moves.iter().any(|step| step.to == OrderState::PaymentPending)
}

/// Abandoned by recovery before its begin was through: its owner may have gone on, and died.
fn abandoned(order: &Order, payment: Option<&Payment>) -> bool {
    let last = order.moves.last();
    order.state == OrderState::Cancelled
        && undone(order)
        && last.is_some_and(|step| step.by == Actor::Recovery)
        && payment
            .is_none_or(|p| matches!(p.state, PaymentState::Authorizing | PaymentState::Declined))
}

/// A move that is not on the design's drawing.
fn undrawn(order: &Order) -> Option<String> {
    use OrderState as S;
    let drawn = |from: S, to: S| {
        matches!(
            (from, to),
            (S::Created | S::PaymentPending | S::Confirmed, S::Cancelled)
                | (S::Created, S::PaymentPending)
                | (S::PaymentPending, S::Confirmed | S::PaymentFailed)
        )
    };
    let states: Vec<S> = order.moves.iter().map(|step| step.to).collect();
    let bad = states.first() != Some(&S::Created)
        || states.last() != Some(&order.state)
        || states.windows(2).any(|pair| !drawn(pair[0], pair[1]));
    bad.then(|| format!("moved {states:?}, is {:?}", order.state))
}
