//! The sandbox gateway in this process, its record on the machine's disk.

use async_trait::async_trait;
use souk_kernel::{DAY_MS, Money};
use souk_payments::{
    Authorization, Authorize, Gateway, GatewayError, GatewayPayment, GatewayStatus,
};
use souk_powerloss::{ForgettingFile, Machine};
use souk_sandbox as sandbox;
use std::io::{Cursor, Read};
use std::sync::Arc;

/// Where the record lies, as in production.
pub const RECORD: &str = "sandbox/record.jsonl";

/// The gateway's disk, on a machine that can lose its power. What it does with its file is what
/// [`sandbox::record::FileDisk`] does with one of the system's.
pub struct RecordDisk {
    file: ForgettingFile,
    /// A planted fault: syncs are answered and not done.
    lazy: bool,
}

impl RecordDisk {
    pub fn open(machine: &Machine, lazy: bool) -> std::io::Result<Self> {
        let file = machine.file(RECORD)?;
        machine.sync_dir_of(RECORD)?;
        Ok(Self { file, lazy })
    }
}

impl sandbox::record::Disk for RecordDisk {
    fn append(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        self.file.append(bytes)
    }

    fn sync(&mut self) -> std::io::Result<()> {
        if self.lazy { Ok(()) } else { self.file.sync_data() }
    }

    fn truncate(&mut self, bytes: u64) -> std::io::Result<()> {
        self.file.truncate(bytes)
    }

    fn reader(&self) -> std::io::Result<Box<dyn Read + Send>> {
        Ok(Box::new(Cursor::new(self.file.read_all()?)))
    }
}

/// The sandbox, as the purchase asks it: the same translation as the shop's wiring has.
pub struct InProcess(pub Arc<sandbox::Gateway>);

fn refused(error: sandbox::GatewayError) -> GatewayError {
    use sandbox::GatewayError as E;
    match error {
        E::NoAnswer | E::RecordUnavailable => GatewayError::Unknown(error.to_string()),
        other => GatewayError::Refused(other.to_string()),
    }
}

fn named(gateway_ref: &str) -> Result<sandbox::GatewayRef, GatewayError> {
    gateway_ref.parse().map_err(|_| GatewayError::Refused("no such authorization".into()))
}

#[async_trait]
impl Gateway for InProcess {
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
            method: sandbox::Method::Card,
            token: request.token,
            statement: String::new(),
            capture: false,
            return_url: request.return_url,
        };
        Ok(match self.0.authorize(&request).await.map_err(refused)? {
            sandbox::Outcome::Authorized { gateway_ref, amount } => {
                Authorization::Authorized { gateway_ref: gateway_ref.to_string(), amount }
            }
            sandbox::Outcome::Declined { reason } => {
                Authorization::Declined { reason: reason.code().into() }
            }
            sandbox::Outcome::RequiresAction { gateway_ref, url } => {
                Authorization::RequiresAction { gateway_ref: gateway_ref.to_string(), url }
            }
            other => return Err(GatewayError::Unknown(format!("{other:?}"))),
        })
    }

    async fn capture(&self, name: &str, amount: Money, key: &str) -> Result<(), GatewayError> {
        let gateway_ref = named(name)?;
        let idempotency_key = key.to_owned();
        let request = sandbox::Capture { idempotency_key, gateway_ref, amount_minor: amount.minor };
        self.0.capture(&request).await.map(drop).map_err(refused)
    }

    async fn void(&self, reference: &str, key: &str) -> Result<(), GatewayError> {
        let target = sandbox::Target::Reference(reference.to_owned());
        let request = sandbox::Void { idempotency_key: key.to_owned(), target };
        self.0.void(&request).await.map(drop).map_err(refused)
    }

    async fn refund(&self, name: &str, amount: Money, key: &str) -> Result<(), GatewayError> {
        let gateway_ref = named(name)?;
        let idempotency_key = key.to_owned();
        let request = sandbox::Refund { idempotency_key, gateway_ref, amount_minor: amount.minor };
        self.0.refund(&request).await.map(drop).map_err(refused)
    }

    async fn has_refunded(&self, name: &str, key: &str) -> Result<bool, GatewayError> {
        let found = self.0.find_refund(named(name)?, key).await;
        found.map(|found| found.is_some()).map_err(refused)
    }

    async fn look_up(&self, reference: &str) -> Result<Option<GatewayPayment>, GatewayError> {
        let found = self.0.lookup(reference).await.map_err(refused)?;
        Ok(found.map(|there| GatewayPayment {
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
            received: there.received_minor,
            unclaimed: there.unclaimed_minor,
            account: None,
            refunded: there.refunded_minor,
            reason: there.reason.map(|reason| reason.code().to_owned()),
            action_url: None,
        }))
    }
}
