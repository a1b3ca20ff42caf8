//! Bugs in payments, in the outbox, at the gateway.

use super::Bug;
use crate::gateway::SimGateway;
use async_trait::async_trait;
use parking_lot::Mutex;
use souk_kernel::{
    Aggregate, Answers, Event, Lag, Money, OrderId, Outbox, Parked, PaymentId, PortError, Seq,
    Timestamp, UserId, one,
};
use souk_payments::{
    Authorization, Authorize, Gateway, GatewayError, GatewayPayment, GatewayStatus, Payment,
    PaymentIntent, PaymentRefusal, PaymentState, Payments, Refund, RefundPlace, RefundState,
};
use std::collections::BTreeMap;
use std::sync::Arc;

pub(super) struct BadPayments {
    pub inner: Arc<dyn Payments>,
    pub bug: Bug,
    pub beyond: Mutex<Vec<Refund>>,
}

impl BadPayments {
    async fn apply_one(&self, intent: PaymentIntent) -> Result<Payment, PaymentRefusal> {
        let answer = one(self.inner.apply(vec![intent.clone()]).await);
        match (self.bug, intent, answer) {
            (Bug::CapturesUnguarded, PaymentIntent::Move(step), Err(refusal))
                if step.to == PaymentState::Capturing
                    && matches!(refusal, PaymentRefusal::WrongState(_)) =>
            {
                let payment = self.inner.payment(step.payment).await?;
                let payment = payment.ok_or(PaymentRefusal::NoPayment)?;
                Ok(Payment { state: PaymentState::Capturing, ..payment })
            }
            (
                Bug::RefundsUnreserved,
                PaymentIntent::ReserveRefund(ask),
                Err(PaymentRefusal::TooMuch { .. }),
            ) => {
                let payment = self.inner.payment(ask.payment).await?;
                let payment = payment.ok_or(PaymentRefusal::NoPayment)?;
                self.beyond.lock().push(Refund {
                    id: ask.refund,
                    payment: payment.id,
                    order: payment.order,
                    amount: ask.amount.unwrap_or(payment.amount),
                    state: RefundState::Reserved,
                    reason: ask.reason,
                    created_at: ask.at,
                });
                Ok(payment)
            }
            (_, _, answer) => answer,
        }
    }
}

#[async_trait]
impl Payments for BadPayments {
    async fn apply(&self, batch: Vec<PaymentIntent>) -> Answers<Payment, PaymentRefusal> {
        let mut answers = Vec::with_capacity(batch.len());
        for intent in batch {
            answers.push(self.apply_one(intent).await);
        }
        answers
    }

    async fn payment(&self, id: PaymentId) -> Result<Option<Payment>, PortError> {
        self.inner.payment(id).await
    }

    async fn refunds(&self, payment: PaymentId) -> Result<Vec<Refund>, PortError> {
        let mut found = self.inner.refunds(payment).await?;
        found.extend(self.beyond.lock().iter().filter(|r| r.payment == payment).cloned());
        Ok(found)
    }

    async fn unfinished_refunds(
        &self,
        before: Timestamp,
        after: Option<RefundPlace>,
        limit: usize,
    ) -> Result<Vec<Refund>, PortError> {
        self.inner.unfinished_refunds(before, after, limit).await
    }

    async fn of_order(&self, order: OrderId) -> Result<Option<Payment>, PortError> {
        self.inner.of_order(order).await
    }

    async fn waiting_transfers(&self, user: UserId) -> Result<u32, PortError> {
        self.inner.waiting_transfers(user).await
    }
}

pub(super) struct BadOutbox(pub Arc<dyn Outbox>);

#[async_trait]
impl Outbox for BadOutbox {
    async fn lease(
        &self,
        owner: u64,
        at_most: u16,
        now: Timestamp,
        ttl_ms: i64,
    ) -> Result<Vec<u16>, PortError> {
        self.0.lease(owner, at_most, now, ttl_ms).await
    }

    async fn pending(&self, lanes: &[u16], limit: usize) -> Result<Vec<(Seq, Event)>, PortError> {
        let found = self.0.pending(lanes, limit).await?;
        self.0.done(found.iter().map(|(seq, _)| *seq).collect()).await?;
        Ok(found)
    }

