//! The sandbox payment gateway: a believable stand-in for a real payment provider.
//!
//! Its own little service: own router ([`http::router`]), own listener, own append-only
//! [`record`]. It knows nothing of the shop. The embedded shop calls [`Gateway`] in process; a shop
//! elsewhere calls the same use cases over HTTP.
//!
//! What it promises:
//! - Nothing is answered before its fact is durable in the record.
//! - refunded ≤ captured ≤ authorized, for every authorization, always.
//! - One idempotency key has one effect and one answer for 24 hours.
//! - A reference that was voided is never authorized afterwards.
//! - Money of a transfer that nobody waits for is used for another payment, or sent back, once.
//! - A card number reaches the card sheet's handler and nothing else.
//!
//! What it does *not* promise, because real gateways don't: one authorization per reference. Two
//! requests with two keys charge twice, and so does one key re-sent after its 24 hours.
//!
//! Memory: every authorization stays in memory, about 250 bytes each with one capture and its
//! idempotency keys, of which the keys go after a day: two million of them in about 500 MB.
//!
//! A request crosses: `http` (translates) → `gateway` (waits, loses, delays) → `rules` (decides) →
//! `record` (makes durable).

mod book;
mod chunks;
mod config;
mod error;
mod fact;
mod gateway;
pub mod http;
mod keys;
mod model;
pub mod record;
mod rules;
mod session;
mod tokens;
mod webhook;

pub use config::{Config, WebhookPolicy};
pub use error::{GatewayError, OpenError, Refused};
pub use fact::{Fact, Keyed, Line, Operation};
pub use gateway::{Gateway, Parts};
pub use model::{
    Authorize, Capture, Captured, DeclineReason, GatewayRef, Kept, Method, Outcome, PaymentState,
    Refund, Refunded, Return, Returned, SheetRequest, Status, TRANSFERS_TO, Target, Void, Voided,
};
pub use tokens::{Behaviour, Card};
pub use webhook::{
    Event, EventKind, HyperSink, SIGNATURE_HEADER, SignatureError, WebhookSink, sign,
    verify_signature,
};
