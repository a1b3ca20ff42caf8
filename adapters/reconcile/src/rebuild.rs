//! Rebuilds what is derived: stock counters, payments' counters, shoppers' lists of orders, sellers' balances.
//!
//! The ledgers are the truth; nothing of them is changed. Needs the shop for itself, and does all of it
//! in one transaction or none.

use crate::stock::{self, Level};
use crate::{Error, TABLES, expect_tables};
use rusqlite::{Connection, OpenFlags};
use std::collections::HashMap;
use std::fs::File;
use std::path::{Path, PathBuf};

/// How many rows said something else before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Rebuilt {
    /// Stock levels.
    pub stock_levels: u64,
    /// Payments.
    pub payments: u64,
    /// Rows of shoppers' lists, dropped or added.
    pub listed_orders: u64,
    /// Sellers' balances, and rows of their lists that no order has.
    pub seller_rows: u64,
}

impl std::fmt::Display for Rebuilt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "Rebuilt from the ledgers; corrected:")?;
        writeln!(f, "  {:>12} stock levels", self.stock_levels)?;
        writeln!(f, "  {:>12} payments", self.payments)?;
        writeln!(f, "  {:>12} listed orders", self.listed_orders)?;
        writeln!(f, "  {:>12} sellers' balances and rows", self.seller_rows)
    }
}

/// Rebuilds the database file `db`.
///
/// # Errors
/// The shop is running; the ledger itself can't be (see [`crate::reconcile()`]): nothing was changed.
pub fn rebuild(db: &Path) -> Result<Rebuilt, Error> {
    let _lock = lock(db)?;
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut conn = Connection::open_with_flags(db, flags)?;
    conn.execute_batch("PRAGMA synchronous=FULL; PRAGMA cache_size=-65536")?;
    expect_tables(&conn, db)?;
    let tx = conn.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    let rebuilt = Rebuilt {
        stock_levels: levels(&tx)?,
        payments: payments(&tx)?,
        listed_orders: lists(&tx)?,
        seller_rows: sellers(&tx)?,
    };
    tx.commit()?;
    Ok(rebuilt)
}

/// The lock that a running shop holds. It is released with the file.
fn lock(db: &Path) -> Result<File, Error> {
    let path = match db.parent() {
        Some(dir) => dir.join("souk.lock"),
        None => PathBuf::from("souk.lock"),
    };
    let said = || path.display().to_string();
    if !db.exists() {
        return Err(Error::NotAShop(db.display().to_string(), TABLES[0]));
    }
    let file = File::create(&path).map_err(|error| Error::File(said(), error))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(std::fs::TryLockError::WouldBlock) => Err(Error::Running(said())),
        Err(std::fs::TryLockError::Error(error)) => Err(Error::File(said(), error)),
    }
}

fn levels(conn: &Connection) -> Result<u64, Error> {
    let mut levels: HashMap<(i64, i64), Level> = HashMap::new();
    let (mut last, mut wrong) = (0, None);
    stock::replay(conn, |entry| {
        last = entry.seq;
        let level = levels.entry((entry.sku, entry.warehouse)).or_default();
        if !level.post(entry.kind, entry.quantity) {
            wrong.get_or_insert(format!("stock entry {} is of no known kind", entry.seq));
        }
    })?;
    if let Some(wrong) = wrong {
        return Err(Error::Ledger(wrong));
    }
    let mut rows = conn.prepare("SELECT sku, warehouse FROM stock_level")?;
    let shelves: Vec<(i64, i64)> =
        rows.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_, _>>()?;
    let mut update = conn.prepare(
        "UPDATE stock_level SET on_hand = ?3, held = ?4, committed = ?5, shortage = ?6
         WHERE sku = ?1 AND warehouse = ?2
           AND (on_hand, held, committed, shortage) IS NOT (?3, ?4, ?5, ?6)",
    )?;
    let mut changed = 0;
    for (sku, warehouse) in shelves {
        let level = levels.remove(&(sku, warehouse)).unwrap_or_default();
        if let Some(wrong) = level.wrong() {
            return Err(Error::Ledger(format!("the stock ledger ends with {wrong}")));
        }
        let Level { on_hand, held, committed, shortage } = level;
        changed += update.execute((sku, warehouse, on_hand, held, committed, shortage))? as u64;
    }
    if !levels.is_empty() {
        let what = format!("{} levels are in the stock ledger and have no row", levels.len());
        return Err(Error::Ledger(what));
    }
    conn.execute("UPDATE stock_level SET as_of = ?1", [last])?;
    conn.execute("UPDATE stock_counted SET seq = ?1", [last])?;
    Ok(changed)
}

fn payments(conn: &Connection) -> Result<u64, Error> {
    let changed = conn.execute(
        "WITH posted AS (
           SELECT payment, sum(iif(refund IS NULL, minor, 0)) AS captured,
                  sum(iif(refund IS NULL, 0, minor)) AS refunded
           FROM money_entry GROUP BY payment),
         asked AS (
           SELECT payment, sum(minor) AS refunding FROM refund WHERE state = 'reserved'
           GROUP BY payment),
         truth AS (
           SELECT p.key, coalesce(l.captured, 0) AS captured, coalesce(l.refunded, 0) AS refunded,
                  coalesce(r.refunding, 0) AS refunding
           FROM payment p LEFT JOIN posted l ON l.payment = p.key
           LEFT JOIN asked r ON r.payment = p.key)
         UPDATE payment SET captured = t.captured, refunded = t.refunded, refunding = t.refunding
         FROM truth t WHERE t.key = payment.key
           AND (payment.captured, payment.refunded, payment.refunding)
             IS NOT (t.captured, t.refunded, t.refunding)",
        [],
    )?;
    Ok(changed as u64)
}

/// Orders that ended have told a fact, and so are listed; listing one early does no harm.
fn lists(conn: &Connection) -> Result<u64, Error> {
    let dropped = conn.execute(
        "DELETE FROM order_list WHERE NOT EXISTS
           (SELECT 1 FROM orders o WHERE o.key = order_list.key AND o.user = order_list.user)",
        [],
    )?;
    let added = conn.execute(
        "INSERT OR IGNORE INTO order_list (user, key)
         SELECT user, key FROM orders WHERE state NOT IN ('created', 'payment_pending')",
        [],
    )?;
    Ok((dropped + added) as u64)
}

/// A balance is what the seller's lines add up to. What stands in a row of a seller's list, the shop's own
/// rules know; that its order is there, we do.
fn sellers(conn: &Connection) -> Result<u64, Error> {
    const SUMS: &str =
        "SELECT seller, currency, sum(minor) AS minor FROM seller_line GROUP BY 1, 2";
    let dropped = conn.execute(
        &format!(
            "DELETE FROM seller_balance WHERE NOT EXISTS (SELECT 1 FROM ({SUMS}) s
               WHERE s.seller = seller_balance.seller AND s.currency = seller_balance.currency)"
        ),
        [],
    )?;
    let changed = conn.execute(
        &format!(
            "INSERT INTO seller_balance (seller, currency, minor) SELECT * FROM ({SUMS}) WHERE true
             ON CONFLICT (seller, currency) DO UPDATE SET minor = excluded.minor
             WHERE minor <> excluded.minor"
        ),
        [],
    )?;
    let strangers = conn.execute(
        "DELETE FROM seller_order WHERE NOT EXISTS
           (SELECT 1 FROM orders o WHERE o.key = seller_order.order_key
              AND o.id = seller_order.order_id)",
        [],
    )?;
    Ok((dropped + changed + strangers) as u64)
}
