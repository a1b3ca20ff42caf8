//! Which event goes out for which fact, when, and how often.

use super::{Gateway, Settled};
use crate::config::WebhookPolicy;
use crate::model::{Authorize, GatewayRef};
use crate::rules::Ruling;
use crate::tokens::Behaviour;
use crate::webhook::{Delivery, Event, EventKind, Post};
use souk_kernel::Timestamp;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::oneshot;

/// How long an answer waits for the event that must come before it.
const PATIENCE: Duration = Duration::from_secs(10);
/// How far `authorization.succeeded` falls behind the events that follow it.
const DISORDER: Duration = Duration::from_secs(3);

/// The line of a fact that was just recorded, and its time.
#[derive(Clone, Copy)]
pub struct Fresh {
    line: u64,
    at: Timestamp,
}

impl Fresh {
    pub const fn at((line, at): (u64, Timestamp)) -> Self {
        Self { line, at }
    }
}

impl Gateway {
    pub(super) fn post(&self) -> Option<Post> {
        let url = self.config.webhook_url.clone()?;
        let sink = Arc::clone(self.sink.as_ref()?);
        let secret = self.config.webhook_secret.clone();
        Some(Post { url, secret, sink, clock: Arc::clone(&self.clock) })
    }

    pub(super) async fn tell_authorize(
        &self,
        request: &Authorize,
        behaviour: Behaviour,
        ruling: &Ruling,
        fresh: Fresh,
    ) {
        let (kind, gateway_ref) = match ruling {
            Ruling::Authorized(at, _) => (EventKind::AuthorizationSucceeded, *at),
            // A decline that the caller hears at once is told by its answer alone.
            Ruling::Declined(_)
            | Ruling::RequiresAction(_)
            | Ruling::AwaitingTransfer(_)
            | Ruling::Received(..) => return,
        };
        let tried = self.tell(kind, behaviour, &request.reference, gateway_ref, fresh);
        if request.capture {
            let kind = EventKind::CaptureSucceeded;
            self.tell(kind, behaviour, &request.reference, gateway_ref, fresh);
        }
        if let (Behaviour::WebhookFirst, Some(tried)) = (behaviour, tried) {
            // However the first try ended, and whether or not anybody delivers: the answer comes.
            let _ = tokio::time::timeout(PATIENCE, tried).await;
        }
    }

    pub(super) fn after_action(
        &self,
        gateway_ref: GatewayRef,
        approved: bool,
        settled: &Settled<(String, bool)>,
    ) {
        let (Some(fresh), Ok((reference, capture))) = (settled.fresh, &settled.answer) else {
            return;
        };
        let (tell, fresh) = (Behaviour::ThreeDs, Fresh::at(fresh));
        if !approved {
            self.tell(EventKind::AuthorizationFailed, tell, reference, gateway_ref, fresh);
            return;
        }
        self.tell(EventKind::AuthorizationSucceeded, tell, reference, gateway_ref, fresh);
        if *capture {
            self.tell(EventKind::CaptureSucceeded, tell, reference, gateway_ref, fresh);
        }
    }

    /// Money came: nobody else will say so.
    pub(super) fn after_transfer(&self, gateway_ref: GatewayRef, settled: &Settled<()>) {
        let found = self.book.lock().entry(gateway_ref).map(|e| (e.behaviour, e.reference.clone()));
        if let (Some(fresh), Some((behaviour, reference))) = (settled.fresh, found) {
            let kind = EventKind::TransferReceived;
            self.tell(kind, behaviour, &reference, gateway_ref, Fresh::at(fresh));
        }
    }

    /// Queues what is to be told; gives the end of the first try.
    pub(super) fn tell(
        &self,
        kind: EventKind,
        behaviour: Behaviour,
        reference: &str,
        gateway_ref: GatewayRef,
        fresh: Fresh,
    ) -> Option<oneshot::Receiver<()>> {
        if self.sink.is_none() || self.config.webhook_url.is_none() {
            return None;
        }
        let (copies, delay) = plan(kind, behaviour, self.config.webhooks)?;
        let event = Event::new(kind, fresh.line, reference, gateway_ref, fresh.at);
        let (told, tried) = oneshot::channel();
        let mut told = Some(told);
        for _ in 0..copies {
            self.outbox.send(Delivery { event: event.clone(), delay, tried: told.take() });
        }
        Some(tried)
    }
}

