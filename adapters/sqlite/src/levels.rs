//! Stock levels: on the writer thread, in memory, in front of their rows.
//!
//! A purchase appends to the ledger and counts here; the rows are written twice a second, so a product
//! that a thousand people buy in a second is one row update, not a thousand. After a crash, the ledger's
//! tail (whatever is younger than `stock_counted`) is counted again.

use crate::statements::Db;
use crate::store::sql_error;
use parking_lot::RwLock;
use rusqlite::Connection;
use souk_inventory::{EntryKind, Level, WarehouseLevel, rules};
use souk_kernel::{CheckoutId, PortError, Sku, Timestamp, WarehouseId};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// Most shelves in memory; beyond it, those whose rows are up to date are dropped.
const SHELVES_MAX: usize = 1_000_000;
/// Most rows that a flush adds to a transaction in which purchases wait, and to one in which none do.
const FLUSH_BUSY: usize = 256;
const FLUSH_IDLE: usize = 4_096;

/// A SKU's counters, over its warehouses.
#[derive(Debug, Clone)]
pub(crate) struct Shelf {
    pub(crate) sku: Sku,
    pub(crate) levels: Vec<WarehouseLevel>,
}

/// What readers see: levels as of the last commit, for every SKU that moved since the start.
#[derive(Default)]
pub(crate) struct Board(RwLock<HashMap<i64, Shelf>>);

impl Board {
    pub(crate) fn get(&self, sku: Sku) -> Option<Vec<WarehouseLevel>> {
        let board = self.0.read();
        // The key is time and counter only: a stranger's id may share it.
        board.get(&sku.key()).filter(|shelf| shelf.sku == sku).map(|shelf| shelf.levels.clone())
    }
}

pub(crate) struct Levels {
    shelves: HashMap<i64, Shelf>,
    /// Counted here, not in rows yet.
    dirty: HashSet<i64>,
    /// What the flush under way has yet to write, and the ledger's end when it began.
    flushing: Vec<i64>,
    mark: i64,
    /// Counted since the last commit.
    touched: Vec<i64>,
    next_seq: i64,
    counted: i64,
    board: Arc<Board>,
}

/// One ledger line to be.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Posting {
    pub(crate) sku: Sku,
    pub(crate) warehouse: WarehouseId,
    pub(crate) kind: EntryKind,
    pub(crate) quantity: i64,
    pub(crate) checkout: Option<CheckoutId>,
}

impl Levels {
    pub(crate) fn load(conn: &Connection, board: Arc<Board>) -> Result<Self, PortError> {
        let mut levels = Self {
            shelves: HashMap::new(),
            dirty: HashSet::new(),
            flushing: Vec::new(),
            mark: 0,
            touched: Vec::new(),
            next_seq: 1,
            counted: 0,
            board,
        };
        levels.reload(conn)?;
        levels.publish();
        Ok(levels)
    }

    /// Starts again from the rows and the ledger's tail.
    pub(crate) fn reload(&mut self, conn: &Connection) -> Result<(), PortError> {
        self.shelves.clear();
        self.dirty.clear();
        self.flushing.clear();
        self.touched.clear();
        let number = |sql: &str| conn.query_row(sql, [], |row| row.get::<_, i64>(0));
        let sql = |e: rusqlite::Error| sql_error(&e);
        self.counted = number("SELECT seq FROM stock_counted").map_err(sql)?;
        self.next_seq = number("SELECT coalesce(max(seq), 0) + 1 FROM stock_entry").map_err(sql)?;
        let tail = tail(conn, self.counted).map_err(sql)?;
        for entry in tail {
            if entry.seq > row_as_of(conn, entry.sku, entry.warehouse).map_err(sql)? {
                self.recount(conn, &entry)?;
            }
        }
        Ok(())
    }

