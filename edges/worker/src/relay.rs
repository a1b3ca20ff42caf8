//! From the outbox to the consumers.

use async_trait::async_trait;
use souk_kernel::{
    Aggregate, Answers, Clock, Event, LANES, MINUTE_MS, Outbox, PortError, Seq, Timestamp,
};
use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::watch;

/// Somebody who wants to know facts.
#[async_trait]
pub trait Consumer: Send + Sync {
    /// For logs and metrics.
    fn name(&self) -> &'static str;

    /// Takes facts of different aggregates, one answer each. A fact may come again: its aggregate and
    /// number say so. An error means: again, later.
    async fn take(&self, facts: &[Event]) -> Answers<(), PortError>;
}

/// How patient a relay is.
#[derive(Debug, Clone, Copy)]
pub struct RelaySettings {
    /// This relay, among those that share the lanes.
    pub owner: u64,
    /// Facts in one round.
    pub batch: usize,
    /// Pause when nothing waits.
    pub idle: Duration,
    /// Pause after the first failure of a fact; doubles with each further one, up to a minute.
    pub retry_ms: i64,
    /// Failures of one fact after which its aggregate is parked.
    pub attempts: u32,
    /// While shoppers keep the store busy, it rests so many times as long as it worked.
    pub yields: u32,
    /// Beyond this age of the oldest fact, in milliseconds, it yields to nobody.
    pub patience_ms: i64,
}

impl Default for RelaySettings {
    fn default() -> Self {
        let idle = Duration::from_millis(50);
        let (yields, patience_ms) = (4, 5 * MINUTE_MS);
        Self { owner: 1, batch: 512, idle, retry_ms: 500, attempts: 12, yields, patience_ms }
    }
}

/// Whether shoppers keep the store busy just now.
pub type Busy = Arc<dyn Fn() -> bool + Send + Sync>;

const LEASE_MS: i64 = 30_000;
const RETRY_MAX_MS: i64 = 60_000;
const REST_MAX: Duration = Duration::from_secs(1);

/// Hands facts on.
pub struct Relay {
    outbox: Arc<dyn Outbox>,
    consumers: Vec<Arc<dyn Consumer>>,
    clock: Arc<dyn Clock>,
    settings: RelaySettings,
    busy: Busy,
    /// When the oldest fact of the last round happened.
    oldest: Timestamp,
    /// Facts that failed: how often, and when they may be tried again.
    failing: HashMap<Aggregate, Failing>,
}

struct Failing {
    times: u32,
    again: Timestamp,
    /// Consumers that have the fact already.
    served: HashSet<usize>,
    number: u64,
}

impl Relay {
    /// A relay for these consumers.
    #[must_use]
    pub fn new(
        outbox: Arc<dyn Outbox>,
        consumers: Vec<Arc<dyn Consumer>>,
        clock: Arc<dyn Clock>,
        settings: RelaySettings,
    ) -> Self {
        let (busy, oldest): (Busy, _) = (Arc::new(|| false), Timestamp(i64::MAX));
        Self { outbox, consumers, clock, settings, busy, oldest, failing: HashMap::new() }
    }

    /// Yields to shoppers: while `busy` says so, it takes a small part of the machine, and catches up
    /// afterwards. A burst of orders is then served at the rate of orders, and its mails follow.
    #[must_use]
    pub fn yielding(mut self, busy: Busy) -> Self {
        self.busy = busy;
        self
    }

    /// Runs until `stop` says so.
    pub async fn run(mut self, mut stop: watch::Receiver<bool>) {
        let mut lanes = Vec::new();
        let mut leased_until = Timestamp(i64::MIN);
        while !*stop.borrow() {
            let now = self.clock.now();
            if leased_until.since(now) < LEASE_MS / 2 {
                match self.outbox.lease(self.settings.owner, LANES, now, LEASE_MS).await {
                    Ok(leased) => (lanes, leased_until) = (leased, now.plus_ms(LEASE_MS)),
                    Err(error) => tracing::warn!(%error, "leasing lanes"),
                }
            }
            let began = Instant::now();
            let moved = match self.round(&lanes).await {
                Ok(moved) => moved,
                Err(error) => {
                    tracing::warn!(%error, "relaying");
                    0
                }
            };
            let rest = if moved == 0 { self.settings.idle } else { self.rest(began.elapsed()) };
            if !rest.is_zero() {
                tokio::select! {
                    () = tokio::time::sleep(rest) => {}
                    _ = stop.changed() => {}
                }
            }
        }
        // Whoever comes next need not wait for the leases to run out.
        if let Err(error) = self.outbox.lease(self.settings.owner, 0, self.clock.now(), 0).await {
            tracing::warn!(%error, "giving the lanes back");
        }
    }

