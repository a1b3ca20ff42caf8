//! What goes on without a shopper waiting: recovery, expiry, messages, cancelling, refunds.

use super::saga::Work;
use super::{Placing, Saga};
use crate::rules::{self, Stamp};
use crate::{Actor, Order, OrderState, PlaceRefusal, SettleRefusal, derived};
use souk_inventory::{HoldState, StockIntent, StockRefusal};
use souk_kernel::{CheckoutId, ClaimKey, Money, OrderId, PortError, RefundId, UserId, one};
use souk_payments::{Payment, PaymentRefusal, PaymentState, RefundOutcome};

/// Tries of a step that loses to others, before it gives up.
const TRIES: usize = 5;

impl Saga {
    /// Takes over sagas whose owner's lease has run out, at most `limit`; says how many it found.
    ///
    /// # Errors
    /// The store's. A single saga that fails is logged and left for the next round.
    pub async fn recover(&self, limit: usize) -> Result<usize, PortError> {
        let due = self.parts.orders.due(limit).await?;
        for order in &due {
            if let Err(error) = self.resume(*order).await {
                tracing::warn!(%order, %error, "recovering");
            }
        }
        Ok(due.len())
    }

    /// Looks at an order because something outside says so: a gateway's message, the shopper's return.
    /// Reads the gateway's record and goes on from there. An order that its saga is working on is left
    /// to it; an order that has ended is left as it is, and money that came for it since is seen to.
    ///
    /// # Errors
    /// The store's.
    pub async fn sync(&self, order: OrderId) -> Result<Option<Order>, PortError> {
        let Some(found) = self.parts.orders.order(order).await? else { return Ok(None) };
        let now = self.parts.clock.now();
        let worked_on = found.lease.is_some_and(|l| l.owner != 0 && l.until > now);
        if !found.state.is_open() {
            self.late(&found).await?;
            return Ok(Some(found));
        }
        if worked_on {
            return Ok(Some(found));
        }
        self.resume(order).await?;
        self.parts.orders.order(order).await
    }

    async fn resume(&self, id: OrderId) -> Result<(), PortError> {
        let Some(order) = self.parts.orders.order(id).await? else { return Ok(()) };
        if !order.state.is_open() {
            return Ok(());
        }
        let lease = self.lease(self.parts.clock.now());
        let settle = rules::take_over(&order, lease);
        let order = match one(self.parts.orders.settle(vec![settle.clone()]).await) {
            Ok(_) => rules::settled(&order, &settle),
            Err(SettleRefusal::Port(error)) => return Err(error),
            Err(_) => return Ok(()),
        };
        let order = order.map_err(|e| PortError::Conflict(e.to_string()))?;
        let payment = self.parts.payments.payment(order.payment).await?;
        self.drive(Work { order, payment, by: Actor::Recovery, again: true }).await?;
        Ok(())
    }

    /// Ends holds that are past their deadline and not pinned, at most `limit`; says how many.
    ///
    /// # Errors
    /// The store's.
    pub async fn sweep(&self, limit: usize) -> Result<usize, PortError> {
        let expired = self.parts.stock.expired(limit).await?;
        let intents = expired.iter().map(|checkout| StockIntent::Expire(*checkout)).collect();
        for answer in self.parts.stock.apply(intents).await {
            match answer {
                // Pinned or ended meanwhile: no longer the sweep's.
                Ok(_) | Err(StockRefusal::HoldGone(_) | StockRefusal::NoHold) => {}
                Err(StockRefusal::Port(error)) => return Err(error),
                Err(other) => tracing::error!(error = %other, "expiring a hold"),
            }
        }
        Ok(expired.len())
    }

    /// The shopper leaves a checkout: its stock is given back.
    ///
    /// # Errors
    /// No such checkout; it is being paid.
    pub async fn leave(&self, user: UserId, checkout: CheckoutId) -> Placing<()> {
        let checkout = self.checkout(user, checkout).await?;
        match one(self.parts.stock.apply(vec![StockIntent::Release(checkout.id)]).await) {
            Ok(_) | Err(StockRefusal::NoHold) => Ok(()),
            Err(StockRefusal::Port(error)) => Err(error.into()),
            Err(_) => Err(PlaceRefusal::CheckoutExpired),
        }
    }

    /// A shopper's own order.
    ///
    /// # Errors
    /// No such order of this shopper.
    pub async fn order_of(&self, user: UserId, order: OrderId) -> Placing<Order> {
        let found = self.parts.orders.order(order).await?;
        found.filter(|o| o.user == user).ok_or(PlaceRefusal::NotFound("order"))
    }

