//! A shop to which no payment provider is connected.

use async_trait::async_trait;
use souk_kernel::{DAY_MS, Money, PortError};
use souk_payments::{Authorization, Authorize, Gateway, GatewayError, GatewayPayment};
use souk_storefront::CardSheets;

/// Nobody takes money here: a shop in production to which no payment provider is connected. It refuses
/// before anything is asked, so nothing was charged, and nothing can be.
pub struct NoGateway;

impl NoGateway {
    const NO: &'static str = "no payment provider is connected";

    fn refused<T>() -> Result<T, GatewayError> {
        Err(GatewayError::Refused(String::from(Self::NO)))
    }
}

#[async_trait]
impl Gateway for NoGateway {
    fn name(&self) -> &'static str {
        "none"
    }

    fn key_lifetime_ms(&self) -> i64 {
        DAY_MS
    }

    async fn authorize(&self, _: Authorize) -> Result<Authorization, GatewayError> {
        Self::refused()
    }

    async fn capture(&self, _: &str, _: Money, _: &str) -> Result<(), GatewayError> {
        Self::refused()
    }

    async fn void(&self, _: &str, _: &str) -> Result<(), GatewayError> {
        Self::refused()
    }

    async fn refund(&self, _: &str, _: Money, _: &str) -> Result<(), GatewayError> {
        Self::refused()
    }

    async fn has_refunded(&self, _: &str, _: &str) -> Result<bool, GatewayError> {
        Ok(false)
    }

    async fn look_up(&self, _: &str) -> Result<Option<GatewayPayment>, GatewayError> {
        Ok(None)
    }
}

/// Its card sheet, which there is none of.
pub struct NoSheets;

#[async_trait]
impl CardSheets for NoSheets {
    async fn open(
        &self,
        _: Money,
        _: &str,
        _: &str,
        _: &str,
        _: bool,
    ) -> Result<String, PortError> {
        Err(PortError::Unavailable(NoGateway::NO.into()))
    }
}