    fn recount(&mut self, conn: &Connection, entry: &Tail) -> Result<(), PortError> {
        let lost = || PortError::Corrupt(format!("ledger entry {} has no level", entry.seq));
        let shelf = self.shelf_by_key(conn, entry.sku)?.ok_or_else(lost)?;
        let level = shelf.levels.iter_mut().find(|l| l.warehouse.key() == entry.warehouse);
        let level = level.ok_or_else(lost)?;
        level.level = rules::post(level.level, entry.kind, entry.quantity).ok_or_else(|| {
            PortError::Corrupt(format!("ledger entry {} makes a level negative", entry.seq))
        })?;
        self.dirty.insert(entry.sku);
        self.touched.push(entry.sku);
        Ok(())
    }

    /// A SKU's shelf; `None`: never stocked.
    pub(crate) fn shelf(
        &mut self,
        conn: &Connection,
        sku: Sku,
    ) -> Result<Option<&mut Shelf>, PortError> {
        let found = self.shelf_by_key(conn, sku.key())?;
        // The key is time and counter only: a stranger's id may share it.
        Ok(found.filter(|shelf| shelf.sku == sku))
    }

    pub(crate) fn shelf_by_key(
        &mut self,
        conn: &Connection,
        key: i64,
    ) -> Result<Option<&mut Shelf>, PortError> {
        if !self.shelves.contains_key(&key) {
            let read = read_shelf(conn, key).map_err(|e| sql_error(&e))?;
            let Some(shelf) = read else { return Ok(None) };
            self.make_room();
            self.shelves.insert(key, shelf);
        }
        Ok(self.shelves.get_mut(&key))
    }

    /// Adds an empty level where there is none; says whether it did.
    pub(crate) fn open(
        &mut self,
        conn: &Connection,
        sku: Sku,
        warehouse: WarehouseId,
    ) -> Result<bool, PortError> {
        if self.shelf(conn, sku)?.is_some_and(|s| s.levels.iter().any(|l| l.warehouse == warehouse))
        {
            return Ok(false);
        }
        let insert = "INSERT INTO stock_level VALUES (?1, ?2, ?3, ?4, 0, 0, 0, 0, ?5)";
        let as_of = self.next_seq - 1;
        let row = (sku.key(), warehouse.key(), sku.bytes(), warehouse.bytes(), as_of);
        let run = |e: rusqlite::Error| sql_error(&e);
        conn.prepare_cached(insert).and_then(|mut s| s.execute(row)).map_err(run)?;
        let shelf = self.shelves.entry(sku.key()).or_insert(Shelf { sku, levels: Vec::new() });
        if !shelf.levels.iter().any(|l| l.warehouse == warehouse) {
            shelf.levels.push(WarehouseLevel { warehouse, level: Level::default() });
            shelf.levels.sort_by_key(|l| l.warehouse);
        }
        Ok(true)
    }

    /// Appends to the ledger and counts. Answers `None`, and does nothing, where a term would become
    /// negative or there is no such level.
    pub(crate) fn post(
        &mut self,
        db: Db<'_>,
        posting: &Posting,
        at: Timestamp,
    ) -> Result<Option<Level>, PortError> {
        let Some(shelf) = self.shelf(db.conn, posting.sku)? else { return Ok(None) };
        let found = shelf.levels.iter_mut().find(|l| l.warehouse == posting.warehouse);
        let Some(level) = found else { return Ok(None) };
        let Some(next) = rules::post(level.level, posting.kind, posting.quantity) else {
            return Ok(None);
        };
        level.level = next;
        let insert = "INSERT INTO stock_entry (seq, sku, warehouse, kind, quantity, checkout, at)
                      VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
        let row = (
            self.next_seq,
            posting.sku.key(),
            posting.warehouse.key(),
            posting.kind.name(),
            posting.quantity,
            posting.checkout.map(souk_kernel::Id::key),
            at.0,
        );
        db.execute(insert, row)?;
        self.next_seq += 1;
        self.dirty.insert(posting.sku.key());
        self.touched.push(posting.sku.key());
        Ok(Some(next))
    }

    pub(crate) fn is_dirty(&self) -> bool {
        !self.dirty.is_empty() || !self.flushing.is_empty()
    }

    pub(crate) fn is_flushing(&self) -> bool {
        !self.flushing.is_empty()
    }

