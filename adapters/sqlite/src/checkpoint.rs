//! Copying the write-ahead log back into the database, beside the writer.
//!
//! A log that is always being appended to can never be started anew by a checkpoint that runs beside
//! the writer: it grows without bound. So the bulk is copied here, and the writer, between two
//! transactions, copies the few pages that came meanwhile; its next commit starts the log at its
//! beginning.

use rusqlite::Connection;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Weak};
use std::time::Duration;

use crate::writer::WriterStats;

const LOOK_EVERY: Duration = Duration::from_millis(200);

/// Runs until the writer is gone. `pages`: the log's length at which it is copied back; `look`: how
/// often it is looked at.
pub(crate) fn run(
    conn: &Connection,
    (pages, look): (u32, Duration),
    finish: &Arc<AtomicBool>,
    stats: &Arc<WriterStats>,
    writer: &Weak<()>,
) {
    let look = if look.is_zero() { LOOK_EVERY } else { look };
    while writer.strong_count() > 0 {
        std::thread::sleep(look);
        let length = checkpoint(conn, "NOOP");
        stats.wal_pages.store(length, Ordering::Relaxed);
        if length >= u64::from(pages) {
            passive(conn);
            finish.store(true, Ordering::Release);
        }
    }
}

/// Copies what no reader still needs, without waiting for anybody.
pub(crate) fn passive(conn: &Connection) {
    checkpoint(conn, "PASSIVE");
}

/// Runs a checkpoint of a kind and says how many pages the log has.
fn checkpoint(conn: &Connection, kind: &str) -> u64 {
    let pragma = format!("PRAGMA wal_checkpoint({kind})");
    match conn.query_row(&pragma, [], |row| row.get::<_, i64>(1)) {
        Ok(pages) => u64::try_from(pages).unwrap_or(0),
        Err(error) => {
            tracing::warn!(%error, kind, "checkpoint");
            0
        }
    }
}
