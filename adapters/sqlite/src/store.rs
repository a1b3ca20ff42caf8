//! The store: one SQLite file, one writer thread, many readers.
//!
//! # Writing
//! [`Store::write`] hands a closure to the writer thread. The thread runs whatever waits, of whichever
//! port, in one transaction and answers after the commit has reached the disk (`synchronous=FULL`,
//! WAL): a `write` that returned `Ok` survives power loss. Rules for the closure:
//! - it may run more than once (the whole transaction is rolled back and run again without a closure
//!   that failed), so it must not consume what it captured and must have no effect but on the [`Tx`];
//! - a refusal in business words is part of its `Ok` value, decided *before* it writes anything;
//! - `Err(PortError)` means that nothing of it may stay: the transaction is rolled back;
//! - at [`Priority::Purchase`] it is short (microseconds an intent); anything that may take longer, up
//!   to the bound of 5 ms, goes at [`Priority::Background`], in small pieces.
//!
//! # Reading
//! [`Store::read`] runs a closure on a reader connection, on the caller's thread: point reads and
//! pages, not scans. It sees every commit that was answered before.

use crate::migrations;
use crate::tx::{State, Tx};
use crate::writer::{Closure, Queue, Writer};
use parking_lot::Mutex;
use rusqlite::{Connection, OpenFlags};
use souk_kernel::{Clock, PortError};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

pub use crate::writer::{Priority, WriterStats};

/// How durable a commit is. Everything but `Full` is for showing what it would lose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Synchronous {
    /// Each commit is synced before it is answered.
    #[default]
    Full,
    /// Only checkpoints are synced: power loss loses answered commits.
    Normal,
    /// Nothing is synced: power loss loses commits and may corrupt the file.
    Off,
}

/// How to open a store.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Name of a registered SQLite VFS, for tests of power loss; `None` is the system's.
    pub vfs: Option<String>,
    /// Durability of a commit.
    pub synchronous: Synchronous,
    /// Reader connections; 0 means 4.
    pub readers: usize,
    /// Write-ahead log size, in pages, at which it is copied back; 0 means 16,384 (64 MiB).
    pub checkpoint_pages: u32,
    /// How often the log's size is looked at; zero means every 200 ms.
    pub checkpoint_look: Duration,
}

/// The embedded relational store.
pub struct Store {
    queue: Arc<Queue>,
    writer: Mutex<Option<std::thread::JoinHandle<()>>>,
    readers: Readers,
    stats: Arc<WriterStats>,
    pub(crate) board: Arc<crate::levels::Board>,
    path: PathBuf,
    /// Held while the store is open: two processes never write one shop.
    _lock: File,
}

impl Store {
    /// Opens (or creates) `dir/souk.db`, applies migrations, and starts the writer thread.
    ///
    /// # Errors
    /// Another process has the shop open; the disk; a file that is not Souk's.
    pub fn open(
        dir: &Path,
        clock: Arc<dyn Clock>,
        options: &Options,
    ) -> Result<Arc<Self>, PortError> {
        create_folder(dir).map_err(|e| unavailable("creating the data folder", &e))?;
        let lock = lock(dir)?;
        let path = dir.join("souk.db");
        let conn = connect(&path, options)?;
        let checkpointer = connect(&path, options)?;
        migrations::apply(&conn, clock.now())?;
        // The lock says that nobody else lives: whoever leased a lane is gone, however it ended.
        conn.execute("DELETE FROM outbox_lane", []).map_err(|e| sql_error(&e))?;
        let board = Arc::new(crate::levels::Board::default());
        let state = State::load(&conn, Arc::clone(&board), clock.now())?;
        let queue = Arc::new(Queue::default());
        let stats = Arc::new(WriterStats::default());
        let pages = if options.checkpoint_pages == 0 { 16_384 } else { options.checkpoint_pages };
        let writer = Writer::new(state, Arc::clone(&queue), clock, Arc::clone(&stats));
        let thread = writer.start(conn, checkpointer, pages, options.checkpoint_look)?;
        let readers = Readers::open(&path, options)?;
        let writer = Mutex::new(Some(thread));
        Ok(Arc::new(Self { queue, writer, readers, stats, board, path, _lock: lock }))
    }

