//! What lies in the database: counted from outside, over a read-only connection.

use rusqlite::{Connection, OpenFlags};
use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};

/// The tables that a purchase writes.
const TABLES: [&str; 12] = [
    "orders",
    "order_content",
    "hold",
    "stock_entry",
    "claim",
    "payment",
    "money_entry",
    "checkout",
    "checkout_of",
    "order_list",
    "mail",
    "cart",
];

/// Rows by table.
pub type Rows = BTreeMap<&'static str, u64>;

/// A view of the store.
pub struct Store(Connection);

impl Store {
    /// Opens it beside the shop.
    ///
    /// # Errors
    /// When it can't be opened.
    pub fn open(data: &Path) -> Result<Self, String> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let conn = Connection::open_with_flags(data.join("souk.db"), flags);
        let conn = conn.map_err(|e| e.to_string())?;
        conn.busy_timeout(Duration::from_secs(5)).map_err(|e| e.to_string())?;
        Ok(Self(conn))
    }

    fn number(&self, sql: &str) -> Result<u64, String> {
        let number: i64 =
            self.0.query_row(sql, [], |row| row.get(0)).map_err(|e| format!("{sql}: {e}"))?;
        Ok(u64::try_from(number).unwrap_or(0))
    }

    /// Rows of each table.
    ///
    /// # Errors
    /// The engine's.
    pub fn rows(&self) -> Result<Rows, String> {
        let count = |table: &&'static str| {
            self.number(&format!("SELECT count(*) FROM {table}")).map(|n| (*table, n))
        };
        TABLES.iter().map(count).collect()
    }

    /// Facts that some consumer has yet to take.
    ///
    /// # Errors
    /// The engine's.
    pub fn backlog(&self) -> Result<u64, String> {
        self.number("SELECT count(*) FROM outbox")
    }

    /// Waits until every fact was taken; says how long that took, and what is left.
    ///
    /// # Errors
    /// The engine's.
    pub fn drained(&self, patience: Duration) -> Result<(Duration, u64), String> {
        let began = Instant::now();
        loop {
            let left = self.backlog()?;
            if left == 0 || began.elapsed() > patience {
                return Ok((began.elapsed(), left));
            }
            std::thread::sleep(Duration::from_millis(100));
        }
    }
}

/// Bytes of the database and its log.
pub fn bytes(data: &Path) -> u64 {
    let length = |name: &str| std::fs::metadata(data.join(name)).map_or(0, |m| m.len());
    length("souk.db")
}