/// How many copies of an event go out, and how late; `None`: nothing is told.
fn plan(kind: EventKind, behaviour: Behaviour, policy: WebhookPolicy) -> Option<(usize, Duration)> {
    let of_authorization =
        matches!(kind, EventKind::AuthorizationSucceeded | EventKind::AuthorizationFailed);
    let of_transfer = kind == EventKind::TransferReceived;
    match behaviour {
        Behaviour::WebhookTwice => Some((2, Duration::ZERO)),
        Behaviour::WebhookLate { ms } if of_authorization || of_transfer => {
            Some((1, Duration::from_millis(u64::from(ms))))
        }
        Behaviour::WebhookDisorder if of_authorization => Some((1, DISORDER)),
        Behaviour::WebhookLate { .. } | Behaviour::WebhookDisorder | Behaviour::WebhookFirst => {
            Some((1, Duration::ZERO))
        }
        Behaviour::ThreeDs | Behaviour::Slow { .. } | Behaviour::LostAnswer { .. }
            if of_authorization || policy == WebhookPolicy::All =>
        {
            Some((1, Duration::ZERO))
        }
        // Its answer may be lost; which operation's is known only to the caller.
        Behaviour::LostLater { .. } if !of_authorization => Some((1, Duration::ZERO)),
        _ => (of_transfer || policy == WebhookPolicy::All).then_some((1, Duration::ZERO)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ordinary_payment_is_told_only_when_everything_is() {
        let kind = EventKind::AuthorizationSucceeded;
        assert_eq!(plan(kind, Behaviour::Approve, WebhookPolicy::AsyncOnly), None);
        let all = plan(kind, Behaviour::Approve, WebhookPolicy::All);
        assert_eq!(all, Some((1, Duration::ZERO)));
    }

    #[test]
    fn what_the_caller_may_not_hear_is_told() {
        let quiet = WebhookPolicy::AsyncOnly;
        let kind = EventKind::AuthorizationSucceeded;
        for behaviour in
            [Behaviour::ThreeDs, Behaviour::Slow { ms: 1 }, Behaviour::LostAnswer { times: 1 }]
        {
            assert!(plan(kind, behaviour, quiet).is_some(), "{behaviour}");
            assert!(plan(EventKind::CaptureSucceeded, behaviour, quiet).is_none(), "{behaviour}");
        }
    }

    #[test]
    fn money_that_comes_by_transfer_is_always_told() {
        let kind = EventKind::TransferReceived;
        let now = Some((1, Duration::ZERO));
        assert_eq!(plan(kind, Behaviour::Approve, WebhookPolicy::AsyncOnly), now);
        assert_eq!(plan(kind, Behaviour::LostAnswer { times: 1 }, WebhookPolicy::AsyncOnly), now);
        let twice = plan(kind, Behaviour::WebhookTwice, WebhookPolicy::AsyncOnly);
        assert_eq!(twice, Some((2, Duration::ZERO)));
    }

    #[test]
    fn tokens_ask_for_late_twice_and_disorder() {
        let quiet = WebhookPolicy::AsyncOnly;
        let (first, then) = (EventKind::AuthorizationSucceeded, EventKind::CaptureSucceeded);
        assert_eq!(plan(first, Behaviour::WebhookTwice, quiet), Some((2, Duration::ZERO)));
        let late = Behaviour::WebhookLate { ms: 7 };
        assert_eq!(plan(first, late, quiet), Some((1, Duration::from_millis(7))));
        let (_, early) = plan(then, Behaviour::WebhookDisorder, quiet).unwrap();
        let (_, behind) = plan(first, Behaviour::WebhookDisorder, quiet).unwrap();
        assert!(early < behind);
    }
}
