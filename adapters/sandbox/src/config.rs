//! The gateway's settings.

use crate::record::Commit;
use std::time::Duration;

/// Which facts are told by webhook, besides those that a token asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum WebhookPolicy {
    /// Only what the caller doesn't learn from an answer: the end of a 3-D Secure action, an answer
    /// that is slow or lost.
    #[default]
    AsyncOnly,
    /// Every fact.
    All,
}

/// Settings; [`Config::default`] suits a shop on the same machine.
#[derive(Debug, Clone)]
pub struct Config {
    /// The gateway's own origin as browsers reach it, without a trailing slash.
    pub origin: String,
    /// What API callers send as `Authorization: Bearer`; `None` leaves the API open.
    pub secret_key: Option<String>,
    /// Origins (besides loopback) that a sheet or an action may lead back to:
    /// `https://shop.example`.
    pub return_origins: Vec<String>,
    /// Added to every authorize before it acts, for benchmarks with a gateway that takes its time.
    pub authorize_latency_ms: u64,
    /// How long a caller waits for an answer that is lost before it gets the error.
    pub lost_after_ms: u64,
    /// Where events go; `None` sends none, whatever a token says.
    pub webhook_url: Option<String>,
    /// Signs events.
    pub webhook_secret: String,
    /// Which events go.
    pub webhooks: WebhookPolicy,
    /// How many events may wait for delivery; more are dropped and counted.
    pub webhook_queue: usize,
    /// Who writes the record, and in which batches.
    pub commit: Commit,
    /// For how many authorizations the tables are sized at the start; they grow beyond it.
    pub expected_authorizations: usize,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            origin: String::from("http://localhost:8081"),
            secret_key: Some(String::from("sk_sandbox")),
            return_origins: Vec::new(),
            authorize_latency_ms: 0,
            lost_after_ms: 0,
            webhook_url: None,
            webhook_secret: String::from("whsec_sandbox"),
            webhooks: WebhookPolicy::AsyncOnly,
            webhook_queue: 10_000,
            commit: Commit::Batches(Duration::from_millis(1)),
            expected_authorizations: 100_000,
        }
    }
}
