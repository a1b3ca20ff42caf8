//! Running a saga: read what is stored, do what the rules say, record what came of it.

use super::Saga;
use crate::rules::{self, AfterLookUp, Next, Stamp};
use crate::{Actor, Order, Settle, SettleRefusal};
use souk_kernel::{PortError, one};
use souk_payments::rules::Truth;
use souk_payments::{Authorize, GatewayError, Method, Payment};

/// More steps than any order needs: a saga that takes more is a defect, not a loop.
const STEPS_MAX: usize = 8;

impl Saga {
    /// Runs a saga that just began, by the process that began it; the order as it then stands. One
    /// without an answer is still under way: what would be said now could not be said again.
    pub(super) async fn run(&self, order: Order, payment: Payment) -> Result<Order, PortError> {
        let Work { order, .. } = self
            .drive(Work { order, payment: Some(payment), by: Actor::Saga, again: false })
            .await?;
        Ok(order)
    }

    /// Goes on until nothing is left to do, the shopper must act, or the gateway doesn't answer.
    pub(super) async fn drive(&self, mut work: Work) -> Result<Work, PortError> {
        for _ in 0..STEPS_MAX {
            let payment_state = work.payment.as_ref().map(|p| p.state);
            let settle = match rules::next(work.order.state, payment_state, work.again) {
                Next::Nothing => return Ok(work),
                Next::Abandon => self.abandon(&work).await?,
                step => {
                    let Some(payment) = work.payment.clone() else { return Ok(work) };
                    self.ask(&work, &payment, step).await
                }
            };
            let Some(settle) = settle else { return Ok(work) };
            let waits = settle.moves.is_empty() && settle.lease.is_none_or(|l| l.owner == 0);
            match self.record(&mut work, settle).await {
                Ok(()) if waits => return Ok(work),
                Ok(()) => {}
                Err(SettleRefusal::Stale) => return self.overtaken(work).await,
                Err(SettleRefusal::Port(error)) => return Err(error),
                Err(other) => {
                    tracing::error!(order = %work.order.id, error = %other, "a saga's step");
                    return Err(PortError::Conflict(other.to_string()));
                }
            }
        }
        Err(PortError::Corrupt(format!("order {} does not come to an end", work.order.id)))
    }

    /// Asks the gateway what the step needs, and turns its answer into a record.
    async fn ask(&self, work: &Work, payment: &Payment, step: Next) -> Option<Settle> {
        let order = &work.order;
        match step {
            Next::Authorize => Some(self.authorize(work, payment).await),
            Next::LookUp => match self.parts.gateway.look_up(&payment.reference()).await {
                Err(_) => None,
                Ok(there) => {
                    let (there, stamp) = (there.as_ref(), self.stamp(work));
                    let forgotten = self.key_is_old(payment);
                    match rules::after_look_up(order, payment, there, forgotten, stamp) {
                        AfterLookUp::Settle(settle) => Some(*settle),
                        AfterLookUp::AuthorizeAgain => Some(self.authorize(work, payment).await),
                    }
                }
            },
            Next::Void => {
                let key = format!("{}:void", payment.reference());
                match self.parts.gateway.void(&payment.reference(), &key).await {
                    Ok(()) => Some(rules::after_void(order, payment, self.stamp(work))),
                    Err(GatewayError::Refused(_)) if payment.method == Method::BankTransfer => {
                        self.came_meanwhile(work, payment).await
                    }
                    Err(error) => {
                        tracing::warn!(order = %order.id, %error, "voiding");
                        None
                    }
                }
            }
            Next::Confirm => Some(rules::confirm(order, payment, None, self.stamp(work))),
            Next::Fail => {
                let reason = payment.reason.clone().unwrap_or_default();
                Some(rules::fail(order, payment, &reason, self.stamp(work)))
            }
            Next::Abandon | Next::Nothing => None,
        }
    }

    /// A transfer is not let go because its money is there: then it counts.
    async fn came_meanwhile(&self, work: &Work, payment: &Payment) -> Option<Settle> {
        let there = self.parts.gateway.look_up(&payment.reference()).await.ok()??;
        let paid = souk_payments::rules::truth(payment, &there) == Truth::Paid;
        paid.then(|| {
            rules::confirm(&work.order, payment, Some(there.gateway_ref), self.stamp(work))
        })
    }

    fn key_is_old(&self, payment: &Payment) -> bool {
        let age = self.parts.clock.now().since(payment.created_at);
        age >= self.parts.gateway.key_lifetime_ms()
    }

    async fn authorize(&self, work: &Work, payment: &Payment) -> Settle {
        let answer = if self.key_is_old(payment) {
            // The gateway may have forgotten the key: sending it again could charge again.
            Err(GatewayError::Unknown("past the key's lifetime".into()))
        } else {
            let request = Authorize {
                reference: payment.reference(),
                amount: payment.amount,
                method: payment.method,
                token: payment.token.clone(),
                statement: match payment.method {
                    Method::BankTransfer => rules::transfer::statement(&work.order),
                    Method::Card | Method::Wallet => String::new(),
                },
                return_url: format!("{}{}", self.parts.settings.return_url, work.order.id),
            };
            self.parts.gateway.authorize(request).await
        };
        rules::after_authorize(&work.order, payment, &answer, self.stamp(work))
    }

    async fn abandon(&self, work: &Work) -> Result<Option<Settle>, PortError> {
        let checkout = self.parts.orders.checkout(work.order.checkout).await?;
        Ok(Some(rules::abandon(&work.order, checkout.is_none(), self.stamp(work))))
    }

    /// Records a step, and applies it to what we know.
    async fn record(&self, work: &mut Work, settle: Settle) -> Result<(), SettleRefusal> {
        let order = rules::settled(&work.order, &settle)?;
        let step = settle.payment.clone();
        one(self.parts.orders.settle(vec![settle]).await)?;
        if let (Some(payment), Some(step)) = (work.payment.as_mut(), step) {
            let moved = souk_payments::rules::moved(payment, &step);
            if let Some(next) = moved.map_err(SettleRefusal::Payment)? {
                *payment = next;
            }
        }
        work.order = order;
        Ok(())
    }

    /// Somebody else moved the order: their record is the truth.
    async fn overtaken(&self, work: Work) -> Result<Work, PortError> {
        let order = self.parts.orders.order(work.order.id).await?;
        Ok(Work { order: order.unwrap_or(work.order), ..work })
    }

    fn stamp(&self, work: &Work) -> Stamp {
        let at = self.parts.clock.now();
        Stamp { by: work.by, at, lease: self.lease(at) }
    }
}

/// A saga under way.
pub(super) struct Work {
    pub(super) order: Order,
    pub(super) payment: Option<Payment>,
    pub(super) by: Actor,
    /// Somebody may have asked the gateway before.
    pub(super) again: bool,
}
