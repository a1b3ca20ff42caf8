//! The gateway of the shop that the tests look at.

use async_trait::async_trait;
use souk_kernel::Money;
use souk_payments::{
    Authorization, BankAccount, Gateway, GatewayError, GatewayPayment, GatewayStatus, Method,
};
use souk_sandbox as sandbox;
use std::sync::Arc;

/// The sandbox gateway in this process.
pub struct InProcess(pub Arc<sandbox::Gateway>);

fn failed(error: sandbox::GatewayError) -> GatewayError {
    match error {
        sandbox::GatewayError::Refused(refused) => GatewayError::Refused(refused.to_string()),
        sandbox::GatewayError::Invalid(why) => GatewayError::Refused(why),
        other => GatewayError::Unknown(other.to_string()),
    }
}

#[async_trait]
impl Gateway for InProcess {
    fn name(&self) -> &'static str {
        "sandbox"
    }
    fn key_lifetime_ms(&self) -> i64 {
        souk_kernel::DAY_MS
    }
    async fn authorize(
        &self,
        request: souk_payments::Authorize,
    ) -> Result<Authorization, GatewayError> {
        let ask = sandbox::Authorize {
            idempotency_key: request.reference.clone(),
            reference: request.reference,
            amount: request.amount,
            method: match request.method {
                Method::Card => sandbox::Method::Card,
                Method::Wallet => sandbox::Method::Wallet,
                Method::BankTransfer => sandbox::Method::Transfer,
            },
            token: request.token,
            statement: request.statement,
            capture: false,
            return_url: request.return_url,
        };
        Ok(match self.0.authorize(&ask).await.map_err(failed)? {
            sandbox::Outcome::Authorized { gateway_ref, amount } => {
                Authorization::Authorized { gateway_ref: gateway_ref.to_string(), amount }
            }
            sandbox::Outcome::Declined { reason } => {
                Authorization::Declined { reason: reason.code().into() }
            }
            sandbox::Outcome::RequiresAction { gateway_ref, url } => {
                Authorization::RequiresAction { gateway_ref: gateway_ref.to_string(), url }
            }
            sandbox::Outcome::AwaitingTransfer { gateway_ref, url } => {
                let (holder, iban, bic) = sandbox::TRANSFERS_TO;
                let [holder, iban, bic] = [holder, iban, bic].map(String::from);
                let account = BankAccount { holder, iban, bic };
                let gateway_ref = gateway_ref.to_string();
                Authorization::AwaitingTransfer { gateway_ref, account, url: Some(url) }
            }
            sandbox::Outcome::Received { gateway_ref, amount } => {
                Authorization::Received { gateway_ref: gateway_ref.to_string(), amount }
            }
        })
    }
    async fn capture(&self, name: &str, amount: Money, key: &str) -> Result<(), GatewayError> {
        let ask = sandbox::Capture {
            idempotency_key: key.into(),
            gateway_ref: name.parse().unwrap(),
            amount_minor: amount.minor,
        };
        self.0.capture(&ask).await.map(drop).map_err(failed)
    }
    async fn void(&self, reference: &str, key: &str) -> Result<(), GatewayError> {
        let target = sandbox::Target::Reference(reference.into());
        let ask = sandbox::Void { idempotency_key: key.into(), target };
        self.0.void(&ask).await.map(drop).map_err(failed)
    }
    async fn refund(&self, name: &str, amount: Money, key: &str) -> Result<(), GatewayError> {
        let ask = sandbox::Refund {
            idempotency_key: key.into(),
            gateway_ref: name.parse().unwrap(),
            amount_minor: amount.minor,
        };
        self.0.refund(&ask).await.map(drop).map_err(failed)
    }
    async fn has_refunded(&self, name: &str, key: &str) -> Result<bool, GatewayError> {
        let found = self.0.find_refund(name.parse().unwrap(), key).await.map_err(failed)?;
        Ok(found.is_some())
    }
    async fn look_up(&self, reference: &str) -> Result<Option<GatewayPayment>, GatewayError> {
        let state = self.0.lookup(reference).await.map_err(failed)?;
        Ok(state.map(|state| GatewayPayment {
            gateway_ref: state.gateway_ref.to_string(),
            status: match state.status {
                sandbox::Status::RequiresAction => GatewayStatus::RequiresAction,
                sandbox::Status::AwaitingTransfer => GatewayStatus::AwaitingTransfer,
                sandbox::Status::Authorized => GatewayStatus::Authorized,
                sandbox::Status::Captured => GatewayStatus::Captured,
                sandbox::Status::Voided => GatewayStatus::Voided,
                sandbox::Status::Declined => GatewayStatus::Declined,
            },
            authorized: Money::new(state.authorized_minor, state.currency),
            captured: state.captured_minor,
            received: state.received_minor,
            unclaimed: state.unclaimed_minor,
            account: None,
            refunded: state.refunded_minor,
            reason: state.reason.map(|reason| reason.code().into()),
            action_url: None,
        }))
    }
}
