//! The gateway's record: an append-only file, one line per fact (see [`crate::fact`]), made durable in groups.
//!
//! Callers append a line and await its [`Ticket`]; one thread writes whatever waits with one write
//! and one sync, and only then answers. What arrives meanwhile forms the next batch.
//!
//! After a failed write or sync nobody gets an acknowledgement: every waiting caller gets an error,
//! later appends are refused, and [`Record::reopen`] cuts the file back to the last durable line
//! before anything follows it. A sync that failed is never repeated over the same bytes, because the
//! system may have dropped them and report success.

mod disk;
mod scan;

pub use disk::{Disk, FileDisk, MemoryDisk};
pub use scan::{End, scan};

use crate::fact::{Fact, Line};
use parking_lot::{Condvar, Mutex};
use souk_kernel::Timestamp;
use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;
use thiserror::Error;
use tokio::sync::oneshot;

/// Why the record can't be used.
#[derive(Debug, Clone, Error)]
pub enum RecordError {
    /// The disk said no: full, gone, read-only.
    #[error("the record's disk: {0}")]
    Disk(Arc<io::Error>),
    /// A line before durable lines is damaged or missing. Never repaired by itself: restore it.
    #[error("the record is damaged at line {line} (byte {offset}), with durable lines after it")]
    Corrupt {
        /// Its number, from 1.
        line: u64,
        /// Where it starts.
        offset: u64,
    },
    /// A line is whole but tells what can't be.
    #[error("the record's line {line} tells what can't be: {reason}")]
    Impossible {
        /// Its number, from 1.
        line: u64,
        /// For an operator.
        reason: String,
    },
    /// An earlier write failed and the record was not reopened since.
    #[error("the record is closed after a failed write")]
    Failed,
}

impl From<io::Error> for RecordError {
    fn from(error: io::Error) -> Self {
        Self::Disk(Arc::new(error))
    }
}

/// How many callers in the last batch make the next one wait for more.
pub const CROWD: usize = 4;

/// Who writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Commit {
    /// A thread of its own, in batches. While callers come several at once (see [`CROWD`]) it lets
    /// facts gather for so long before each write, because on a fast disk a sync costs more
    /// processor time than all the facts that it is for. Zero: it never waits. Either way whatever
    /// arrives during a write forms the next batch.
    Batches(Duration),
    /// Each caller, at once and blocking: for simulations, where no real thread may take part.
    Inline,
}

/// What a ticket resolves to.
pub type Durable = Result<(), RecordError>;

/// A place in the queue: resolves once everything up to it is durable, or can't be.
#[derive(Debug)]
pub struct Ticket {
    /// The line's number; of a barrier, that of the last line before it.
    pub number: u64,
    wait: Option<oneshot::Receiver<Durable>>,
}

impl Ticket {
    /// Waits.
    ///
    /// # Errors
    /// The write or sync failed: the line may or may not be there after a restart.
    pub async fn durable(self) -> Durable {
        match self.wait {
            None => Ok(()),
            Some(wait) => wait.await.unwrap_or(Err(RecordError::Failed)),
        }
    }
}

struct Pending {
    /// Lines that the writer hasn't taken yet.
    lines: Vec<u8>,
    waiters: Vec<oneshot::Sender<Durable>>,
    /// The next line's number.
    next: u64,
    /// The last line that is durable before any of `lines` is written.
    base: u64,
    /// The writer is writing a batch.
    writing: bool,
    closed: bool,
}

struct Shared {
    pending: Mutex<Pending>,
    wake: Condvar,
    disk: Mutex<Box<dyn Disk>>,
    /// Changes only under the lock of `pending`.
    failed: AtomicBool,
    durable_line: AtomicU64,
    durable_bytes: AtomicU64,
    syncs: AtomicU64,
}

/// The record. Dropping it writes what waits, then ends the writer thread.
pub struct Record {
    shared: Arc<Shared>,
    writer: Option<JoinHandle<()>>,
}

