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
    PaymentState, Payments, Refund, RefundPlace, RefundState, ReserveRefund,
};
use souk_kernel::{Clock, Money, OrderId, PaymentId, PortError, RefundId, Timestamp, one};
use std::sync::{Arc, Mutex, PoisonError};

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
    /// Up to where [`Self::resume`] came, while there was more behind it.
    resumed: Arc<Mutex<Option<RefundPlace>>>,
}

impl PaymentService {
    /// Over a store and a gateway.
    #[must_use]
    pub fn new(
        payments: Arc<dyn Payments>,
        gateway: Arc<dyn Gateway>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self { payments, gateway, clock, resumed: Arc::default() }
    }

    /// Takes the money of a confirmed order; nothing where it was taken, or is being let go.
    ///
    /// # Errors
    /// The store or the gateway gave no answer: to be run again.
    pub async fn capture(&self, order: OrderId) -> Result<(), PortError> {
        one(self.capture_all(&[order]).await)
    }

    /// Returns the money of a cancelled order, whichever way is left: lets it go, or gives all of it
    /// back under `refund`, ids that are derived from the cancellation and the number of the try.
    ///
    /// # Errors
    /// The store or the gateway gave no answer, the gateway refused, or a capture or another refund is
    /// under way: to be run again.
    pub async fn unwind(
        &self,
        order: OrderId,
        refund: impl Fn(u32) -> RefundId + Send + Sync,
    ) -> Result<(), PortError> {
        let Some(payment) = self.payments.of_order(order).await? else { return Ok(()) };
        match payment.state {
            PaymentState::Voiding => self.void(&payment).await,
            PaymentState::Capturing => {
                Err(PortError::Unavailable("the money is just being taken".into()))
            }
            PaymentState::Captured => self.give_all_back(payment.id, refund).await,
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

    /// Done once all that was taken is back. What the gateway refused is asked for anew, as another
    /// refund; an amount that somebody else's refund has set aside comes free again if that one fails.
    async fn give_all_back(
        &self,
        payment: PaymentId,
        refund: impl Fn(u32) -> RefundId + Send + Sync,
    ) -> Result<(), PortError> {
        let known = self.payments.refunds(payment).await?;
        let open = |id: &RefundId| {
            !known.iter().any(|before| before.id == *id && before.state != RefundState::Reserved)
        };
        // So many have ended at most: one more is open.
        let tries = 0..=u32::try_from(known.len()).unwrap_or(u32::MAX);
        let next = tries.map(refund).find(open);
        let next = next.ok_or_else(|| PortError::Corrupt("no id is left".into()))?;
        match self.refund(payment, next, None, "cancelled".into()).await {
            Ok(RefundOutcome::Succeeded) | Err(PaymentRefusal::TooMuch { .. }) => {}
            Ok(RefundOutcome::Pending) => {
                return Err(PortError::Timeout("the refund is not answered yet".into()));
            }
            Ok(RefundOutcome::Failed) => {
                return Err(PortError::Unavailable("the gateway refused the refund".into()));
            }
            Err(PaymentRefusal::Port(error)) => return Err(error),
            Err(other) => return Err(PortError::Corrupt(other.to_string())),
        }
        match self.payments.payment(payment).await? {
            Some(now) if now.refunded < now.captured => {
                Err(PortError::Unavailable("another refund is under way".into()))
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
        let (id, of) = (refund.id, refund.payment);
        let end = FinishRefund { refund: id, payment: of, succeeded, at: self.clock.now() };
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

    /// Sends refunds that were left reserved for `older_than_ms` or longer, at most `limit`; says how
    /// many came to an end. The next call goes on behind them, and after the last one from the first
    /// again: those that never get an answer keep nobody waiting.
    ///
    /// # Errors
    /// The store's. A single refund that fails is logged and left for another round.
    pub async fn resume(&self, older_than_ms: i64, limit: usize) -> Result<usize, PaymentRefusal> {
        let before = self.clock.now().plus_ms(-older_than_ms);
        let after = *self.resumed.lock().unwrap_or_else(PoisonError::into_inner);
        let left = self.payments.unfinished_refunds(before, after, limit).await?;
        let last = left.last().filter(|_| left.len() == limit);
        *self.resumed.lock().unwrap_or_else(PoisonError::into_inner) =
            last.map(|refund| (refund.created_at, refund.id));
        let mut ended = 0;
        for refund in &left {
            match self.send(refund, true).await {
                Ok(RefundOutcome::Pending) => {}
                Ok(RefundOutcome::Succeeded | RefundOutcome::Failed) => ended += 1,
                Err(error) => tracing::warn!(refund = %refund.id, %error, "resuming a refund"),
            }
        }
        Ok(ended)
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
