//! The purchase over stores that share no transaction: [`SplitOrders`].
//!
//! The order's own record is the commit point. What follows from it in other stores is written into the
//! record first, done afterwards, and crossed off last; every such step may be repeated by anybody. So
//! a crash between any two calls leaves a record that says what is left to do, and
//! [`Orders::due`] (or the next step of that order) does it.
//!
//! # Begin
//! - record `created`, with the claim;
//! - stock: take or pin;
//! - cart: freeze;
//! - payment: start;
//! - record `payment_pending`.
//!
//! What is refused on the way is undone, and the record moves to `cancelled`, never away; its key is
//! free again, as if nothing had been. A crash leaves it `created`: once its lease is past, recovery
//! abandons it, which undoes every step that may have been done.
//!
//! # Settle
//! - what an earlier step left is finished;
//! - the payment's and the stock's steps are checked against their stores;
//! - the record moves, conditionally on its version: *the commit point*;
//! - payment, stock, cart, in this order;
//! - the record crosses them off and publishes the facts: nobody hears of what is not true yet in
//!   every store.
//!
//! Why a check is enough, though the other stores may move between it and the step:
//! - a *hold* that is pinned or committed is moved by its own order's steps only, and those are
//!   serialised by the record's version: so `paying → committed` can't be refused;
//! - a *payment* before it is authorized likewise (authorize, confirm, fail, void);
//! - *cancelling* a confirmed order competes with a capture, which moves the payment alone. If the
//!   capture wins in between, the order is cancelled all the same, and whoever hears
//!   `order.cancelled` returns the money the way that is left: a refund. The order's record goes first,
//!   so no crash leaves a confirmed order whose money is being let go.
//!
//! # Start
//! Stock goes first (the earlier checkout's hold back, the new one taken), the record last: a hold
//! without a record ends at its deadline. When others take the stock between the two, the shopper is
//! refused and has lost the earlier hold: the one thing that a store in one place does better.
//!
//! # What is not covered
//! A run that is paused between two steps of its begin for longer than its lease, goes on after
//! recovery abandoned it, *and* dies before it has written down what to undo: it may leave a pinned hold
//! of a cancelled order. The reconciliation names it.

mod begin;
mod records;

pub use records::{OrderRecords, Unfinished};

use crate::rules::settled;
use crate::{
    Begin, BeginRefusal, Begun, CheckoutRecord, Claimed, Order, OrderState, OrderSummary, Orders,
    Settle, SettleRefusal, StartCheckout, Started,
};
use async_trait::async_trait;
use souk_cart::Carts;
use souk_inventory::rules::decide;
use souk_inventory::{Stock, StockIntent, StockRefusal};
use souk_kernel::{Answers, CheckoutId, ClaimKey, Clock, OrderId, PortError, UserId, one};
use souk_payments::rules::moved;
use souk_payments::{MovePayment, PaymentIntent, PaymentRefusal, PaymentState, Payments};
use std::sync::Arc;

/// [`Orders`] composed of stores that share nothing.
pub struct SplitOrders {
    /// The orders' own records.
    pub records: Arc<dyn OrderRecords>,
    /// Stock.
    pub stock: Arc<dyn Stock>,
    /// Payments.
    pub payments: Arc<dyn Payments>,
    /// Carts.
    pub carts: Arc<dyn Carts>,
    /// For checks before the commit point; the stores have the last word.
    pub clock: Arc<dyn Clock>,
}

impl SplitOrders {
    async fn settle_one(&self, settle: Settle) -> Result<u64, SettleRefusal> {
        self.finish(settle.order).await?;
        let order = self.records.order(settle.order).await?.ok_or(SettleRefusal::Stale)?;
        settled(&order, &settle)?;
        let settle = if order.state == OrderState::Created {
            abandoning(&order, settle)
        } else {
            self.check(&settle).await?;
            settle
        };
        let id = settle.order;
        let version = self.records.step(settle, false).await?;
        // Committed: what can't be finished now, `due` or the next step finishes.
        if let Err(error) = self.finish(id).await {
            tracing::warn!(order = %id, %error, "a step's other stores have to wait");
        }
        Ok(version)
    }

    /// Whether the other stores would accept a step.
    async fn check(&self, settle: &Settle) -> Result<(), SettleRefusal> {
        if let Some((checkout, step)) = settle.stock.as_ref().and_then(StockIntent::hold_move) {
            let hold = self.stock.hold(checkout).await?;
            let hold = hold.ok_or(SettleRefusal::Stock(StockRefusal::NoHold))?;
            decide(&hold, step, self.clock.now()).map_err(SettleRefusal::Stock)?;
        }
        if let Some(step) = &settle.payment {
            let payment = self.payments.payment(step.payment).await?;
            let payment = payment.ok_or(SettleRefusal::Payment(PaymentRefusal::NoPayment))?;
            moved(&payment, step).map_err(SettleRefusal::Payment)?;
        }
        Ok(())
    }

