//! What goes on by itself: the carrier simulator, and refunds of what came back.

use super::FulfillmentService;
use crate::rules::{Due, refund_id};
use crate::{Draft, Fulfillment, ReturnId, ReturnState, Step, StepRefusal, Verdict};
use souk_kernel::{HOUR_MS, MINUTE_MS, Money, PortError, RefundId, one};
use souk_payments::rules::refundable;
use souk_payments::{Payment, PaymentRefusal, PaymentState, RefundOutcome};
use std::sync::atomic::Ordering;

/// How long until something that could not be done is tried again.
const AGAIN_MS: i64 = MINUTE_MS;

/// What came of asking for a refund.
enum Paid {
    /// So much is back.
    So(Money),
    /// No answer yet.
    Later,
    /// The gateway refused for good: a new refund, later.
    Anew,
}

impl FulfillmentService {
    /// Does what is due, for at most `limit` orders; says for how many. All of it is one write, but for
    /// the refunds, which ask the gateway.
    ///
    /// # Errors
    /// The store's. What fails for a single order is logged and tried again later.
    pub async fn work(&self, limit: usize) -> Result<usize, PortError> {
        if !self.reckoned.load(Ordering::Relaxed) {
            let found = self.reckon(limit).await?;
            if found > 0 {
                return Ok(found);
            }
            // Whatever is written from here on is reckoned by this speed.
            self.reckoned.store(true, Ordering::Relaxed);
        }
        let due = self.parts.store.due(limit).await?;
        let now = self.parts.clock.now();
        let (mut steps, mut owed) = (Vec::with_capacity(due.len()), Vec::new());
        for stored in &due {
            let mut draft = Draft::of(stored);
            for what in self.parts.pace.now(stored, now) {
                match what {
                    Due::Refund(back) => owed.push((stored, back)),
                    what => self.advance(&mut draft, what).await?,
                }
            }
            if draft.is_changed() {
                steps.push(draft.step(&self.parts.pace));
            } else if !owed.iter().any(|(owing, _)| owing.order == stored.order) {
                // What was to be done is done already: it gets its time anew.
                steps.push(draft.step(&self.parts.pace));
            }
        }
        self.commit(steps).await?;
        for (stored, back) in owed {
            // The step before may have moved it on.
            let Some(all) = self.parts.store.of_order(stored.order).await? else { continue };
            match self.refund(&all, back).await {
                Ok(()) | Err(StepRefusal::Stale) => {}
                Err(error) => tracing::warn!(order = %all.order, %error, "refunding a return"),
            }
        }
        Ok(due.len())
    }

    /// Gives what is under way its time by the present speed, for at most `limit` orders; says for how
    /// many it had another one.
    async fn reckon(&self, limit: usize) -> Result<usize, PortError> {
        let pace = &self.parts.pace;
        let found = self.parts.store.reckoned_otherwise(pace.speed, limit).await?;
        let steps = found.iter().map(|stored| Draft::of(stored).step(pace)).collect();
        self.commit(steps).await?;
        Ok(found.len())
    }

    async fn advance(&self, draft: &mut Draft, what: Due) -> Result<(), PortError> {
        let now = self.parts.clock.now();
        let done = match what {
            Due::Move(no, to) => draft.move_parcel(no, to, now),
            Due::Receive(back) => draft.move_return(back, ReturnState::Received, now),
            Due::Inspect(id) => {
                let Some(order) = self.parts.orders.order(draft.next().order).await? else {
                    return Ok(());
                };
                let lines = draft.next().returned(id).map(|back| back.lines.clone());
                // The simulated warehouse finds everything as new.
                let verdicts: Vec<Verdict> = lines
                    .unwrap_or_default()
                    .iter()
                    .map(|line| Verdict { sku: line.sku, restock: line.quantity })
                    .collect();
                draft.inspect(id, &verdicts, &order.quote, now)
            }
            Due::Refund(_) => Ok(()),
        };
        if let Err(refusal) = done {
            tracing::warn!(order = %draft.next().order, %refusal, "moving a parcel");
        }
        Ok(())
    }