    async fn done(&self, _: Vec<Seq>) -> Result<(), PortError> {
        Ok(())
    }

    async fn park(&self, aggregate: Aggregate, seq: Seq, reason: String) -> Result<(), PortError> {
        self.0.park(aggregate, seq, reason).await
    }

    async fn unpark(&self, aggregate: Aggregate) -> Result<bool, PortError> {
        self.0.unpark(aggregate).await
    }

    async fn parked(&self, limit: usize) -> Result<Vec<Parked>, PortError> {
        self.0.parked(limit).await
    }

    async fn lag(&self, now: Timestamp) -> Result<Lag, PortError> {
        self.0.lag(now).await
    }
}

pub(super) struct BadGateway {
    pub inner: Arc<dyn Gateway>,
    pub there: Arc<SimGateway>,
    pub bug: Bug,
    pub asked: Mutex<BTreeMap<String, Money>>,
}

#[async_trait]
impl Gateway for BadGateway {
    fn name(&self) -> &'static str {
        self.inner.name()
    }

    fn key_lifetime_ms(&self) -> i64 {
        self.inner.key_lifetime_ms()
    }

    async fn authorize(&self, request: Authorize) -> Result<Authorization, GatewayError> {
        self.asked.lock().insert(request.reference.clone(), request.amount);
        if self.bug == Bug::FreshGatewayKey {
            let key = format!("{}-{}", request.reference, self.there.charges().len());
            // The answer counts, the way is as bad as ever: a call that has no effect.
            self.inner.look_up(&request.reference).await?;
            return self.there.authorize_under(&key, &request);
        }
        let amount = request.amount;
        match (self.bug, self.inner.authorize(request).await) {
            (Bug::TrustsAmount, Ok(Authorization::Authorized { gateway_ref, .. })) => {
                Ok(Authorization::Authorized { gateway_ref, amount })
            }
            (Bug::UnknownIsDeclined, Err(GatewayError::Unknown(why))) => {
                Ok(Authorization::Declined { reason: why })
            }
            (_, answer) => answer,
        }
    }

    async fn capture(
        &self,
        gateway_ref: &str,
        amount: Money,
        key: &str,
    ) -> Result<(), GatewayError> {
        self.inner.capture(gateway_ref, amount, key).await
    }

    async fn void(&self, reference: &str, key: &str) -> Result<(), GatewayError> {
        if self.bug == Bug::VoidsNothing {
            return Ok(());
        }
        self.inner.void(reference, key).await
    }

    async fn refund(
        &self,
        gateway_ref: &str,
        amount: Money,
        key: &str,
    ) -> Result<(), GatewayError> {
        self.inner.refund(gateway_ref, amount, key).await
    }

    async fn return_unclaimed(
        &self,
        gateway_ref: &str,
        amount: Money,
        key: &str,
    ) -> Result<(), GatewayError> {
        self.inner.return_unclaimed(gateway_ref, amount, key).await
    }

    async fn has_refunded(&self, gateway_ref: &str, key: &str) -> Result<bool, GatewayError> {
        let refunded = self.inner.has_refunded(gateway_ref, key).await?;
        Ok(refunded && self.bug != Bug::SendsAgainUnseen)
    }

    async fn look_up(&self, reference: &str) -> Result<Option<GatewayPayment>, GatewayError> {
        let mut found = self.inner.look_up(reference).await?;
        if let (Bug::SendsAgainUnseen, Some(payment)) = (self.bug, found.as_mut()) {
            payment.captured = 0;
        }
        if let (Bug::OverlooksLateMoney, Some(payment)) = (self.bug, found.as_mut()) {
            payment.unclaimed = 0;
        }
        if let (Bug::TakesAnyTransfer, Some(payment)) = (self.bug, found.as_mut())
            && payment.status == GatewayStatus::AwaitingTransfer
            && payment.received > 0
        {
            payment.status = GatewayStatus::Captured;
        }
        if let (Bug::TrustsAmount, Some(payment)) = (self.bug, found.as_mut())
            && let Some(amount) = self.asked.lock().get(reference)
        {
            payment.authorized = *amount;
        }
        Ok(found)
    }
}