    /// How long to rest after a round that took so long.
    fn rest(&self, worked: Duration) -> Duration {
        let late = self.clock.now().since(self.oldest) > self.settings.patience_ms;
        if late || !(self.busy)() {
            return Duration::ZERO;
        }
        (worked * self.settings.yields).min(REST_MAX)
    }

    /// One round: says how many facts every consumer has now.
    ///
    /// # Errors
    /// The outbox's.
    pub async fn round(&mut self, lanes: &[u16]) -> Result<usize, PortError> {
        // What waits for its next try stays in front of the queue: look beyond it.
        let look = self.settings.batch + self.failing.len();
        let pending = self.outbox.pending(lanes, look).await?;
        let now = self.clock.now();
        self.oldest = pending.first().map_or(Timestamp(i64::MAX), |(_, fact)| fact.at);
        let mut seen = HashSet::with_capacity(pending.len());
        let mut seqs = Vec::with_capacity(pending.len());
        let mut facts = Vec::with_capacity(pending.len());
        for (seq, fact) in pending {
            // The first fact of each aggregate: the next one may go when this is done.
            let first = seen.insert(fact.aggregate);
            let waits = self.failing.get(&fact.aggregate).is_some_and(|f| f.again > now);
            if first && !waits {
                seqs.push(seq);
                facts.push(fact);
            }
        }
        let done = self.deliver(&seqs, &facts).await?;
        let many = done.len();
        if many > 0 {
            self.outbox.done(done).await?;
        }
        Ok(many)
    }

    async fn deliver(&mut self, seqs: &[Seq], facts: &[Event]) -> Result<Vec<Seq>, PortError> {
        let mut failed: Vec<Option<PortError>> = vec![None; facts.len()];
        for index in 0..self.consumers.len() {
            let wanting: Vec<usize> =
                (0..facts.len()).filter(|at| !self.has(index, &facts[*at])).collect();
            if wanting.is_empty() {
                continue;
            }
            // Nearly always all of them.
            let batch: Cow<'_, [Event]> = if wanting.len() == facts.len() {
                Cow::Borrowed(facts)
            } else {
                wanting.iter().map(|at| facts[*at].clone()).collect()
            };
            let consumer = Arc::clone(&self.consumers[index]);
            for (at, answer) in wanting.into_iter().zip(consumer.take(&batch).await) {
                match answer {
                    Ok(()) => self.note_served(index, &facts[at]),
                    Err(error) => {
                        let kind = &facts[at].kind;
                        tracing::debug!(consumer = consumer.name(), %error, kind, "a fact waits");
                        failed[at] = Some(error);
                    }
                }
            }
        }
        let mut done = Vec::with_capacity(facts.len());
        for ((seq, fact), failure) in seqs.iter().zip(facts).zip(failed) {
            match failure {
                None => {
                    self.failing.remove(&fact.aggregate);
                    done.push(*seq);
                }
                Some(error) => self.note_failure(*seq, fact, &error).await?,
            }
        }
        Ok(done)
    }

    fn has(&self, consumer: usize, fact: &Event) -> bool {
        let failing = self.failing.get(&fact.aggregate).filter(|f| f.number == fact.number);
        failing.is_some_and(|f| f.served.contains(&consumer))
    }

    fn note_served(&mut self, consumer: usize, fact: &Event) {
        if let Some(failing) = self.failing.get_mut(&fact.aggregate)
            && failing.number == fact.number
        {
            failing.served.insert(consumer);
        }
    }

    async fn note_failure(
        &mut self,
        seq: Seq,
        fact: &Event,
        error: &PortError,
    ) -> Result<(), PortError> {
        let now = self.clock.now();
        let entry = self.failing.entry(fact.aggregate).or_insert_with(|| Failing {
            times: 0,
            again: now,
            served: HashSet::new(),
            number: fact.number,
        });
        if entry.number != fact.number {
            *entry = Failing { times: 0, again: now, served: HashSet::new(), number: fact.number };
        }
        entry.times += 1;
        let pause = self.settings.retry_ms << entry.times.min(16).saturating_sub(1);
        entry.again = now.plus_ms(pause.min(RETRY_MAX_MS));
        if entry.times >= self.settings.attempts {
            tracing::error!(kind = fact.kind, aggregate = %fact.aggregate.0, %error, "parked");
            self.failing.remove(&fact.aggregate);
            self.outbox.park(fact.aggregate, seq, error.to_string()).await?;
        }
        Ok(())
    }
}
