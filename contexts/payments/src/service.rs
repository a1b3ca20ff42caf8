//! Use cases of money after the purchase: take it, let it go, give it back.
//!
//! Each records its intention conditionally, asks the gateway with a key derived from the business
//! fact, and records the answer. Each may be run again from any point, by anybody, however much later:
//! the gateway forgets keys, so whoever finds an intention that was recorded before looks up what came
//! of it, and sends it only if nothing did. The key alone decides between two who send at once.

mod saved;

pub use saved::SavedMethodService;

use crate::{
    FinishRefund, Gateway, GatewayError, MovePayment, Payment, PaymentIntent, PaymentRefusal,
    PaymentState, Payments, Refund, RefundState, ReserveRefund,
};
use souk_kernel::{Clock, Money, OrderId, PaymentId, PortError, RefundId, Timestamp, one};
use std::sync::Arc;

/// How a refund ended, as far as is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefundOutcome {
    /// The money is on its way back.
    Succeeded,
    /// The gateway refused.
    Failed,
    /// The gateway has not answered; the worker asks again under the same key.
    Pending,
}

/// Captures, voids, refunds.
#[derive(Clone)]
pub struct PaymentService {
    pub(crate) payments: Arc<dyn Payments>,
    pub(crate) gateway: Arc<dyn Gateway>,
    clock: Arc<dyn Clock>,
}

impl PaymentService {
    /// Over a store and a gateway.
    #[must_use]
    pub fn new(
        payments: Arc<dyn Payments>,
        gateway: Arc<dyn Gateway>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self { payments, gateway, clock }
    }

    /// Takes the money of a confirmed order; nothing where it was taken, or is being let go.
    ///
    /// # Errors
    /// The store or the gateway gave no answer: to be run again.
    pub async fn capture(&self, order: OrderId) -> Result<(), PortError> {
        one(self.capture_all(&[order]).await)
    }

    /// Returns the money of a cancelled order, whichever way is left: lets it go, or gives it back
    /// under `refund`, an id derived from the cancellation.
    ///
    /// # Errors
    /// The store or the gateway gave no answer, or a capture is under way: to be run again.
    pub async fn unwind(&self, order: OrderId, refund: RefundId) -> Result<(), PortError> {
        let Some(payment) = self.payments.of_order(order).await? else { return Ok(()) };
        match payment.state {
            PaymentState::Voiding => self.void(&payment).await,
            PaymentState::Capturing => {
                Err(PortError::Unavailable("the money is just being taken".into()))
            }
            PaymentState::Captured => {
                let asked = self.refund(payment.id, refund, None, "cancelled".into()).await;
                match asked {
                    Ok(RefundOutcome::Pending) => {
                        Err(PortError::Timeout("the refund is not answered yet".into()))
                    }
                    Ok(_) | Err(PaymentRefusal::TooMuch { .. }) => Ok(()),
                    Err(PaymentRefusal::Port(error)) => Err(error),
                    Err(other) => Err(PortError::Corrupt(other.to_string())),
                }
            }
            PaymentState::Authorized => {
                let from = &[PaymentState::Authorized];
                match self.step(&payment, from, PaymentState::Voiding).await? {
                    Some(payment) => self.void(&payment).await,
                    None => Err(PortError::Conflict("the payment moved meanwhile".into())),
                }
            }
            _ => Ok(()),
        }
    }

    async fn void(&self, payment: &Payment) -> Result<(), PortError> {
        let key = format!("{}:void", payment.reference());
        match self.gateway.void(&payment.reference(), &key).await {
            Ok(()) => {
                self.step(payment, &[PaymentState::Voiding], PaymentState::Voided).await?;
                Ok(())
            }
            Err(error) => Err(PortError::Timeout(error.to_string())),
        }
    }

    /// Gives back an amount (`None`: all that is left) under an id that the caller keeps.
    ///
    /// # Errors
    /// More than is left; nothing was taken; the store.
    pub async fn refund(
        &self,
        payment: PaymentId,
        refund: RefundId,
        amount: Option<Money>,
        reason: String,
    ) -> Result<RefundOutcome, PaymentRefusal> {
        let at = self.clock.now();
        let known = self.payments.refunds(payment).await?.into_iter().find(|r| r.id == refund);
        if let Some(known) = known {
            return self.send(&known, true).await;
        }
        let ask = ReserveRefund { refund, payment, amount, reason, at };
        one(self.payments.apply(vec![PaymentIntent::ReserveRefund(ask)]).await)?;
        let refunds = self.payments.refunds(payment).await?;
        let refund = refunds.into_iter().find(|r| r.id == refund);
        self.send(&refund.ok_or(PaymentRefusal::NoPayment)?, false).await
    }

    /// Asks the gateway for a reserved refund, if it isn't over. `again`: somebody may have asked
    /// before.
    async fn send(&self, refund: &Refund, again: bool) -> Result<RefundOutcome, PaymentRefusal> {
        match refund.state {
            RefundState::Succeeded => return Ok(RefundOutcome::Succeeded),
            RefundState::Failed => return Ok(RefundOutcome::Failed),
            RefundState::Reserved => {}
        }
        let payment = self.payments.payment(refund.payment).await?;
        let payment = payment.ok_or(PaymentRefusal::NoPayment)?;
        let gateway_ref = payment.gateway_ref.unwrap_or_default();
        let succeeded = match self.give_back(&gateway_ref, refund, again).await {
            Ok(()) => true,
            Err(GatewayError::Refused(why)) => {
                tracing::error!(refund = %refund.id, %why, "the gateway refused a refund");
                false
            }
            Err(GatewayError::Unknown(_)) => return Ok(RefundOutcome::Pending),
        };
        let end = FinishRefund { refund: refund.id, succeeded, at: self.clock.now() };
        one(self.payments.apply(vec![PaymentIntent::FinishRefund(end)]).await)?;
        Ok(if succeeded { RefundOutcome::Succeeded } else { RefundOutcome::Failed })
    }

    async fn give_back(
        &self,
        gateway_ref: &str,
        refund: &Refund,
        again: bool,
    ) -> Result<(), GatewayError> {
        let key = format!("refund_{}", refund.id);
        if again && self.gateway.has_refunded(gateway_ref, &key).await.map_err(unseen)? {
            return Ok(());
        }
        self.gateway.refund(gateway_ref, refund.amount, &key).await
    }

    /// Sends refunds that were left reserved for `older_than_ms` or longer, at most `limit`.
    ///
    /// # Errors
    /// The store's.
    pub async fn resume(&self, older_than_ms: i64, limit: usize) -> Result<usize, PaymentRefusal> {
        let before = self.clock.now().plus_ms(-older_than_ms);
        let left = self.payments.unfinished_refunds(before, limit).await?;
        for refund in &left {
            self.send(refund, true).await?;
        }
        Ok(left.len())
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Moves a payment; `None` when it is in another state. A repeated move counts as made.
    async fn step(
        &self,
        payment: &Payment,
        from: &'static [PaymentState],
        to: PaymentState,
    ) -> Result<Option<Payment>, PortError> {
        let step = MovePayment::plain(payment.id, from, to, self.clock.now());
        match one(self.payments.apply(vec![PaymentIntent::Move(step)]).await) {
            Ok(payment) => Ok(Some(payment)),
            Err(PaymentRefusal::Port(error)) => Err(error),
            Err(_) => Ok(None),
        }
    }
}

/// A look-up that was refused says nothing about what was looked for.
pub(crate) fn unseen(error: GatewayError) -> GatewayError {
    match error {
        GatewayError::Refused(why) | GatewayError::Unknown(why) => GatewayError::Unknown(why),
    }
}
