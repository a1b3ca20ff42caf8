//! The outbox.

use crate::{Faulty, single};
use async_trait::async_trait;
use souk_kernel::{Aggregate, Event, Lag, Outbox, Parked, PortError, Seq, Timestamp};

#[async_trait]
impl<P: Outbox + ?Sized> Outbox for Faulty<P> {
    async fn lease(
        &self,
        owner: u64,
        at_most: u16,
        now: Timestamp,
        ttl_ms: i64,
    ) -> Result<Vec<u16>, PortError> {
        let run = self.inner.lease(owner, at_most, now, ttl_ms);
        single!(self, "outbox", lease, (owner, at_most), run)
    }

    async fn pending(&self, lanes: &[u16], limit: usize) -> Result<Vec<(Seq, Event)>, PortError> {
        single!(self, "outbox", pending, limit, self.inner.pending(lanes, limit))
    }

    async fn done(&self, facts: Vec<Seq>) -> Result<(), PortError> {
        single!(self, "outbox", done, facts, self.inner.done(facts))
    }

    async fn park(&self, aggregate: Aggregate, seq: Seq, reason: String) -> Result<(), PortError> {
        single!(self, "outbox", park, aggregate, self.inner.park(aggregate, seq, reason))
    }

    async fn unpark(&self, aggregate: Aggregate) -> Result<bool, PortError> {
        single!(self, "outbox", unpark, aggregate, self.inner.unpark(aggregate))
    }

    async fn parked(&self, limit: usize) -> Result<Vec<Parked>, PortError> {
        single!(self, "outbox", parked, limit, self.inner.parked(limit))
    }

    async fn lag(&self, now: Timestamp) -> Result<Lag, PortError> {
        single!(self, "outbox", lag, now, self.inner.lag(now))
    }
}
