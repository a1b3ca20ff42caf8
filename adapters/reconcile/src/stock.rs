//! Stock: the ledger is replayed once; shelves and holds must be what it says.

mod holds;
mod shelves;

pub use holds::{Hold, HoldState, Holds, check_parcels, check_pins, goods};
pub use shelves::{Level, Shelves};

use crate::report::{Collector, Named};
use rusqlite::Connection;

/// One line of the stock ledger.
pub struct Entry<'a> {
    pub seq: i64,
    pub sku: i64,
    pub warehouse: i64,
    pub kind: &'a str,
    pub quantity: i64,
    pub checkout: Option<i64>,
}

/// Replays the ledger against the shelves and the holds; gives the holds back for the orders.
pub fn check(conn: &Connection, found: &mut Collector) -> rusqlite::Result<Holds> {
    let counted = conn.query_row("SELECT seq FROM stock_counted", [], |row| row.get(0))?;
    let mut shelves = Shelves::load(conn, counted, found)?;
    let mut holds = Holds::load(conn, &shelves, found)?;
    let mut last = 0;
    replay(conn, |entry| {
        if entry.seq != last + 1 {
            let ids = vec![Named::new("entry", (last + 1).to_string())];
            let upto = entry.seq - 1;
            found.add(
                "ledgers-sum",
                ids,
                format!("the stock ledger lacks it, and all up to {upto}"),
            );
        }
        last = entry.seq;
        let id = || vec![Named::new("entry", entry.seq.to_string())];
        if entry.quantity <= 0 && !matches!(entry.kind, "adjust" | "transfer" | "shortage") {
            found.add("ledgers-sum", id(), format!("is a {} of nothing or less", entry.kind));
        }
        if !shelves.post(entry, found) {
            found.add("ledgers-sum", id(), format!("the kind `{}` is not known", entry.kind));
        }
        holds.post(entry, found);
    })?;
    shelves.finish(last, found);
    holds.finish(conn, found)?;
    check_parcels(conn, found)?;
    found.checked("stock entries", last.unsigned_abs());
    found.checked("stock levels", shelves.len());
    found.checked("holds", holds.len());
    Ok(holds)
}

/// Hands over every line of the ledger, oldest first.
pub fn replay(conn: &Connection, mut hand: impl FnMut(&Entry<'_>)) -> rusqlite::Result<()> {
    let sql = "SELECT seq, sku, warehouse, kind, quantity, checkout FROM stock_entry ORDER BY seq";
    let mut statement = conn.prepare(sql)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        hand(&Entry {
            seq: row.get(0)?,
            sku: row.get(1)?,
            warehouse: row.get(2)?,
            kind: row.get_ref(3)?.as_str().unwrap_or_default(),
            quantity: row.get(4)?,
            checkout: row.get(5)?,
        });
    }
    Ok(())
}
