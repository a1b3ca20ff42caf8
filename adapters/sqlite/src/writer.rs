//! The writer thread: group commit.
//!
//! Whatever waits when a transaction begins goes into it. While one commit is being synced, the next
//! batch gathers; so the batch is as large as the load, and a lone caller waits for one sync only.

use crate::statements::{Db, Statements};
use crate::tx::{State, Tx};
use parking_lot::{Condvar, Mutex};
use rusqlite::Connection;
use souk_kernel::{Clock, PortError};
use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tokio::sync::oneshot;

/// Who goes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Priority {
    /// A shopper waits: checkout, payment, cart.
    Purchase,
    /// Imports, sweeps, projections, mail: behind every purchase, in small pieces.
    Background,
}

/// Work for the writer thread.
pub(crate) trait Job: Send {
    fn run(&mut self, tx: &mut Tx<'_>) -> Result<(), PortError>;
    fn answer(self: Box<Self>, committed: Result<(), PortError>);
}

/// A closure with its caller's address.
pub(crate) struct Closure<F, T> {
    job: F,
    output: Option<T>,
    reply: oneshot::Sender<Result<T, PortError>>,
}

impl<F, T> Closure<F, T> {
    pub(crate) fn new(job: F, reply: oneshot::Sender<Result<T, PortError>>) -> Self {
        Self { job, output: None, reply }
    }
}

impl<F, T> Job for Closure<F, T>
where
    T: Send,
    F: FnMut(&mut Tx<'_>) -> Result<T, PortError> + Send,
{
    fn run(&mut self, tx: &mut Tx<'_>) -> Result<(), PortError> {
        self.output = Some((self.job)(tx)?);
        Ok(())
    }

    fn answer(self: Box<Self>, committed: Result<(), PortError>) {
        let lost = || PortError::Corrupt("a job was committed without a result".into());
        let Self { output, reply, .. } = *self;
        let answer = committed.and_then(|()| output.ok_or_else(lost));
        // A caller that went away is no reason to undo its work.
        let _ = reply.send(answer);
    }
}

/// Most jobs waiting before callers are refused.
const QUEUE_MAX: usize = 100_000;
/// Most purchase jobs in one transaction.
const PURCHASE_MAX: usize = 2_048;
/// How long background jobs may extend a transaction.
const BACKGROUND_BUDGET: Duration = Duration::from_millis(4);
/// Transactions in a row without a background job, after which one goes along however long they are.
const PASSED_OVER_MAX: u32 = 8;
/// How often counters are written; the ledger can rebuild what a crash leaves unwritten.
const FLUSH_EVERY: Duration = Duration::from_millis(500);

/// A closing store that keeps failing leaves its counters to the ledger.
const ROLLBACKS_MAX: u64 = 1_000;

#[derive(Default)]
struct Waiting {
    purchase: VecDeque<Box<dyn Job>>,
    background: VecDeque<Box<dyn Job>>,
    closed: bool,
}

/// Jobs on their way to the writer thread.
#[derive(Default)]
pub(crate) struct Queue {
    waiting: Mutex<Waiting>,
    arrived: Condvar,
}

impl Queue {
    pub(crate) fn push(&self, priority: Priority, job: Box<dyn Job>) -> Result<(), PortError> {
        let mut waiting = self.waiting.lock();
        if waiting.closed {
            return Err(PortError::Unavailable("the store is closed".into()));
        }
        let lane = match priority {
            Priority::Purchase => &mut waiting.purchase,
            Priority::Background => &mut waiting.background,
        };
        if lane.len() >= QUEUE_MAX {
            return Err(PortError::Unavailable("the writer's queue is full".into()));
        }
        lane.push_back(job);
        drop(waiting);
        self.arrived.notify_one();
        Ok(())
    }

    pub(crate) fn close(&self) {
        self.waiting.lock().closed = true;
        self.arrived.notify_one();
    }

    /// Waits for work, at most until the next flush is due. `None`: closed and empty.
    fn take(&self, until: Instant) -> Option<(VecDeque<Box<dyn Job>>, bool)> {
        let mut waiting = self.waiting.lock();
        loop {
            if !waiting.purchase.is_empty() || !waiting.background.is_empty() {
                let many = waiting.purchase.len().min(PURCHASE_MAX);
                let jobs = waiting.purchase.drain(..many).collect();
                return Some((jobs, !waiting.background.is_empty()));
            }
            if waiting.closed {
                return None;
            }
            if self.arrived.wait_until(&mut waiting, until).timed_out() {
                return Some((VecDeque::new(), false));
            }
        }
    }

    /// Jobs that wait: of purchases, and of everything else.
    pub(crate) fn waiting(&self) -> (usize, usize) {
        let waiting = self.waiting.lock();
        (waiting.purchase.len(), waiting.background.len())
    }

    fn next_background(&self) -> Option<Box<dyn Job>> {
        self.waiting.lock().background.pop_front()
    }
}

/// Counters of the writer thread, for metrics and the bench.
#[derive(Debug, Default)]
pub struct WriterStats {
    /// Transactions committed.
    pub commits: AtomicU64,
    /// Jobs run in them.
    pub jobs: AtomicU64,
    /// Nanoseconds spent running jobs and committing, waiting for the disk included.
    pub busy_ns: AtomicU64,
    /// Nanoseconds of those spent inside `COMMIT`.
    pub commit_ns: AtomicU64,
    /// Transactions rolled back.
    pub rollbacks: AtomicU64,
    /// The writer thread's CPU time in nanoseconds, as the kernel accounts it.
    pub cpu_ns: AtomicU64,
    /// What of it went into transactions that shoppers waited for.
    pub purchase_cpu_ns: AtomicU64,
    /// Pages in the write-ahead log at the last look.
    pub wal_pages: AtomicU64,
}

pub(crate) struct Writer {
    state: State,
    queue: Arc<Queue>,
    clock: Arc<dyn Clock>,
    stats: Arc<WriterStats>,
    /// Transactions in a row without a background job.
    passed_over: u32,
    /// Set by the checkpointer when the log is copied but for its last pages.
    finish_checkpoint: Arc<AtomicBool>,
}

impl Writer {
    pub(crate) fn new(
        state: State,
        queue: Arc<Queue>,
        clock: Arc<dyn Clock>,
        stats: Arc<WriterStats>,
    ) -> Self {
        let finish_checkpoint = Arc::new(AtomicBool::new(false));
        Self { state, queue, clock, stats, passed_over: 0, finish_checkpoint }
    }

    pub(crate) fn start(
        mut self,
        conn: Connection,
        checkpointer: Connection,
        pages: u32,
        look: Duration,
    ) -> Result<std::thread::JoinHandle<()>, PortError> {
        let finish = Arc::clone(&self.finish_checkpoint);
        let stats = Arc::clone(&self.stats);
        let alive = Arc::new(());
        let watch = Arc::downgrade(&alive);
        let spawn = |name: &str| std::thread::Builder::new().name(name.into());
        let failed = |e: std::io::Error| PortError::Unavailable(format!("starting a thread: {e}"));
        spawn("souk-checkpoint")
            .spawn(move || {
                crate::checkpoint::run(&checkpointer, (pages, look), &finish, &stats, &watch);
            })
            .map_err(failed)?;
        spawn("souk-writer")
            .spawn(move || {
                let _alive = alive;
                let statements = Statements::new(&conn);
                self.run(Db { conn: &conn, statements: &statements });
            })
            .map_err(failed)
    }

    fn run(&mut self, db: Db<'_>) {
        let mut flush_at = Instant::now() + FLUSH_EVERY;
        while let Some((jobs, more)) = self.queue.take(flush_at) {
            let begun = Instant::now();
            let flush = begun >= flush_at;
            if flush {
                flush_at = begun + FLUSH_EVERY;
            }
            let counters = flush && self.state.is_dirty() || self.state.is_flushing();
            if !jobs.is_empty() || more || counters {
                let purchases = !jobs.is_empty();
                self.transaction(db, jobs, flush);
                self.note(begun, purchases);
            }
            if self.finish_checkpoint.swap(false, Ordering::AcqRel) {
                crate::checkpoint::passive(db.conn);
            }
        }
        // Closing: the counters go to their rows, so that the next start has nothing to count again.
        while self.state.is_dirty() && self.stats.rollbacks.load(Ordering::Relaxed) < ROLLBACKS_MAX
        {
            self.transaction(db, VecDeque::new(), true);
        }
    }

    /// Runs jobs until all that are left could be committed together, then answers them.
    fn transaction(&mut self, db: Db<'_>, mut jobs: VecDeque<Box<dyn Job>>, flush: bool) {
        let mut first = true;
        loop {
            match self.attempt(db, &mut jobs, flush, first) {
                Ok(()) => {
                    self.state.committed();
                    self.stats.commits.fetch_add(1, Ordering::Relaxed);
                    self.stats.jobs.fetch_add(jobs.len() as u64, Ordering::Relaxed);
                    jobs.into_iter().for_each(|job| job.answer(Ok(())));
                    return;
                }
                Err(Failed { job, error }) => {
                    first = false;
                    self.stats.rollbacks.fetch_add(1, Ordering::Relaxed);
                    // A rollback of a transaction that the engine has already ended changes nothing.
                    let _ = db.conn.execute_batch("ROLLBACK");
                    if let Err(lost) = self.state.reload(db.conn, self.clock.now()) {
                        tracing::error!(error = %lost, "reloading the writer's state");
                        self.refuse(jobs, &lost);
                        return;
                    }
                    match job.and_then(|index| jobs.remove(index)) {
                        Some(culprit) => culprit.answer(Err(error)),
                        None => {
                            tracing::error!(%error, "committing");
                            self.refuse(jobs, &error);
                            return;
                        }
                    }
                }
            }
        }
    }

    /// Nothing of these can be done now. A transaction that can't even begin has taken no background
    /// job: one of them hears of it, so that nobody waits for ever on a disk that is gone.
    fn refuse(&self, mut jobs: VecDeque<Box<dyn Job>>, error: &PortError) {
        if jobs.is_empty() {
            jobs.extend(self.queue.next_background());
        }
        jobs.into_iter().for_each(|job| job.answer(Err(error.clone())));
    }

    fn attempt(
        &mut self,
        db: Db<'_>,
        jobs: &mut VecDeque<Box<dyn Job>>,
        flush: bool,
        first: bool,
    ) -> Result<(), Failed> {
        let now = self.clock.now();
        let whole = |error: PortError| Failed { job: None, error };
        db.execute("BEGIN IMMEDIATE", []).map_err(whole)?;
        let begun = Instant::now();
        let mut tx = Tx { conn: db.conn, db, state: &mut self.state, now };
        for (index, job) in jobs.iter_mut().enumerate() {
            job.run(&mut tx).map_err(|error| Failed { job: Some(index), error })?;
        }
        let purchases = jobs.len();
        let owed = self.passed_over >= PASSED_OVER_MAX;
        while first && (begun.elapsed() < BACKGROUND_BUDGET || owed && jobs.len() == purchases) {
            let Some(job) = self.queue.next_background() else { break };
            jobs.push_back(job);
            let index = jobs.len() - 1;
            jobs[index].run(&mut tx).map_err(|error| Failed { job: Some(index), error })?;
        }
        let alone = jobs.len() == purchases;
        self.passed_over = if alone { self.passed_over.saturating_add(1) } else { 0 };
        let busy = !jobs.is_empty();
        tx.flush(flush, busy).map_err(whole)?;
        let committing = Instant::now();
        db.execute("COMMIT", []).map_err(whole)?;
        self.stats.commit_ns.fetch_add(nanos(committing), Ordering::Relaxed);
        Ok(())
    }

    fn note(&self, begun: Instant, purchases: bool) {
        self.stats.busy_ns.fetch_add(nanos(begun), Ordering::Relaxed);
        let cpu = thread_cpu_ns();
        let used = cpu.saturating_sub(self.stats.cpu_ns.swap(cpu, Ordering::Relaxed));
        if purchases {
            self.stats.purchase_cpu_ns.fetch_add(used, Ordering::Relaxed);
        }
    }
}

struct Failed {
    /// Which job, or `None`: the transaction as a whole.
    job: Option<usize>,
    error: PortError,
}

fn nanos(since: Instant) -> u64 {
    u64::try_from(since.elapsed().as_nanos()).unwrap_or(u64::MAX)
}

/// This thread's CPU time; 0 where the system does not say.
#[cfg(target_os = "linux")]
fn thread_cpu_ns() -> u64 {
    let spent = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    let ns = spent.tv_sec.saturating_mul(1_000_000_000).saturating_add(spent.tv_nsec);
    u64::try_from(ns).unwrap_or(0)
}

#[cfg(not(target_os = "linux"))]
fn thread_cpu_ns() -> u64 {
    0
}
