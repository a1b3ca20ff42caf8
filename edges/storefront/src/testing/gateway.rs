//! A gateway that does what the token says.

use super::BANK;
use async_trait::async_trait;
use parking_lot::Mutex;
use souk_kernel::Money;
use souk_payments::{
    Authorization, Authorize, BankAccount, CardFace, Gateway, GatewayError, GatewayPayment, Kept,
    Method,
};

/// Does what the token says.
#[derive(Default)]
pub struct TestGateway(pub(super) Mutex<Option<GatewayPayment>>);

#[async_trait]
impl Gateway for TestGateway {
    fn name(&self) -> &'static str {
        "test"
    }
    fn key_lifetime_ms(&self) -> i64 {
        i64::MAX
    }
    async fn authorize(&self, ask: Authorize) -> Result<Authorization, GatewayError> {
        let gateway_ref = String::from("g-1");
        let amount = ask.amount;
        match ask.method {
            Method::Card => {}
            Method::Wallet => {
                return Ok(Authorization::RequiresAction { gateway_ref, url: BANK.into() });
            }
            Method::BankTransfer => {
                let [holder, iban, bic] = ["Shop", "DE0012345678", "BIC"].map(String::from);
                let account = BankAccount { holder, iban, bic };
                return Ok(Authorization::AwaitingTransfer { gateway_ref, account, url: None });
            }
        }
        match ask.token.as_str() {
            "tok_decline" => Ok(Authorization::Declined { reason: "insufficient_funds".into() }),
            "tok_3ds" => Ok(Authorization::RequiresAction { gateway_ref, url: BANK.into() }),
            "tok_never" => std::future::pending().await,
            _ => Ok(Authorization::Authorized { gateway_ref, amount }),
        }
    }
    async fn capture(&self, _: &str, _: Money, _: &str) -> Result<(), GatewayError> {
        Ok(())
    }
    async fn void(&self, _: &str, _: &str) -> Result<(), GatewayError> {
        Ok(())
    }
    async fn refund(&self, _: &str, _: Money, _: &str) -> Result<(), GatewayError> {
        Ok(())
    }
    async fn keep(&self, token: &str, asked: bool) -> Result<Option<Kept>, GatewayError> {
        let [brand, last4, expires] = ["visa", "4242", "2034-12"].map(String::from);
        let face = CardFace { brand, last4, expires };
        let kept = asked || token.starts_with("tok_keep");
        Ok(kept.then(|| Kept { token: format!("pm_{token}"), face }))
    }
    async fn has_refunded(&self, _: &str, _: &str) -> Result<bool, GatewayError> {
        Ok(false)
    }
    async fn look_up(&self, _: &str) -> Result<Option<GatewayPayment>, GatewayError> {
        Ok(self.0.lock().clone())
    }
}