    /// Cancels an order before any of it ships, or one that waits for its shopper to pay; `by` is on
    /// record. Its stock goes back at once; its money as soon as the gateway answers. Cancelling twice is
    /// cancelling once.
    ///
    /// # Errors
    /// No such order of this shopper; it is too late, or too early.
    pub async fn cancel(
        &self,
        user: UserId,
        id: OrderId,
        by: Actor,
        reason: &str,
    ) -> Placing<Order> {
        for _ in 0..TRIES {
            let order = self.order_of(user, id).await?;
            if !matches!(order.state, OrderState::PaymentPending | OrderState::Confirmed) {
                let cancelled = order.state == OrderState::Cancelled;
                return if cancelled { Ok(order) } else { Err(PlaceRefusal::TooLate(order.state)) };
            }
            let payment = self.parts.payments.payment(order.payment).await?;
            let payment = payment.ok_or(PlaceRefusal::NotFound("payment"))?;
            let at = self.parts.clock.now();
            if order.state == OrderState::PaymentPending {
                self.give_up(order, payment, by, reason).await?;
                continue;
            }
            let stamp = Stamp { by, at, lease: self.lease(at) };
            let settle = rules::cancel(&order, &payment, reason, stamp);
            match one(self.parts.orders.settle(vec![settle]).await) {
                Ok(_) => return self.order_of(user, id).await,
                // The capture or another cancellation was first: look again.
                Err(SettleRefusal::Stale | SettleRefusal::Payment(_)) => {}
                Err(SettleRefusal::Stock(StockRefusal::HoldGone(HoldState::Shipped))) => {
                    return Err(PlaceRefusal::HasLeft);
                }
                Err(SettleRefusal::Port(error)) => return Err(error.into()),
                Err(other) => return Err(PortError::Conflict(other.to_string()).into()),
            }
        }
        Err(PortError::Conflict("the order keeps moving".into()).into())
    }

    /// Ends a try that waits for its shopper, so that the same checkout can be paid in another way.
    ///
    /// # Errors
    /// No such order of this shopper; it doesn't wait, or was paid just now.
    pub async fn pay_another_way(&self, user: UserId, id: OrderId) -> Placing<Order> {
        let order = self.order_of(user, id).await?;
        if order.state == OrderState::PaymentFailed {
            return Ok(order);
        }
        let payment = self.parts.payments.payment(order.payment).await?;
        let payment = payment.ok_or(PlaceRefusal::NotFound("payment"))?;
        if order.state != OrderState::PaymentPending {
            return Err(PlaceRefusal::TooLate(order.state));
        }
        self.give_up(order, payment, Actor::Shopper, rules::ANOTHER_WAY).await?;
        let order = self.order_of(user, id).await?;
        match order.state {
            OrderState::PaymentFailed => Ok(order),
            other => Err(PlaceRefusal::TooLate(other)),
        }
    }

    /// Records that the money is let go, then asks the gateway to. Whoever moved the order meanwhile is
    /// left alone.
    async fn give_up(
        &self,
        order: Order,
        payment: Payment,
        by: Actor,
        reason: &str,
    ) -> Placing<()> {
        let at = self.parts.clock.now();
        let worked_on = order.lease.is_some_and(|l| l.owner != 0 && l.until > at);
        let voiding = payment.state == PaymentState::Voiding;
        if worked_on || !(rules::waits_for_shopper(&payment) || voiding) {
            return Err(PlaceRefusal::TooLate(order.state));
        }
        let stamp = Stamp { by, at, lease: self.lease(at) };
        let mut settle = rules::take_over(&order, stamp.lease);
        if !voiding {
            settle = rules::void(&order, &payment, reason, stamp);
        }
        match one(self.parts.orders.settle(vec![settle.clone()]).await) {
            Ok(_) => {}
            Err(SettleRefusal::Stale | SettleRefusal::Payment(_)) => return Ok(()),
            Err(SettleRefusal::Port(error)) => return Err(error.into()),
            Err(other) => return Err(PortError::Conflict(other.to_string()).into()),
        }
        let order = rules::settled(&order, &settle);
        let order = order.map_err(|e| PortError::Conflict(e.to_string()))?;
        let payment = self.parts.payments.payment(order.payment).await?;
        let work = Work { order, payment, by, again: true };
        if self.drive(work).await?.order.state.is_open() {
            // The recovery worker asks again.
            return Err(PortError::Timeout("the gateway has not answered yet".into()).into());
        }
        Ok(())
    }

    /// Gives back part of what was taken, or all that is left. The key makes it one refund however
    /// often it is asked for.
    ///
    /// # Errors
    /// No such order of this shopper; more than is left; the key came with another amount or order.
    pub async fn refund(
        &self,
        key: &ClaimKey,
        order: OrderId,
        amount: Option<Money>,
        reason: String,
    ) -> Placing<(RefundId, RefundOutcome)> {
        let order = self.order_of(key.principal, order).await?;
        let refund: RefundId = derived(key, "refund");
        let known = self.parts.payments.refunds(order.payment).await?;
        if known.iter().any(|r| r.id == refund && amount.is_some_and(|a| a != r.amount)) {
            return Err(PlaceRefusal::KeyReused);
        }
        match self.money.refund(order.payment, refund, amount, reason).await {
            Ok(outcome) => Ok((refund, outcome)),
            Err(PaymentRefusal::Port(error)) => Err(error.into()),
            Err(PaymentRefusal::KeyReused) => Err(PlaceRefusal::KeyReused),
            Err(refusal) => Err(PlaceRefusal::Payment(refusal)),
        }
    }
}
