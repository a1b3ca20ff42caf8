//! Recomputes what the shop promises from its ledgers, its history and the gateway's own record, and
//! names whatever does not match.
//!
//! Nothing here is shared with the code that writes: not a rule, not a counter, not a type. It reads
//! the database file and the record file as they lie on the disk, and knows the schema only.
//!
//! # While the shop runs
//! The database is read in one read transaction, so everything in it is of one moment. The gateway's
//! record is another file, and is read later than that moment. What may differ between them is exact,
//! without any allowance of time:
//! - the record's length is taken *before* the moment; a fact within that length was asked for after
//!   its intention had been committed, so the intention is in the snapshot;
//! - the record is read *after* the moment; whatever the snapshot says that the gateway answered, was
//!   durable there before, so it is in the record;
//! - a fact beyond that length may be newer than the snapshot: it proves nothing missing here.
//!
//! # Cost
//! One pass over each table. Memory: about 50 bytes a checkout and 200 a stocked SKU; with a gateway's
//! record about 250 bytes an authorization. The read transaction keeps the write-ahead log from being
//! started anew until it ends.

mod claims;
mod cli;
mod data;
mod gateway;
mod ids;
mod invoices;
mod money;
mod orders;
mod parcels;
mod rebuild;
mod report;
mod sellers;
mod sql;
mod stock;

pub use cli::{ReconcileArgs, run_rebuild, run_reconcile};
pub use rebuild::{Rebuilt, rebuild};
pub use report::{Checked, Finding, INVARIANTS, Named, Note, Report};

use report::Collector;
use rusqlite::{Connection, OpenFlags};
use std::path::Path;
use thiserror::Error;

/// Why there is no report, or nothing was rebuilt.
#[derive(Debug, Error)]
pub enum Error {
    /// The file is not a shop's database, or is older than this program.
    #[error("{0} is not a shop's database: it has no table `{1}`")]
    NotAShop(String, &'static str),
    /// The database can't be read or written.
    #[error("the database: {0}")]
    Sql(#[from] rusqlite::Error),
    /// A file can't be read.
    #[error("{0}: {1}")]
    File(String, std::io::Error),
    /// Rebuilding needs the shop for itself.
    #[error("the shop is running (it holds {0}): stop it first")]
    Running(String),
    /// The ledgers don't say what to rebuild.
    #[error("nothing was rebuilt: {0}")]
    Ledger(String),
}

/// How to reconcile.
#[derive(Debug, Clone)]
pub struct Options {
    /// Findings that are listed for each invariant; all are counted.
    pub list_max: usize,
    /// Name of a registered SQLite VFS, for tests of power loss; `None` is the system's.
    pub vfs: Option<String>,
}

impl Default for Options {
    fn default() -> Self {
        Self { list_max: 20, vfs: None }
    }
}

/// Checks every invariant. `sandbox_record`: the sandbox gateway's record, when there is one; a file
/// that does not exist is an empty record.
///
/// # Errors
/// A file can't be read, or is not a shop's. What is wrong *in* it is in the report.
pub fn reconcile(
    db: &Path,
    sandbox_record: Option<&Path>,
    options: &Options,
) -> Result<Report, Error> {
    // Before the snapshot: see the top of this file.
    let known = match sandbox_record {
        Some(path) => gateway::length(path)?,
        None => 0,
    };
    let conn = open(db, options)?;
    let mut found = Collector::new(options.list_max);
    let mut holds = stock::check(&conn, &mut found)?;
    let facts = sql::pending_facts(&conn)?;
    let seen = orders::check(&conn, &mut holds, &facts, &mut found)?;
    stock::check_pins(&conn, &holds, &mut found)?;
    conn.execute_batch(sql::UNTOLD)?;
    parcels::check(&conn, &mut holds, &mut found)?;
    drop((holds, facts));
    money::check(&conn, seen, &mut found)?;
    sellers::check(&conn, &mut found)?;
    claims::check(&conn, &mut found)?;
    data::check(&conn, seen, &mut found)?;
    invoices::check(&conn, &mut found)?;
    if let Some(path) = sandbox_record {
        gateway::check(&conn, path, known, &mut found)?;
    }
    conn.execute_batch("ROLLBACK")?;
    Ok(found.report())
}

/// Opens the file for reading, at one moment.
fn open(db: &Path, options: &Options) -> Result<Connection, Error> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let conn = match &options.vfs {
        Some(vfs) => Connection::open_with_flags_and_vfs(db, flags, vfs.as_str())?,
        None => Connection::open_with_flags(db, flags)?,
    };
    conn.busy_timeout(std::time::Duration::from_secs(5))?;
    conn.execute_batch("PRAGMA cache_size=-65536; PRAGMA mmap_size=2147418112; BEGIN")?;
    // The first read is what fixes the moment.
    expect_tables(&conn, db)?;
    Ok(conn)
}

const TABLES: [&str; 22] = [
    "stock_level",
    "stock_entry",
    "stock_counted",
    "hold",
    "checkout",
    "checkout_of",
    "orders",
    "order_content",
    "order_list",
    "claim",
    "payment",
    "refund",
    "money_entry",
    "webhook_inbox",
    "seller_account",
    "seller_rate",
    "seller_line",
    "seller_balance",
    "seller_order",
    "invoice",
    "fulfillment",
    "migration",
];

fn expect_tables(conn: &Connection, db: &Path) -> Result<(), Error> {
    let sql = "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = ?1";
    for table in TABLES {
        if conn.query_row(sql, [table], |row| row.get::<_, i64>(0))? == 0 {
            return Err(Error::NotAShop(db.display().to_string(), table));
        }
    }
    Ok(())
}
