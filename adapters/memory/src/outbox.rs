//! Facts in memory, on their way to their consumers: the executable specification of the port.

use souk_kernel::{Aggregate, Event, LANES, Lag, Parked, Seq, Timestamp, lane_of};
use std::collections::BTreeMap;

/// An outbox without a lock: it lies in the store whose facts it holds.
#[derive(Debug, Clone, Default)]
pub struct OutboxRows {
    facts: BTreeMap<Seq, Event>,
    last: i64,
    lanes: BTreeMap<u16, (u64, Timestamp)>,
    parked: BTreeMap<Aggregate, Parked>,
}

impl OutboxRows {
    /// Appends a fact.
    pub fn push(&mut self, event: Event) {
        self.last += 1;
        self.facts.insert(Seq(self.last), event);
    }

    /// See [`souk_kernel::Outbox::lease`].
    pub fn lease(&mut self, owner: u64, at_most: u16, now: Timestamp, ttl_ms: i64) -> Vec<u16> {
        self.lanes.retain(|_, (_, until)| *until > now);
        let mine = |lane: &u16| self.lanes.get(lane).is_some_and(|(holder, _)| *holder == owner);
        let free = |lane: &u16| !self.lanes.contains_key(lane);
        let all = || 0..LANES;
        let mut had: Vec<u16> = all().filter(mine).collect();
        let beyond = had.split_off(had.len().min(usize::from(at_most)));
        let room = usize::from(at_most) - had.len();
        had.extend(all().filter(free).take(room).collect::<Vec<_>>());
        for lane in beyond {
            self.lanes.remove(&lane);
        }
        for lane in &had {
            self.lanes.insert(*lane, (owner, now.plus_ms(ttl_ms)));
        }
        had.sort_unstable();
        had
    }

    /// See [`souk_kernel::Outbox::pending`].
    #[must_use]
    pub fn pending(&self, lanes: &[u16], limit: usize) -> Vec<(Seq, Event)> {
        let asked = |event: &Event| {
            lanes.contains(&lane_of(event.aggregate)) && !self.parked.contains_key(&event.aggregate)
        };
        let found = self.facts.iter().filter(|(_, event)| asked(event));
        found.take(limit).map(|(seq, event)| (*seq, event.clone())).collect()
    }

    /// See [`souk_kernel::Outbox::done`].
    pub fn done(&mut self, facts: &[Seq]) {
        for seq in facts {
            self.facts.remove(seq);
        }
    }

    /// See [`souk_kernel::Outbox::park`]. The first reason stays.
    pub fn park(&mut self, aggregate: Aggregate, seq: Seq, reason: String, at: Timestamp) {
        self.parked.entry(aggregate).or_insert(Parked { aggregate, seq, reason, at });
    }

    /// See [`souk_kernel::Outbox::unpark`].
    pub fn unpark(&mut self, aggregate: Aggregate) -> bool {
        self.parked.remove(&aggregate).is_some()
    }

    /// See [`souk_kernel::Outbox::parked`].
    #[must_use]
    pub fn parked(&self, limit: usize) -> Vec<Parked> {
        let mut parked: Vec<_> = self.parked.values().cloned().collect();
        parked.sort_by_key(|p| (p.at, p.seq));
        parked.truncate(limit);
        parked
    }

    /// See [`souk_kernel::Outbox::lag`].
    #[must_use]
    pub fn lag(&self, now: Timestamp) -> Lag {
        let waits = self.facts.values().filter(|e| !self.parked.contains_key(&e.aggregate));
        let (count, oldest) = waits.fold((0, None), |(n, old): (u64, Option<Timestamp>), event| {
            (n + 1, Some(old.map_or(event.at, |at| at.min(event.at))))
        });
        Lag { count, oldest_ms: oldest.map_or(0, |at| now.since(at).max(0)) }
    }
}

/// Implements [`souk_kernel::Outbox`] for a store that keeps [`OutboxRows`] behind its lock.
macro_rules! outbox_behind_lock {
    ($store:ty) => {
        #[async_trait::async_trait]
        impl souk_kernel::Outbox for $store {
            async fn lease(
                &self,
                owner: u64,
                at_most: u16,
                now: souk_kernel::Timestamp,
                ttl_ms: i64,
            ) -> Result<Vec<u16>, souk_kernel::PortError> {
                Ok(self.rows.lock().outbox.lease(owner, at_most, now, ttl_ms))
            }

            async fn pending(
                &self,
                lanes: &[u16],
                limit: usize,
            ) -> Result<Vec<(souk_kernel::Seq, souk_kernel::Event)>, souk_kernel::PortError> {
                Ok(self.rows.lock().outbox.pending(lanes, limit))
            }

            async fn done(
                &self,
                facts: Vec<souk_kernel::Seq>,
            ) -> Result<(), souk_kernel::PortError> {
                self.rows.lock().outbox.done(&facts);
                Ok(())
            }

            async fn park(
                &self,
                aggregate: souk_kernel::Aggregate,
                seq: souk_kernel::Seq,
                reason: String,
            ) -> Result<(), souk_kernel::PortError> {
                let now = self.clock.now();
                self.rows.lock().outbox.park(aggregate, seq, reason, now);
                Ok(())
            }

            async fn unpark(
                &self,
                aggregate: souk_kernel::Aggregate,
            ) -> Result<bool, souk_kernel::PortError> {
                Ok(self.rows.lock().outbox.unpark(aggregate))
            }

            async fn parked(
                &self,
                limit: usize,
            ) -> Result<Vec<souk_kernel::Parked>, souk_kernel::PortError> {
                Ok(self.rows.lock().outbox.parked(limit))
            }

            async fn lag(
                &self,
                now: souk_kernel::Timestamp,
            ) -> Result<souk_kernel::Lag, souk_kernel::PortError> {
                Ok(self.rows.lock().outbox.lag(now))
            }
        }
    };
}
pub(crate) use outbox_behind_lock;