    /// Commits steps; one that stock refuses (its order was cancelled, a count found fewer pieces) is
    /// put off.
    async fn commit(&self, steps: Vec<Step>) -> Result<(), PortError> {
        if steps.is_empty() {
            return Ok(());
        }
        let kept: Vec<_> = steps.iter().map(|s| (s.next.order, s.expected_version)).collect();
        let mut put_off = Vec::new();
        for ((order, version), done) in kept.into_iter().zip(self.parts.store.step(steps).await) {
            match done {
                Ok(()) | Err(StepRefusal::Stale) => {}
                Err(StepRefusal::Port(error)) => return Err(error),
                // Nothing that goes on by itself has a key.
                Err(refusal @ StepRefusal::KeyReused) => {
                    tracing::error!(%order, %refusal, "moving a parcel");
                }
                Err(StepRefusal::Stock(refusal)) => {
                    tracing::debug!(%order, %refusal, "a parcel can't leave");
                    let stored = self.parts.store.of_order(order).await?;
                    if let Some(stored) = stored.filter(|stored| stored.version == version) {
                        let mut step = Draft::of(&stored).step(&self.parts.pace);
                        step.due = Some(self.parts.clock.now().plus_ms(AGAIN_MS));
                        put_off.push(step);
                    }
                }
            }
        }
        if put_off.is_empty() {
            return Ok(());
        }
        for done in self.parts.store.step(put_off).await {
            if let Err(StepRefusal::Port(error)) = done {
                return Err(error);
            }
        }
        Ok(())
    }

    /// Sends the money of a return that was inspected: once, however often it is asked for, because the
    /// refund's id follows from the return.
    pub(super) async fn refund(&self, all: &Fulfillment, id: ReturnId) -> Result<(), StepRefusal> {
        let Some(plan) = all.returned(id).and_then(|back| back.refund) else { return Ok(()) };
        if plan.paid.is_some() {
            return Ok(());
        }
        let unread = || PortError::Unavailable("the order can't be read".into());
        let order = self.parts.orders.order(all.order).await?.ok_or_else(unread)?;
        let payment = self.parts.payments.payment(order.payment).await?.ok_or_else(unread)?;
        let refund = refund_id(order.id, id, plan.attempt);
        let paid = self.pay_back(&payment, refund, plan.amount).await?;
        let now = self.parts.clock.now();
        let mut draft = Draft::of(all);
        let done = match paid {
            Paid::So(amount) => draft.refunded(id, amount, now),
            Paid::Later => draft.refund_again(id, now.plus_ms(AGAIN_MS), false),
            Paid::Anew => draft.refund_again(id, now.plus_ms(HOUR_MS), true),
        };
        if done.is_err() {
            return Ok(());
        }
        one(self.parts.store.step(vec![draft.step(&self.parts.pace)]).await)
    }

    async fn pay_back(
        &self,
        payment: &Payment,
        refund: RefundId,
        amount: Money,
    ) -> Result<Paid, PortError> {
        // Not taken yet: nothing can go back before.
        if matches!(payment.state, PaymentState::Authorized | PaymentState::Capturing) {
            return Ok(Paid::Later);
        }
        if amount.minor <= 0 {
            return Ok(Paid::So(amount));
        }
        let why = || "returned".to_owned();
        let money = &self.parts.money;
        let mut asked = money.refund(payment.id, refund, Some(amount), why()).await;
        // Part of it went back on another way: the rest goes now, and nothing beyond.
        if let Err(PaymentRefusal::TooMuch { .. }) = asked {
            let now = self.parts.payments.payment(payment.id).await?;
            let Some(now) = now.filter(|now| now.refunding == 0) else {
                // What is set aside comes free again if that refund fails.
                return Ok(Paid::Later);
            };
            let left = Money::new(refundable(&now).min(amount.minor), amount.currency);
            if left.minor <= 0 {
                return Ok(Paid::So(left));
            }
            asked = money.refund(payment.id, refund, Some(left), why()).await;
        }
        match asked {
            Ok(RefundOutcome::Succeeded) => {
                let refunds = self.parts.payments.refunds(payment.id).await?;
                let made = refunds.into_iter().find(|made| made.id == refund);
                Ok(Paid::So(made.map_or(amount, |made| made.amount)))
            }
            Ok(RefundOutcome::Failed) => Ok(Paid::Anew),
            Ok(RefundOutcome::Pending) | Err(PaymentRefusal::TooMuch { .. }) => Ok(Paid::Later),
            Err(PaymentRefusal::Port(error)) => Err(error),
            Err(other) => {
                tracing::error!(payment = %payment.id, error = %other, "refunding a return");
                Ok(Paid::Later)
            }
        }
    }
}
