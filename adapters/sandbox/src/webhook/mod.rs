//! Events for the shop: signed, retried, and (when a token asks) late, twice or in disorder.
//!
//! The queue is in memory and bounded: events are a courtesy, and some get lost, as in life. What is
//! true is what `lookup` says. A repetition carries the same event id.

mod outbox;
mod sink;

pub use outbox::{Delivery, Outbox, Post};
pub use sink::HyperSink;

use crate::model::GatewayRef;
use hmac::{Hmac, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use souk_kernel::{SECOND_MS, Timestamp};
use thiserror::Error;

/// The header that carries the signature: `t=<seconds>,v1=<hex>`.
pub const SIGNATURE_HEADER: &str = "souk-sandbox-signature";
/// How far an event's time may be from the receiver's: older ones may be replays.
pub const TOLERANCE_MS: i64 = 300 * SECOND_MS;

/// What an event tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the names say it")]
pub enum EventKind {
    #[serde(rename = "authorization.succeeded")]
    AuthorizationSucceeded,
    #[serde(rename = "authorization.failed")]
    AuthorizationFailed,
    #[serde(rename = "capture.succeeded")]
    CaptureSucceeded,
    #[serde(rename = "refund.succeeded")]
    RefundSucceeded,
    #[serde(rename = "void.succeeded")]
    VoidSucceeded,
    #[serde(rename = "transfer.received")]
    TransferReceived,
}

/// One event. It tells that something happened, not how things stand: ask for that.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// The same for every delivery of the event.
    pub id: String,
    /// What happened.
    #[serde(rename = "type")]
    pub kind: EventKind,
    /// The caller's name for the payment.
    pub reference: String,
    /// The gateway's name for it.
    pub gateway_ref: String,
    /// When it happened, milliseconds since 1970.
    pub created: Timestamp,
}

impl Event {
    /// `line`: the record's line that tells the fact.
    pub(crate) fn new(
        kind: EventKind,
        line: u64,
        reference: &str,
        gateway_ref: GatewayRef,
        created: Timestamp,
    ) -> Self {
        // One line can tell two facts: an authorization that is captured at once.
        let id = format!("evt_{line:012x}{:02x}", kind as u8);
        let reference = String::from(reference);
        Self { id, kind, reference, gateway_ref: gateway_ref.to_string(), created }
    }
}

/// Where events are sent; production: [`HyperSink`].
#[async_trait::async_trait]
pub trait WebhookSink: Send + Sync {
    /// Posts once; gives the status of the answer. 2xx: delivered. Anything else is tried again.
    ///
    /// # Errors
    /// No answer: why, for an operator.
    async fn deliver(
        &self,
        url: &str,
        headers: &[(&'static str, String)],
        body: Vec<u8>,
    ) -> Result<u16, String>;
}

/// Why an event is not believed.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum SignatureError {
    /// The header is not `t=<seconds>,v1=<hex>`.
    #[error("the signature header is not understood")]
    Malformed,
    /// Signed with another secret, or changed on the way.
    #[error("the signature is wrong")]
    Mismatch,
    /// More than five minutes old, or from the future.
    #[error("the event's time is too far from now")]
    Stale,
    /// Signed, but not an event.
    #[error("the event is not understood: {0}")]
    Body(String),
}

fn mac(secret: &str, seconds: i64, body: &[u8]) -> Hmac<Sha256> {
    let mut mac = keyed(secret.as_bytes());
    mac.update(seconds.to_string().as_bytes());
    mac.update(b".");
    mac.update(body);
    mac
}

/// HMAC-SHA-256 takes keys of any length.
pub fn keyed(secret: &[u8]) -> Hmac<Sha256> {
    match Hmac::new_from_slice(secret) {
        Ok(mac) => mac,
        Err(_) => unreachable!("HMAC takes keys of any length"),
    }
}

/// The signature header for a body sent at `now`.
#[must_use]
pub fn sign(secret: &str, body: &[u8], now: Timestamp) -> String {
    let seconds = now.0 / SECOND_MS;
    let tag = mac(secret, seconds, body).finalize().into_bytes();
    format!("t={seconds},v1={}", hex(&tag))
}

/// Checks the signature header of a received body; gives the event. For the shop.
///
/// # Errors
/// See [`SignatureError`].
pub fn verify_signature(
    secret: &str,
    header: &str,
    body: &[u8],
    now: Timestamp,
) -> Result<Event, SignatureError> {
    let mut parts = header.split(',');
    let mut part = |name| parts.next().and_then(|p| p.strip_prefix(name));
    let seconds =
        part("t=").and_then(|t| t.parse::<i64>().ok()).ok_or(SignatureError::Malformed)?;
    let tag = part("v1=").and_then(unhex).ok_or(SignatureError::Malformed)?;
    mac(secret, seconds, body).verify_slice(&tag).map_err(|_| SignatureError::Mismatch)?;
    if now.since(Timestamp(seconds.saturating_mul(SECOND_MS))).saturating_abs() > TOLERANCE_MS {
        return Err(SignatureError::Stale);
    }
    serde_json::from_slice(body).map_err(|e| SignatureError::Body(e.to_string()))
}

/// Lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a string can't fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Bytes of hexadecimal text; `None` if it isn't.
pub fn unhex(text: &str) -> Option<Vec<u8>> {
    let digit = |b: u8| char::from(b).to_digit(16);
    let pair = |pair: &[u8]| match pair {
        [high, low] => u8::try_from(digit(*high)? * 16 + digit(*low)?).ok(),
        _ => None,
    };
    text.as_bytes().chunks(2).map(pair).collect()
}

#[cfg(test)]
mod tests;
