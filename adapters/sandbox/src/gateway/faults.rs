//! What goes wrong on purpose, before and after a decision.

use super::{Gateway, Settled, pause, tell::Fresh};
use crate::error::GatewayError;
use crate::fact::Operation;
use crate::model::{
    Authorize, Capture, Captured, GatewayRef, Refund, Refunded, Return, Returned, Void, Voided,
};
use crate::rules::{self, Ruling};
use crate::tokens::Behaviour;
use crate::webhook::EventKind;
use parking_lot::Mutex;
use std::collections::HashMap;

/// How many keys are counted at once; beyond it counting starts anew.
const COUNTED: usize = 10_000;

/// Counts what was lost for each key. In memory only: after a restart losses start anew.
#[derive(Default)]
pub struct Losses(Mutex<HashMap<Box<str>, u8>>);

impl Losses {
    /// Whether this one is lost: the first `times` of a key are.
    fn lose(&self, key: &str, times: u8) -> bool {
        let mut counts = self.0.lock();
        let lost = counts.get(key).copied().unwrap_or(0);
        if lost >= times {
            return false;
        }
        if counts.len() >= COUNTED {
            counts.clear();
        }
        counts.insert(key.into(), lost + 1);
        true
    }
}

impl Gateway {
    pub(super) async fn before_authorize(&self, request: &Authorize) -> Result<(), GatewayError> {
        pause(self.config.authorize_latency_ms).await;
        if request.token == "tok_approve" {
            return Ok(());
        }
        let now = self.clock.now();
        let behaviour = rules::behaviour(&self.book.lock(), &request.token, now).0;
        match behaviour {
            Behaviour::Delayed { ms } => pause(u64::from(ms)).await,
            Behaviour::LostRequest { times } => {
                return self.lose_answer(&request.idempotency_key, times).await;
            }
            _ => {}
        }
        Ok(())
    }

    pub(super) async fn after_authorize(
        &self,
        request: &Authorize,
        behaviour: Behaviour,
        settled: &Settled<Ruling>,
    ) -> Result<(), GatewayError> {
        if let (Some(fresh), Ok(ruling)) = (settled.fresh, &settled.answer) {
            self.tell_authorize(request, behaviour, ruling, Fresh::at(fresh)).await;
            if let Behaviour::Slow { ms } = behaviour {
                pause(u64::from(ms)).await;
            }
        }
        match behaviour {
            Behaviour::LostAnswer { times } => {
                self.lose_answer(&request.idempotency_key, times).await
            }
            _ => Ok(()),
        }
    }

    pub(super) async fn after_capture(
        &self,
        request: &Capture,
        settled: &Settled<Captured>,
    ) -> Result<(), GatewayError> {
        let key = &request.idempotency_key;
        self.after(Operation::Capture, key, settled, |captured| captured.gateway_ref).await
    }

    pub(super) async fn after_refund(
        &self,
        request: &Refund,
        settled: &Settled<Refunded>,
    ) -> Result<(), GatewayError> {
        let key = &request.idempotency_key;
        self.after(Operation::Refund, key, settled, |refunded| refunded.gateway_ref).await
    }

    pub(super) async fn after_return(
        &self,
        request: &Return,
        settled: &Settled<Returned>,
    ) -> Result<(), GatewayError> {
        let key = &request.idempotency_key;
        self.after(Operation::Return, key, settled, |returned| returned.gateway_ref).await
    }

    pub(super) async fn after_void(
        &self,
        request: &Void,
        settled: &Settled<Voided>,
    ) -> Result<(), GatewayError> {
        let key = &request.idempotency_key;
        self.after(Operation::Void, key, settled, |voided| voided.gateway_ref).await
    }

    async fn after<T>(
        &self,
        operation: Operation,
        key: &str,
        settled: &Settled<T>,
        name: impl Fn(&T) -> GatewayRef,
    ) -> Result<(), GatewayError> {
        let Ok(answer) = &settled.answer else { return Ok(()) };
        let gateway_ref = name(answer);
        let silent = self.sink.is_none();
        let found = self.book.lock().entry(gateway_ref).map(|entry| {
            // Only an event needs the text.
            let reference = if silent { String::new() } else { entry.reference.to_string() };
            (entry.behaviour, reference)
        });
        let Some((behaviour, reference)) = found else { return Ok(()) };
        if let Some(fresh) = settled.fresh {
            let kind = match operation {
                Operation::Authorize => EventKind::AuthorizationSucceeded,
                Operation::Capture => EventKind::CaptureSucceeded,
                Operation::Void => EventKind::VoidSucceeded,
                Operation::Refund | Operation::Return => EventKind::RefundSucceeded,
            };
            self.tell(kind, behaviour, &reference, gateway_ref, Fresh::at(fresh));
        }
        match behaviour {
            Behaviour::LostLater { operation: lost, times } if lost == operation => {
                self.lose_answer(key, times).await
            }
            _ => Ok(()),
        }
    }

    /// No answer, the first `times` that a key asks for one.
    async fn lose_answer(&self, key: &str, times: u8) -> Result<(), GatewayError> {
        if !self.losses.lose(key, times) {
            return Ok(());
        }
        pause(self.config.lost_after_ms).await;
        Err(GatewayError::NoAnswer)
    }
}
