//! Taking the money of confirmed orders, many at a time: one read, two writes, and the gateway asked
//! concurrently between them.

use crate::service::{PaymentService, unseen};
use crate::{GatewayError, MovePayment, Payment, PaymentIntent, PaymentRefusal, PaymentState};
use futures_util::future::join_all;
use souk_kernel::{Answers, OrderId, PortError};

/// Asks of the gateway under way at a time.
const CONCURRENT: usize = 256;

/// A capture whose intention is recorded.
struct UnderWay {
    /// Its place among the orders.
    at: usize,
    payment: Payment,
    /// Somebody may have asked the gateway before.
    again: bool,
}

/// What is recorded of a gateway's answer, and what the caller is told.
struct Outcome {
    at: usize,
    step: MovePayment,
    told: Result<(), PortError>,
}

impl PaymentService {
    /// Takes the money of confirmed orders, one answer each; nothing where it was taken, or is being
    /// let go.
    ///
    /// Per order: an error means that the store or the gateway gave no answer: to be run again.
    pub async fn capture_all(&self, orders: &[OrderId]) -> Answers<(), PortError> {
        let mut answers = vec![Ok(()); orders.len()];
        if orders.is_empty() {
            return answers;
        }
        let found = match self.payments.of_orders(orders).await {
            Ok(found) => found,
            Err(error) => return vec![Err(error); orders.len()],
        };
        let found = found.into_iter().enumerate().filter_map(|(at, p)| Some((at, p?))).collect();
        let under_way = self.intend(found, &mut answers).await;
        let mut outcomes = Vec::with_capacity(under_way.len());
        for piece in under_way.chunks(CONCURRENT) {
            let asked = join_all(piece.iter().map(|u| self.take(&u.payment, u.again))).await;
            for (under_way, answer) in piece.iter().zip(asked) {
                match self.outcome(under_way, answer) {
                    Ok(outcome) => outcomes.push(outcome),
                    Err(error) => answers[under_way.at] = Err(error),
                }
            }
        }
        self.record(outcomes, &mut answers).await;
        answers
    }

    /// Records that the money will be taken: from then on it can't be let go.
    async fn intend(
        &self,
        found: Vec<(usize, Payment)>,
        answers: &mut Answers<(), PortError>,
    ) -> Vec<UnderWay> {
        let (from, to, now) = (&[PaymentState::Authorized], PaymentState::Capturing, self.now());
        let intend = |(_, p): &(usize, Payment)| {
            PaymentIntent::Move(MovePayment::plain(p.id, from, to, now))
        };
        let stepped = self.payments.apply(found.iter().map(intend).collect()).await;
        let mut under_way = Vec::with_capacity(found.len());
        for ((at, before), stepped) in found.into_iter().zip(stepped) {
            match stepped {
                Ok(payment) => {
                    let again = before.state == PaymentState::Capturing;
                    under_way.push(UnderWay { at, payment, again });
                }
                Err(PaymentRefusal::Port(error)) => answers[at] = Err(error),
                // It was taken, or is being let go.
                Err(_) => {}
            }
        }
        under_way
    }

    /// Asks the gateway to take the whole amount. `again`: somebody may have asked before.
    async fn take(&self, payment: &Payment, again: bool) -> Result<(), GatewayError> {
        if again {
            let there = self.gateway.look_up(&payment.reference()).await.map_err(unseen)?;
            if there.is_some_and(|there| there.captured >= payment.amount.minor) {
                return Ok(());
            }
        }
        let gateway_ref = payment.gateway_ref.clone().unwrap_or_default();
        let key = format!("{}:capture:1", payment.reference());
        self.gateway.capture(&gateway_ref, payment.amount, &key).await
    }

    fn outcome(
        &self,
        UnderWay { at, payment, .. }: &UnderWay,
        answer: Result<(), GatewayError>,
    ) -> Result<Outcome, PortError> {
        let (to, told) = match answer {
            Ok(()) => (PaymentState::Captured, Ok(())),
            Err(GatewayError::Unknown(why)) => return Err(PortError::Timeout(why)),
            Err(GatewayError::Refused(why)) => {
                let order = payment.order;
                tracing::error!(%order, %why, "the gateway refused a capture");
                let told = PortError::Unavailable(format!("capture refused: {why}"));
                (PaymentState::Authorized, Err(told))
            }
        };
        let step = MovePayment::plain(payment.id, &[PaymentState::Capturing], to, self.now());
        Ok(Outcome { at: *at, step, told })
    }

    async fn record(&self, outcomes: Vec<Outcome>, answers: &mut Answers<(), PortError>) {
        if outcomes.is_empty() {
            return;
        }
        let steps = outcomes.iter().map(|o| PaymentIntent::Move(o.step.clone())).collect();
        let stepped = self.payments.apply(steps).await;
        for (Outcome { at, told, .. }, stepped) in outcomes.into_iter().zip(stepped) {
            answers[at] = match stepped {
                Err(PaymentRefusal::Port(error)) => Err(error),
                _ => told,
            };
        }
    }
}