impl Record {
    /// Reads the record from its start, giving every fact to `each`; cuts a torn end off; starts
    /// the writer.
    ///
    /// # Errors
    /// The disk fails; a line before durable lines is damaged; `each` says that a fact can't be.
    pub fn open(
        mut disk: Box<dyn Disk>,
        commit: Commit,
        mut each: impl FnMut(&Line<'_>) -> Result<(), String>,
    ) -> Result<Self, RecordError> {
        let end = scan(disk.reader()?, &mut each)?;
        if end.torn {
            tracing::warn!(
                line = end.lines + 1,
                offset = end.bytes,
                "the record's torn end is cut"
            );
            disk.truncate(end.bytes)?;
        }
        // Also when whole: the bytes may have been read from the page cache only.
        disk.sync()?;
        let pending = Pending {
            lines: Vec::new(),
            waiters: Vec::new(),
            next: end.lines + 1,
            base: end.lines,
            writing: false,
            closed: false,
        };
        let shared = Arc::new(Shared {
            pending: Mutex::new(pending),
            wake: Condvar::new(),
            disk: Mutex::new(disk),
            failed: AtomicBool::new(false),
            durable_line: AtomicU64::new(end.lines),
            durable_bytes: AtomicU64::new(end.bytes),
            syncs: AtomicU64::new(0),
        });
        let writer = match commit {
            Commit::Inline => None,
            Commit::Batches(gather) => {
                let theirs = Arc::clone(&shared);
                let thread = std::thread::Builder::new().name(String::from("sandbox-record"));
                Some(thread.spawn(move || theirs.write_batches(gather))?)
            }
        };
        Ok(Self { shared, writer })
    }

    /// Queues a fact. Facts become durable in the order of these calls.
    ///
    /// # Errors
    /// An earlier write failed: see [`Record::reopen`].
    pub fn append(&self, fact: Fact<'_>, at: Timestamp) -> Result<Ticket, RecordError> {
        let mut pending = self.shared.pending.lock();
        if self.failed() {
            return Err(RecordError::Failed);
        }
        let (number, synced) = (pending.next, pending.base);
        pending.next += 1;
        Line { number, synced, at, fact }.write(&mut pending.lines);
        if self.writer.is_none() {
            return self.write_inline(&mut pending);
        }
        Ok(self.queue(&mut pending, number))
    }

    /// A ticket for everything queued so far; resolved already when it is all durable.
    ///
    /// # Errors
    /// As for [`Record::append`].
    pub fn barrier(&self) -> Result<Ticket, RecordError> {
        let mut pending = self.shared.pending.lock();
        if self.failed() {
            return Err(RecordError::Failed);
        }
        let number = pending.next - 1;
        if pending.lines.is_empty() && !pending.writing {
            return Ok(Ticket { number, wait: None });
        }
        Ok(self.queue(&mut pending, number))
    }

    fn write_inline(&self, pending: &mut Pending) -> Result<Ticket, RecordError> {
        let number = pending.next - 1;
        pending.base = number;
        let written = self.shared.write(&pending.lines, number);
        pending.lines.clear();
        self.shared.failed.store(written.is_err(), Ordering::Release);
        written.map(|()| Ticket { number, wait: None })
    }

    fn queue(&self, pending: &mut Pending, number: u64) -> Ticket {
        let (tell, wait) = oneshot::channel();
        // The writer sleeps only when nothing waits: wake it for the first one.
        if pending.waiters.is_empty() && !pending.writing {
            self.shared.wake.notify_one();
        }
        pending.waiters.push(tell);
        Ticket { number, wait: Some(wait) }
    }

    /// Whether an earlier write failed.
    #[must_use]
    pub fn failed(&self) -> bool {
        self.shared.failed.load(Ordering::Acquire)
    }

    /// After a failure: cuts the file back to its durable lines, reads them all again into `each`,
    /// and takes appends again. Does nothing when nothing failed.
    ///
    /// # Errors
    /// As for [`Record::open`]; the record then stays closed.
    pub fn reopen(
        &self,
        mut each: impl FnMut(&Line<'_>) -> Result<(), String>,
    ) -> Result<(), RecordError> {
        let mut disk = self.shared.disk.lock();
        if !self.failed() {
            return Ok(());
        }
        let bytes = self.shared.durable_bytes.load(Ordering::Acquire);
        disk.truncate(bytes)?;
        disk.sync()?;
        let end = scan(disk.reader()?, &mut each)?;
        let durable = self.shared.durable_line.load(Ordering::Acquire);
        if end.lines != durable || end.bytes != bytes {
            return Err(RecordError::Corrupt { line: end.lines + 1, offset: end.bytes });
        }
        let mut pending = self.shared.pending.lock();
        pending.next = durable + 1;
        pending.base = durable;
        self.shared.failed.store(false, Ordering::Release);
        Ok(())
    }

    /// Reads the durable lines from the start, as they are in the file.
    ///
    /// # Errors
    /// The disk can't be read.
    pub fn reader(&self) -> io::Result<Box<dyn Read + Send>> {
        let reader = self.shared.disk.lock().reader()?;
        let bytes = self.shared.durable_bytes.load(Ordering::Acquire);
        Ok(Box::new(reader.take(bytes)))
    }

    /// How many lines are durable.
    #[must_use]
    pub fn durable_lines(&self) -> u64 {
        self.shared.durable_line.load(Ordering::Acquire)
    }

    /// How many batches were written since the start.
    #[must_use]
    pub fn syncs(&self) -> u64 {
        self.shared.syncs.load(Ordering::Relaxed)
    }
}

impl Drop for Record {
    fn drop(&mut self) {
        self.shared.pending.lock().closed = true;
        self.shared.wake.notify_one();
        if let Some(writer) = self.writer.take() {
            // A panic there has been printed; callers got errors from their dropped tickets.
            let _ = writer.join();
        }
    }
}

impl Shared {
    fn write_batches(&self, gather: Duration) {
        let mut lines = Vec::new();
        let mut waiters = Vec::new();
        let mut pause = Duration::ZERO;
        while let Some(last) = self.take(&mut lines, &mut waiters, pause) {
            pause = if waiters.len() < CROWD { Duration::ZERO } else { gather };
            let result = self.write(&lines, last);
            let mut pending = self.pending.lock();
            pending.writing = false;
            if result.is_err() {
                // Whatever came meanwhile stands on facts that are not durable.
                self.failed.store(true, Ordering::Release);
                pending.lines.clear();
                waiters.append(&mut pending.waiters);
            }
            drop(pending);
            for waiter in waiters.drain(..) {
                // A caller that went away doesn't need the answer.
                let _ = waiter.send(result.clone());
            }
            lines.clear();
        }
    }

    /// Waits for lines or waiters and takes them all; gives the last line's number, `None` at the end.
    fn take(
        &self,
        lines: &mut Vec<u8>,
        waiters: &mut Vec<oneshot::Sender<Durable>>,
        gather: Duration,
    ) -> Option<u64> {
        let mut pending = self.pending.lock();
        while pending.waiters.is_empty() {
            if pending.closed {
                return None;
            }
            self.wake.wait(&mut pending);
        }
        if !gather.is_zero() && !pending.closed {
            drop(pending);
            std::thread::sleep(gather);
            pending = self.pending.lock();
        }
        std::mem::swap(lines, &mut pending.lines);
        std::mem::swap(waiters, &mut pending.waiters);
        pending.base = pending.next - 1;
        pending.writing = true;
        Some(pending.base)
    }

    fn write(&self, lines: &[u8], last: u64) -> Durable {
        if lines.is_empty() {
            return Ok(());
        }
        let mut disk = self.disk.lock();
        let durable = self.durable_bytes.load(Ordering::Acquire);
        if let Err(error) = disk.append(lines).and_then(|()| disk.sync()) {
            tracing::error!(%error, line = last, "the record can't be written");
            // At once as well as in `reopen`, so that a process that ends now leaves no half line.
            let _ = disk.truncate(durable).and_then(|()| disk.sync());
            return Err(error.into());
        }
        self.durable_bytes.store(durable + lines.len() as u64, Ordering::Release);
        self.durable_line.store(last, Ordering::Release);
        self.syncs.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }
}

#[cfg(test)]
mod tests;