    /// Writes counters into their rows, a slice a transaction: a flush that `begin`s takes what is
    /// dirty now, and is through when all of that is written.
    pub(crate) fn flush(&mut self, db: Db<'_>, begin: bool, busy: bool) -> Result<(), PortError> {
        if begin && self.flushing.is_empty() {
            self.flushing = self.dirty.drain().collect();
            self.mark = self.next_seq - 1;
        }
        if self.flushing.is_empty() {
            return Ok(());
        }
        let as_of = self.next_seq - 1;
        let keep = self.flushing.len().saturating_sub(if busy { FLUSH_BUSY } else { FLUSH_IDLE });
        let update =
            "UPDATE stock_level SET on_hand = ?3, held = ?4, committed = ?5, shortage = ?6,
                      as_of = ?7 WHERE sku = ?1 AND warehouse = ?2";
        for key in self.flushing.drain(keep..) {
            let Some(shelf) = self.shelves.get(&key) else { continue };
            for at in &shelf.levels {
                let Level { on_hand, held, committed, shortage } = at.level;
                let row = (key, at.warehouse.key(), on_hand, held, committed, shortage, as_of);
                db.execute(update, row)?;
            }
        }
        if self.flushing.is_empty() {
            self.counted = self.mark;
            db.execute("UPDATE stock_counted SET seq = ?1", [self.mark])?;
        }
        Ok(())
    }

    /// Shows readers what was counted since the last commit.
    pub(crate) fn publish(&mut self) {
        if self.touched.is_empty() {
            return;
        }
        let mut board = self.board.0.write();
        for key in self.touched.drain(..) {
            if let Some(shelf) = self.shelves.get(&key) {
                match board.get_mut(&key) {
                    Some(shown) => shown.levels.clone_from(&shelf.levels),
                    None => {
                        board.insert(key, shelf.clone());
                    }
                }
            }
        }
    }

    fn make_room(&mut self) {
        if self.shelves.len() >= SHELVES_MAX {
            let (dirty, flushing) = (&self.dirty, &self.flushing);
            self.shelves.retain(|key, _| dirty.contains(key) || flushing.contains(key));
        }
    }
}

struct Tail {
    seq: i64,
    sku: i64,
    warehouse: i64,
    kind: EntryKind,
    quantity: i64,
}

fn tail(conn: &Connection, counted: i64) -> rusqlite::Result<Vec<Tail>> {
    let sql =
        "SELECT seq, sku, warehouse, kind, quantity FROM stock_entry WHERE seq > ?1 ORDER BY seq";
    let mut statement = conn.prepare(sql)?;
    let rows = statement.query_map([counted], |row| {
        let kind: String = row.get(3)?;
        Ok(Tail {
            seq: row.get(0)?,
            sku: row.get(1)?,
            warehouse: row.get(2)?,
            kind: EntryKind::from_name(&kind).ok_or(rusqlite::Error::InvalidQuery)?,
            quantity: row.get(4)?,
        })
    })?;
    rows.collect()
}

fn row_as_of(conn: &Connection, sku: i64, warehouse: i64) -> rusqlite::Result<i64> {
    conn.prepare_cached("SELECT as_of FROM stock_level WHERE sku = ?1 AND warehouse = ?2")?
        .query_row((sku, warehouse), |row| row.get(0))
}

/// A shelf as its rows say.
pub(crate) fn read_shelf(conn: &Connection, key: i64) -> rusqlite::Result<Option<Shelf>> {
    let sql = "SELECT sku_id, warehouse_id, on_hand, held, committed, shortage
               FROM stock_level WHERE sku = ?1 ORDER BY warehouse";
    let mut statement = conn.prepare_cached(sql)?;
    let mut rows = statement.query([key])?;
    let mut shelf: Option<Shelf> = None;
    while let Some(row) = rows.next()? {
        let sku = Sku::from_bytes(row.get(0)?);
        let level = Level {
            on_hand: row.get(2)?,
            held: row.get(3)?,
            committed: row.get(4)?,
            shortage: row.get(5)?,
        };
        let warehouse = WarehouseId::from_bytes(row.get(1)?);
        let shelf = shelf.get_or_insert(Shelf { sku, levels: Vec::new() });
        shelf.levels.push(WarehouseLevel { warehouse, level });
    }
    Ok(shelf)
}
