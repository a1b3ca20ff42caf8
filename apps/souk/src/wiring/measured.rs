//! The gateway's calls, counted and timed; and what the store says of itself, when it is asked.

use super::Shop;
use crate::measures::Measures;
use async_trait::async_trait;
use souk_kernel::{Money, Outbox, PortError};
use souk_payments::{Authorization, Authorize, Gateway, GatewayError, GatewayPayment, Inbox, Kept};
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Instant;

/// A gateway, and who counts its calls.
pub struct MeasuredGateway {
    inner: Arc<dyn Gateway>,
    measures: Arc<Measures>,
}

impl MeasuredGateway {
    pub fn new(inner: Arc<dyn Gateway>, measures: Arc<Measures>) -> Self {
        Self { inner, measures }
    }

    async fn timed<T>(
        &self,
        call: &'static str,
        outcome: fn(&T) -> &'static str,
        asked: impl Future<Output = Result<T, GatewayError>>,
    ) -> Result<T, GatewayError> {
        let since = Instant::now();
        let answer = asked.await;
        let outcome = match &answer {
            Ok(answer) => outcome(answer),
            Err(GatewayError::Refused(_)) => "refused",
            Err(GatewayError::Unknown(_)) => "unknown",
        };
        self.measures.gateway_answered(call, outcome, since.elapsed());
        answer
    }
}

const fn done<T>(_: &T) -> &'static str {
    "done"
}

#[async_trait]
impl Gateway for MeasuredGateway {
    fn name(&self) -> &'static str {
        self.inner.name()
    }

    fn key_lifetime_ms(&self) -> i64 {
        self.inner.key_lifetime_ms()
    }

    async fn authorize(&self, request: Authorize) -> Result<Authorization, GatewayError> {
        let outcome = |answer: &Authorization| match answer {
            Authorization::Authorized { .. } => "authorized",
            Authorization::Declined { .. } => "declined",
            Authorization::RequiresAction { .. } => "requires_action",
            Authorization::AwaitingTransfer { .. } => "awaiting_transfer",
            Authorization::Received { .. } => "received",
        };
        self.timed("authorize", outcome, self.inner.authorize(request)).await
    }

    async fn capture(
        &self,
        gateway_ref: &str,
        amount: Money,
        key: &str,
    ) -> Result<(), GatewayError> {
        self.timed("capture", done, self.inner.capture(gateway_ref, amount, key)).await
    }

    async fn void(&self, reference: &str, key: &str) -> Result<(), GatewayError> {
        self.timed("void", done, self.inner.void(reference, key)).await
    }

    async fn refund(
        &self,
        gateway_ref: &str,
        amount: Money,
        key: &str,
    ) -> Result<(), GatewayError> {
        self.timed("refund", done, self.inner.refund(gateway_ref, amount, key)).await
    }

    async fn has_refunded(&self, gateway_ref: &str, key: &str) -> Result<bool, GatewayError> {
        self.timed("has_refunded", done, self.inner.has_refunded(gateway_ref, key)).await
    }

    async fn return_unclaimed(
        &self,
        gateway_ref: &str,
        amount: Money,
        key: &str,
    ) -> Result<(), GatewayError> {
        let run = self.inner.return_unclaimed(gateway_ref, amount, key);
        self.timed("return_unclaimed", done, run).await
    }

    fn funds_token(&self, gateway_ref: &str) -> String {
        self.inner.funds_token(gateway_ref)
    }

    async fn keep(&self, token: &str, asked: bool) -> Result<Option<Kept>, GatewayError> {
        self.timed("keep", done, self.inner.keep(token, asked)).await
    }

    async fn forget(&self, token: &str) -> Result<(), GatewayError> {
        self.timed("forget", done, self.inner.forget(token)).await
    }

    async fn look_up(&self, reference: &str) -> Result<Option<GatewayPayment>, GatewayError> {
        self.timed("look_up", done, self.inner.look_up(reference)).await
    }
}

impl Shop {
    /// Brings what is not counted as it happens up to now: the writer, the outbox, the inbox.
    ///
    /// # Errors
    /// The store's.
    pub async fn look_at_engines(&self) -> Result<(), PortError> {
        let now = self.clock.now();
        let engines = &self.measures.engines;
        let stats = self.store.stats();
        engines.writer_commits.inner().store(stats.commits.load(Relaxed), Relaxed);
        engines.writer_jobs.inner().store(stats.jobs.load(Relaxed), Relaxed);
        engines.writer_rollbacks.inner().store(stats.rollbacks.load(Relaxed), Relaxed);
        let seconds = |nanos: u64| (nanos as f64 / 1e9).to_bits();
        engines.writer_busy.inner().store(seconds(stats.busy_ns.load(Relaxed)), Relaxed);
        engines.writer_commit.inner().store(seconds(stats.commit_ns.load(Relaxed)), Relaxed);
        engines.writer_cpu.inner().store(seconds(stats.cpu_ns.load(Relaxed)), Relaxed);
        engines.wal_pages.set(stats.wal_pages.load(Relaxed).cast_signed());
        let (purchase, background) = self.store.queued();
        engines.queue(purchase, background);
        let lag = self.store.lag(now).await?;
        engines.outbox_facts.set(lag.count.cast_signed());
        engines.outbox_oldest.set(lag.oldest_ms as f64 / 1e3);
        let parked = self.store.parked(1_000).await?.len();
        engines.outbox_parked.set(i64::try_from(parked).unwrap_or(i64::MAX));
        let backlog = self.store.backlog(now).await?;
        engines.inbox_messages.set(backlog.waiting.cast_signed());
        engines.inbox_oldest.set(backlog.oldest_ms as f64 / 1e3);
        engines.inbox_parked.set(backlog.parked.cast_signed());
        Ok(())
    }
}