    /// Does what a record still asks of other stores, and crosses it off.
    async fn finish(&self, order: OrderId) -> Result<(), PortError> {
        let Some(left) = self.records.unfinished(order).await? else { return Ok(()) };
        self.follow(order, left.payment, left.stock, left.cart).await?;
        self.records.finished(order, left.version).await
    }

    /// Steps in other stores. Each may have been done before; a refusal means that it was, or that it
    /// no longer matters.
    async fn follow(
        &self,
        order: OrderId,
        payment: Option<MovePayment>,
        stock: Option<StockIntent>,
        cart: Option<souk_cart::CartIntent>,
    ) -> Result<(), PortError> {
        if let Some(step) = payment {
            match one(self.payments.apply(vec![PaymentIntent::Move(step)]).await) {
                Err(PaymentRefusal::Port(error)) => return Err(error),
                Err(refusal) => tracing::debug!(%order, %refusal, "a payment went on meanwhile"),
                Ok(_) => {}
            }
        }
        if let Some(step) = stock {
            match one(self.stock.apply(vec![step]).await) {
                Err(StockRefusal::Port(error)) => return Err(error),
                Err(refusal) => tracing::debug!(%order, %refusal, "nothing to do for stock"),
                Ok(_) => {}
            }
        }
        if let Some(step) = cart {
            one(self.carts.apply(vec![step]).await)?;
        }
        Ok(())
    }
}

/// An order that never left `created` may or may not have reached its other stores: it ends the
/// attempt too, and nothing of this can be checked beforehand.
fn abandoning(order: &Order, settle: Settle) -> Settle {
    let ends = settle.moves.iter().any(|step| step.to == OrderState::Cancelled);
    let (Some(step), None) = (settle.moves.last(), &settle.payment) else { return settle };
    let mut ended = MovePayment::plain(
        order.payment,
        &[PaymentState::Authorizing],
        PaymentState::Declined,
        step.at,
    );
    ended.reason = Some(step.why.clone());
    Settle { payment: ends.then_some(ended), ..settle }
}

#[async_trait]
impl Orders for SplitOrders {
    async fn begin(&self, batch: Vec<Begin>) -> Answers<Begun, BeginRefusal> {
        let mut answers = Vec::with_capacity(batch.len());
        for begin in batch {
            answers.push(self.begin_one(begin).await);
        }
        answers
    }

    async fn settle(&self, batch: Vec<Settle>) -> Answers<u64, SettleRefusal> {
        let mut answers = Vec::with_capacity(batch.len());
        for settle in batch {
            answers.push(self.settle_one(settle).await);
        }
        answers
    }

    async fn start(&self, batch: Vec<StartCheckout>) -> Answers<Started, BeginRefusal> {
        let mut answers = Vec::with_capacity(batch.len());
        for start in batch {
            answers.push(self.start_one(start).await);
        }
        answers
    }

    async fn order(&self, id: OrderId) -> Result<Option<Order>, PortError> {
        self.records.order(id).await
    }

    async fn order_by_key(&self, key: i64) -> Result<Option<Order>, PortError> {
        self.records.order_by_key(key).await
    }

    async fn checkout(&self, id: CheckoutId) -> Result<Option<CheckoutRecord>, PortError> {
        self.records.checkout(id).await
    }

    async fn live_order(&self, checkout: CheckoutId) -> Result<Option<OrderId>, PortError> {
        self.records.live_order(checkout).await
    }

    async fn claimed(&self, key: &ClaimKey) -> Result<Option<Claimed>, PortError> {
        self.records.claimed(key).await
    }

    /// First finishes what crashes left between the stores; what still can't be finished waits for the
    /// next time.
    async fn due(&self, limit: usize) -> Result<Vec<OrderId>, PortError> {
        for order in self.records.all_unfinished(limit).await? {
            if let Err(error) = self.finish(order).await {
                tracing::warn!(%order, %error, "finishing a step in other stores");
            }
        }
        self.records.due(limit).await
    }

    async fn of_user(
        &self,
        user: UserId,
        before: Option<OrderId>,
        limit: usize,
    ) -> Result<Vec<OrderSummary>, PortError> {
        self.records.of_user(user, before, limit).await
    }

    async fn list(&self, orders: Vec<OrderId>) -> Result<(), PortError> {
        self.records.list(orders).await
    }
}
