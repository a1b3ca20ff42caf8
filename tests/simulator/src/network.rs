//! The network to the gateway: slow, loses requests and answers, delivers them twice, late, in another
//! order.

use crate::exec::{OUTSIDE, World};
use crate::gate::Rates;
use crate::gateway::SimGateway;
use async_trait::async_trait;
use souk_kernel::{HOUR_MS, MINUTE_MS, Money, SECOND_MS};
use souk_payments::{Authorization, Authorize, Gateway, GatewayError, GatewayPayment};
use std::sync::Arc;

/// Hears that the gateway has news of a reference.
pub type News = Arc<dyn Fn(String) + Send + Sync>;

/// The way to the gateway.
pub struct Network {
    /// Time and chance.
    pub world: Arc<World>,
    /// The other end.
    pub gateway: Arc<SimGateway>,
    /// How bad it is.
    pub rates: Arc<Rates>,
    /// Told by webhook.
    pub news: News,
}

#[derive(Debug, Clone)]
enum Request {
    Authorize(Authorize),
    Capture(String, Money, String),
    Void(String, String),
    Refund(String, Money, String),
    Return(String, Money, String),
    HasRefunded(String, String),
    LookUp(String),
}

enum Reply {
    Authorization(Authorization),
    Done,
    Refunded(bool),
    Known(Option<GatewayPayment>),
}

async fn perform(gateway: &SimGateway, request: Request) -> Result<Reply, GatewayError> {
    match request {
        Request::Authorize(ask) => gateway.authorize(ask).await.map(Reply::Authorization),
        Request::Capture(at, amount, key) => {
            gateway.capture(&at, amount, &key).await.map(|()| Reply::Done)
        }
        Request::Void(reference, key) => gateway.void(&reference, &key).await.map(|()| Reply::Done),
        Request::Refund(at, amount, key) => {
            gateway.refund(&at, amount, &key).await.map(|()| Reply::Done)
        }
        Request::Return(at, amount, key) => {
            gateway.return_unclaimed(&at, amount, &key).await.map(|()| Reply::Done)
        }
        Request::HasRefunded(at, key) => gateway.has_refunded(&at, &key).await.map(Reply::Refunded),
        Request::LookUp(reference) => gateway.look_up(&reference).await.map(Reply::Known),
    }
}

impl Network {
    async fn send(&self, request: Request) -> Result<Reply, GatewayError> {
        let (world, rates) = (&self.world, &self.rates);
        let lost = || Err(GatewayError::Unknown("lost on the way".into()));
        let calm = rates.calm();
        let bad = |per_10k: u64| !calm && world.odds(per_10k);
        let way = if bad(200) { world.between(5_000, 20_000) } else { world.between(1, 400) };
        world.sleep(way).await;
        if bad(rates.lose_request) {
            if world.odds(5_000) {
                self.later(request);
            }
            return lost();
        }
        if bad(rates.duplicate) {
            self.later(request.clone());
        }
        if let Request::Authorize(ask) = &request
            && ask.token != "tok_decline"
            && world.odds(5_000)
        {
            (self.news)(ask.reference.clone());
        }
        world.note("gateway", || format!("<- {request:?}"));
        let reply = perform(&self.gateway, request).await;
        if bad(rates.lose_answer) {
            world.note("gateway", || "the answer is lost".into());
            return lost();
        }
        reply
    }

    /// The same request once more, after a while: whoever sent it doesn't know.
    fn later(&self, request: Request) {
        let (world, gateway) = (Arc::clone(&self.world), Arc::clone(&self.gateway));
        let after = match world.below(3) {
            0 => world.between(1, SECOND_MS),
            1 => world.between(SECOND_MS, 2 * MINUTE_MS),
            _ => world.between(MINUTE_MS, HOUR_MS),
        };
        self.world.spawn(OUTSIDE, async move {
            world.sleep(after).await;
            world.note("gateway", || format!("<- late or again: {request:?}"));
            // Nobody waits for the answer.
            let _ = perform(&gateway, request).await;
        });
    }

    async fn done(&self, request: Request) -> Result<(), GatewayError> {
        self.send(request).await.map(|_| ())
    }
}

#[async_trait]
impl Gateway for Network {
    fn name(&self) -> &'static str {
        self.gateway.name()
    }

    fn key_lifetime_ms(&self) -> i64 {
        self.gateway.key_lifetime_ms()
    }

    async fn authorize(&self, request: Authorize) -> Result<Authorization, GatewayError> {
        match self.send(Request::Authorize(request)).await? {
            Reply::Authorization(authorization) => Ok(authorization),
            _ => Err(GatewayError::Unknown("another kind of reply".into())),
        }
    }

    async fn capture(
        &self,
        gateway_ref: &str,
        amount: Money,
        key: &str,
    ) -> Result<(), GatewayError> {
        self.done(Request::Capture(gateway_ref.into(), amount, key.into())).await
    }

    async fn void(&self, reference: &str, key: &str) -> Result<(), GatewayError> {
        self.done(Request::Void(reference.into(), key.into())).await
    }

    async fn refund(
        &self,
        gateway_ref: &str,
        amount: Money,
        key: &str,
    ) -> Result<(), GatewayError> {
        self.done(Request::Refund(gateway_ref.into(), amount, key.into())).await
    }

    async fn return_unclaimed(
        &self,
        gateway_ref: &str,
        amount: Money,
        key: &str,
    ) -> Result<(), GatewayError> {
        self.done(Request::Return(gateway_ref.into(), amount, key.into())).await
    }

    async fn has_refunded(&self, gateway_ref: &str, key: &str) -> Result<bool, GatewayError> {
        match self.send(Request::HasRefunded(gateway_ref.into(), key.into())).await? {
            Reply::Refunded(refunded) => Ok(refunded),
            _ => Err(GatewayError::Unknown("another kind of reply".into())),
        }
    }

    async fn look_up(&self, reference: &str) -> Result<Option<GatewayPayment>, GatewayError> {
        match self.send(Request::LookUp(reference.into())).await? {
            Reply::Known(known) => Ok(known),
            _ => Err(GatewayError::Unknown("another kind of reply".into())),
        }
    }
}
