//! The payment gateway: every failure on the way there or back is an unknown answer.

use crate::{Call, Faulty};
use async_trait::async_trait;
use souk_kernel::{Money, PortError};
use souk_payments::{Authorization, Authorize, Gateway, GatewayError, GatewayPayment, Kept};
use std::fmt::Debug;
use std::future::Future;

impl<P: ?Sized> Faulty<P> {
    async fn exchange<T: Debug + Send + Sync>(
        &self,
        method: &'static str,
        asked: &(dyn Debug + Sync),
        run: impl Future<Output = Result<T, GatewayError>> + Send,
    ) -> Result<T, GatewayError> {
        let call = Call { port: "gateway", method };
        let unknown = |error: PortError| GatewayError::Unknown(error.to_string());
        self.gate.before(call, asked).await.map_err(unknown)?;
        let answer = run.await;
        self.gate.after(call, &answer).await.map_err(unknown)?;
        answer
    }
}

#[async_trait]
impl<P: Gateway + ?Sized> Gateway for Faulty<P> {
    fn name(&self) -> &'static str {
        self.inner.name()
    }

    fn key_lifetime_ms(&self) -> i64 {
        self.inner.key_lifetime_ms()
    }

    async fn authorize(&self, request: Authorize) -> Result<Authorization, GatewayError> {
        let asked = request.clone();
        self.exchange("authorize", &asked, self.inner.authorize(request)).await
    }

    async fn capture(
        &self,
        gateway_ref: &str,
        amount: Money,
        key: &str,
    ) -> Result<(), GatewayError> {
        let run = self.inner.capture(gateway_ref, amount, key);
        self.exchange("capture", &(gateway_ref, amount, key), run).await
    }

    async fn void(&self, reference: &str, key: &str) -> Result<(), GatewayError> {
        self.exchange("void", &(reference, key), self.inner.void(reference, key)).await
    }

    async fn refund(
        &self,
        gateway_ref: &str,
        amount: Money,
        key: &str,
    ) -> Result<(), GatewayError> {
        let run = self.inner.refund(gateway_ref, amount, key);
        self.exchange("refund", &(gateway_ref, amount, key), run).await
    }

    async fn return_unclaimed(
        &self,
        gateway_ref: &str,
        amount: Money,
        key: &str,
    ) -> Result<(), GatewayError> {
        let run = self.inner.return_unclaimed(gateway_ref, amount, key);
        self.exchange("return_unclaimed", &(gateway_ref, amount, key), run).await
    }

    fn funds_token(&self, gateway_ref: &str) -> String {
        self.inner.funds_token(gateway_ref)
    }

    async fn keep(&self, token: &str, asked: bool) -> Result<Option<Kept>, GatewayError> {
        self.exchange("keep", &(token, asked), self.inner.keep(token, asked)).await
    }

    async fn forget(&self, token: &str) -> Result<(), GatewayError> {
        self.exchange("forget", &token, self.inner.forget(token)).await
    }

    async fn has_refunded(&self, gateway_ref: &str, key: &str) -> Result<bool, GatewayError> {
        let run = self.inner.has_refunded(gateway_ref, key);
        self.exchange("has_refunded", &(gateway_ref, key), run).await
    }

    async fn look_up(&self, reference: &str) -> Result<Option<GatewayPayment>, GatewayError> {
        self.exchange("look_up", &reference, self.inner.look_up(reference)).await
    }
}
