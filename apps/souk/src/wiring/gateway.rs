//! The sandbox gateway, in process: as the purchase asks it, and as pages open its card sheet.

use async_trait::async_trait;
use souk_kernel::{DAY_MS, Money, PortError};
use souk_payments::{
    Authorization, Authorize, BankAccount, CardFace, Gateway, GatewayError, GatewayPayment,
    GatewayStatus, Kept, Method,
};
use souk_sandbox as sandbox;
use souk_storefront::CardSheets;
use std::sync::Arc;
use std::time::Duration;

/// How long any call may take: shorter than a saga's lease.
const PATIENCE: Duration = Duration::from_secs(30);

/// The sandbox, as the purchase asks it.
pub struct SandboxGateway(pub Arc<sandbox::Gateway>);

/// Waits so long, then says that the answer is unknown.
async fn within<T>(
    call: impl Future<Output = Result<T, sandbox::GatewayError>>,
) -> Result<T, GatewayError> {
    match tokio::time::timeout(PATIENCE, call).await {
        Ok(answer) => answer.map_err(refused),
        Err(_) => Err(GatewayError::Unknown("no answer in time".into())),
    }
}

fn refused(error: sandbox::GatewayError) -> GatewayError {
    use sandbox::GatewayError as E;
    match error {
        E::NoAnswer | E::RecordUnavailable => GatewayError::Unknown(error.to_string()),
        E::Invalid(_) | E::KeyReused | E::NotFound | E::Refused(_) => {
            GatewayError::Refused(error.to_string())
        }
    }
}

fn named(gateway_ref: &str) -> Result<sandbox::GatewayRef, GatewayError> {
    gateway_ref.parse().map_err(|_| GatewayError::Refused("no such authorization".into()))
}

fn account() -> BankAccount {
    let (holder, iban, bic) = sandbox::TRANSFERS_TO;
    let [holder, iban, bic] = [holder, iban, bic].map(String::from);
    BankAccount { holder, iban, bic }
}

#[async_trait]
impl Gateway for SandboxGateway {
    fn name(&self) -> &'static str {
        "sandbox"
    }

    fn key_lifetime_ms(&self) -> i64 {
        DAY_MS
    }

    async fn authorize(&self, request: Authorize) -> Result<Authorization, GatewayError> {
        let request = sandbox::Authorize {
            idempotency_key: request.reference.clone(),
            reference: request.reference,
            amount: request.amount,
            method: match request.method {
                Method::Card => sandbox::Method::Card,
                Method::Wallet => sandbox::Method::Wallet,
                Method::BankTransfer => sandbox::Method::Transfer,
            },
            // Only cards have one.
            token: match request.token.as_str() {
                "" => "tok_approve".into(),
                _ => request.token,
            },
            statement: request.statement,
            capture: false,
            return_url: request.return_url,
        };
        Ok(match within(self.0.authorize(&request)).await? {
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
                let gateway_ref = gateway_ref.to_string();
                Authorization::AwaitingTransfer { gateway_ref, account: account(), url: Some(url) }
            }
            sandbox::Outcome::Received { gateway_ref, amount } => {
                Authorization::Received { gateway_ref: gateway_ref.to_string(), amount }
            }
        })
    }

    async fn capture(
        &self,
        gateway_ref: &str,
        amount: Money,
        key: &str,
    ) -> Result<(), GatewayError> {
        let gateway_ref = named(gateway_ref)?;
        let idempotency_key = key.to_owned();
        let request = sandbox::Capture { idempotency_key, gateway_ref, amount_minor: amount.minor };
        within(self.0.capture(&request)).await.map(|_| ())
    }

    async fn void(&self, reference: &str, key: &str) -> Result<(), GatewayError> {
        let target = sandbox::Target::Reference(reference.to_owned());
        let request = sandbox::Void { idempotency_key: key.to_owned(), target };
        within(self.0.void(&request)).await.map(|_| ())
    }

    async fn refund(
        &self,
        gateway_ref: &str,
        amount: Money,
        key: &str,
    ) -> Result<(), GatewayError> {
        let gateway_ref = named(gateway_ref)?;
        let idempotency_key = key.to_owned();
        let request = sandbox::Refund { idempotency_key, gateway_ref, amount_minor: amount.minor };
        within(self.0.refund(&request)).await.map(|_| ())
    }

    async fn return_unclaimed(
        &self,
        gateway_ref: &str,
        amount: Money,
        key: &str,
    ) -> Result<(), GatewayError> {
        let gateway_ref = named(gateway_ref)?;
        let idempotency_key = key.to_owned();
        let request = sandbox::Return { idempotency_key, gateway_ref, amount_minor: amount.minor };
        within(self.0.give_back(&request)).await.map(|_| ())
    }

    async fn keep(&self, token: &str, asked: bool) -> Result<Option<Kept>, GatewayError> {
        let kept = within(self.0.keep(token, asked)).await?;
        Ok(kept.map(|kept| {
            let sandbox::Card { brand, last4, expires } = kept.card;
            Kept { token: kept.token, face: CardFace { brand, last4, expires } }
        }))
    }

    async fn forget(&self, token: &str) -> Result<(), GatewayError> {
        within(self.0.forget(token)).await
    }

    async fn has_refunded(&self, gateway_ref: &str, key: &str) -> Result<bool, GatewayError> {
        Ok(within(self.0.find_refund(named(gateway_ref)?, key)).await?.is_some())
    }

    async fn look_up(&self, reference: &str) -> Result<Option<GatewayPayment>, GatewayError> {
        let found = within(self.0.lookup(reference)).await?;
        Ok(found.map(|there| GatewayPayment {
            action_url: self.0.page_of(&there),
            account: (there.method == sandbox::Method::Transfer).then(account),
            received: there.received_minor,
            unclaimed: there.unclaimed_minor,
            gateway_ref: there.gateway_ref.to_string(),
            status: match there.status {
                sandbox::Status::RequiresAction => GatewayStatus::RequiresAction,
                sandbox::Status::AwaitingTransfer => GatewayStatus::AwaitingTransfer,
                sandbox::Status::Authorized => GatewayStatus::Authorized,
                sandbox::Status::Captured => GatewayStatus::Captured,
                sandbox::Status::Voided => GatewayStatus::Voided,
                sandbox::Status::Declined => GatewayStatus::Declined,
            },
            authorized: Money::new(there.authorized_minor, there.currency),
            captured: there.captured_minor,
            refunded: there.refunded_minor,
            reason: there.reason.map(|reason| reason.code().to_owned()),
        }))
    }
}

/// The sandbox's card sheet.
pub struct SandboxSheets(pub Arc<sandbox::Gateway>);

#[async_trait]
impl CardSheets for SandboxSheets {
    async fn open(
        &self,
        amount: Money,
        return_url: &str,
        reference: &str,
        merchant: &str,
        keep: bool,
    ) -> Result<String, PortError> {
        let request = sandbox::SheetRequest {
            amount,
            return_url: return_url.to_owned(),
            merchant: merchant.to_owned(),
            reference: reference.to_owned(),
            keep,
        };
        self.0.create_sheet(request).map_err(|e| PortError::Unavailable(e.to_string()))
    }
}