    /// Runs `job` on the writer thread and answers once its transaction is on disk.
    ///
    /// # Errors
    /// The job's own, or the commit's: then nothing of it was done. The one exception is
    /// [`PortError::Timeout`], when the store was closed while it waited.
    pub async fn write<T, F>(&self, priority: Priority, job: F) -> Result<T, PortError>
    where
        T: Send + 'static,
        F: FnMut(&mut Tx<'_>) -> Result<T, PortError> + Send + 'static,
    {
        let (reply, answer) = tokio::sync::oneshot::channel();
        self.queue.push(priority, Box::new(Closure::new(job, reply)))?;
        answer.await.map_err(|_| PortError::Timeout("the store closed".into()))?
    }

    /// Runs `job` on a reader connection, on this thread.
    ///
    /// # Errors
    /// The engine's.
    pub fn read<T>(
        &self,
        job: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T, PortError> {
        self.readers.with(job)
    }

    /// As [`Store::read`], all of it as of one moment: many point reads cost one look at the log.
    ///
    /// # Errors
    /// The engine's.
    pub fn read_together<T>(
        &self,
        job: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T, PortError> {
        self.readers.with(|conn| {
            conn.prepare_cached("BEGIN")?.execute([])?;
            let result = job(conn);
            conn.prepare_cached("COMMIT")?.execute([])?;
            result
        })
    }

    /// What the writer thread has done so far.
    #[must_use]
    pub fn stats(&self) -> &WriterStats {
        &self.stats
    }

    /// Jobs that wait for the writer thread: of purchases, and of everything else.
    #[must_use]
    pub fn queued(&self) -> (usize, usize) {
        self.queue.waiting()
    }

    /// The database file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Finishes what waits, flushes the counters, and stops the writer thread.
    pub fn close(&self) {
        self.queue.close();
        if let Some(thread) = self.writer.lock().take() {
            // A writer that panicked has already failed its callers.
            let _ = thread.join();
        }
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        self.close();
    }
}

struct Readers {
    idle: Mutex<Vec<Connection>>,
    path: PathBuf,
    options: Options,
    keep: usize,
}

impl Readers {
    fn open(path: &Path, options: &Options) -> Result<Self, PortError> {
        let keep = if options.readers == 0 { 4 } else { options.readers };
        let idle =
            (0..keep).map(|_| connect_reader(path, options)).collect::<Result<Vec<_>, _>>()?;
        Ok(Self { idle: Mutex::new(idle), path: path.into(), options: options.clone(), keep })
    }

    fn with<T>(
        &self,
        job: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T, PortError> {
        let idle = self.idle.lock().pop();
        let conn = match idle {
            Some(conn) => conn,
            None => connect_reader(&self.path, &self.options)?,
        };
        let result = job(&conn).map_err(|e| sql_error(&e));
        let mut idle = self.idle.lock();
        if idle.len() < self.keep {
            idle.push(conn);
        }
        result
    }
}

/// The folder's own name must survive a power loss too; the engine sees to the names in it.
fn create_folder(dir: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(dir)?;
    match dir.canonicalize()?.parent() {
        Some(parent) => File::open(parent)?.sync_all(),
        None => Ok(()),
    }
}

fn lock(dir: &Path) -> Result<File, PortError> {
    let path = dir.join("souk.lock");
    let file = File::create(&path).map_err(|e| unavailable("creating the lock file", &e))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(std::fs::TryLockError::WouldBlock) => Err(PortError::Unavailable(format!(
            "another process has this shop open (it holds {})",
            path.display()
        ))),
        Err(std::fs::TryLockError::Error(e)) => Err(unavailable("locking the data folder", &e)),
    }
}

fn connect(path: &Path, options: &Options) -> Result<Connection, PortError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_CREATE
        | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let conn = match &options.vfs {
        Some(vfs) => Connection::open_with_flags_and_vfs(path, flags, vfs.as_str()),
        None => Connection::open_with_flags(path, flags),
    }
    .map_err(|e| sql_error(&e))?;
    let synchronous = match options.synchronous {
        Synchronous::Full => "FULL",
        Synchronous::Normal => "NORMAL",
        Synchronous::Off => "OFF",
    };
    // The checkpointer copies the log back, not the commit that happens to fill it.
    let pragmas = format!(
        "PRAGMA journal_mode=WAL; PRAGMA synchronous={synchronous}; PRAGMA wal_autocheckpoint=0;
         PRAGMA temp_store=MEMORY; PRAGMA cache_size=-16384; PRAGMA foreign_keys=OFF;"
    );
    conn.execute_batch(&pragmas).map_err(|e| sql_error(&e))?;
    // A plan never depends on a bound value: otherwise statements on tables with partial indexes are
    // prepared again at every binding.
    conn.set_db_config(rusqlite::config::DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)
        .map_err(|e| sql_error(&e))?;
    conn.busy_timeout(Duration::from_secs(5)).map_err(|e| sql_error(&e))?;
    conn.set_prepared_statement_cache_capacity(256);
    Ok(conn)
}

fn connect_reader(path: &Path, options: &Options) -> Result<Connection, PortError> {
    let conn = connect(path, options)?;
    // No memory map: each commit would take it down, and every page be faulted in again.
    conn.execute_batch("PRAGMA query_only=ON; PRAGMA cache_size=-8192;")
        .map_err(|e| sql_error(&e))?;
    Ok(conn)
}

fn unavailable(what: &str, error: &std::io::Error) -> PortError {
    PortError::Unavailable(format!("{what}: {error}"))
}

/// An engine error as a port error.
pub(crate) fn sql_error(error: &rusqlite::Error) -> PortError {
    use rusqlite::ErrorCode as Code;
    let text = error.to_string();
    match error.sqlite_error_code() {
        Some(Code::DatabaseCorrupt | Code::NotADatabase) => PortError::Corrupt(text),
        Some(Code::ConstraintViolation) => PortError::Conflict(text),
        Some(_) => PortError::Unavailable(text),
        None => PortError::Corrupt(text),
    }
}
