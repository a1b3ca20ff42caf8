//! Counters per SKU and warehouse, recounted from the ledger.

use super::Entry;
use crate::ids;
use crate::report::{Collector, Named};
use rusqlite::Connection;
use std::collections::HashMap;

/// The counters of a shelf.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Level {
    pub on_hand: i64,
    pub held: i64,
    pub committed: i64,
    pub shortage: i64,
}

impl Level {
    /// Counts an entry; `false`: a kind that nobody knows.
    pub fn post(&mut self, kind: &str, quantity: i64) -> bool {
        match kind {
            "receive" | "adjust" | "return" | "transfer" => self.on_hand += quantity,
            "hold" => self.held += quantity,
            "release" => self.held -= quantity,
            "commit" => {
                self.held -= quantity;
                self.committed += quantity;
            }
            "restock" => self.committed -= quantity,
            "ship" => {
                self.committed -= quantity;
                self.on_hand -= quantity;
            }
            "shortage" => self.shortage += quantity,
            _ => return false,
        }
        true
    }

    /// What is wrong with it, if something is.
    pub fn wrong(&self) -> Option<String> {
        let Self { on_hand, held, committed, shortage } = *self;
        if on_hand < 0 || held < 0 || committed < 0 || shortage < 0 {
            return Some(format!("a term is negative: {self}"));
        }
        (held + committed > on_hand + shortage).then(|| format!("more is promised: {self}"))
    }
}

impl std::fmt::Display for Level {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { on_hand, held, committed, shortage } = self;
        write!(f, "on hand {on_hand}, held {held}, committed {committed}, shortage {shortage}")
    }
}

struct Shelf {
    sku: Vec<u8>,
    warehouse: Vec<u8>,
    row: Level,
    as_of: i64,
    /// Counted so far.
    level: Level,
    /// The row was compared: the ledger has come past what the row has seen.
    compared: bool,
    /// Something was found about its history: once is enough.
    reported: bool,
}

impl Shelf {
    fn named(&self) -> Vec<Named> {
        let (sku, warehouse) = (ids::text(&self.sku), ids::text(&self.warehouse));
        vec![Named::new("sku", sku), Named::new("warehouse", warehouse)]
    }

    fn compare(&mut self, found: &mut Collector) {
        self.compared = true;
        if self.row != self.level {
            let what = format!(
                "as of entry {} the row says {}; the ledger says {}",
                self.as_of, self.row, self.level
            );
            found.add("ledgers-sum", self.named(), what);
        }
    }
}

/// Every shelf.
pub struct Shelves {
    by_key: HashMap<(i64, i64), Shelf>,
    /// The writer will never count an entry up to here again.
    counted: i64,
}

impl Shelves {
    pub fn load(conn: &Connection, counted: i64, found: &mut Collector) -> rusqlite::Result<Self> {
        let mut by_key = HashMap::new();
        let sql = "SELECT sku, warehouse, sku_id, warehouse_id, on_hand, held, committed, shortage,
                     as_of FROM stock_level";
        let mut statement = conn.prepare(sql)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let level = Level {
                on_hand: row.get(4)?,
                held: row.get(5)?,
                committed: row.get(6)?,
                shortage: row.get(7)?,
            };
            let shelf = Shelf {
                sku: row.get(2)?,
                warehouse: row.get(3)?,
                row: level,
                as_of: row.get(8)?,
                level: Level::default(),
                compared: false,
                reported: false,
            };
            if let Some(wrong) = level.wrong() {
                found.add("no-oversell", shelf.named(), format!("in the row, {wrong}"));
            }
            by_key.insert((row.get(0)?, row.get(1)?), shelf);
        }
        Ok(Self { by_key, counted })
    }

    pub fn len(&self) -> u64 {
        self.by_key.len() as u64
    }

    pub fn has(&self, sku: i64, warehouse: i64) -> bool {
        self.by_key.contains_key(&(sku, warehouse))
    }

    /// Counts an entry; `false`: a kind that nobody knows.
    pub fn post(&mut self, entry: &Entry<'_>, found: &mut Collector) -> bool {
        let Some(shelf) = self.by_key.get_mut(&(entry.sku, entry.warehouse)) else {
            let ids = vec![Named::new("entry", entry.seq.to_string())];
            found.add("ledgers-sum", ids, "it has no stock level");
            return true;
        };
        if entry.seq > shelf.as_of {
            if !shelf.compared {
                shelf.compare(found);
            }
            if entry.seq <= self.counted {
                let mut ids = shelf.named();
                ids.push(Named::new("entry", entry.seq.to_string()));
                let what = "is taken for counted, but the level's row has not seen it";
                found.add("ledgers-sum", ids, what);
            }
        }
        let known = shelf.level.post(entry.kind, entry.quantity);
        if !shelf.reported
            && let Some(wrong) = shelf.level.wrong()
        {
            shelf.reported = true;
            let mut ids = shelf.named();
            ids.push(Named::new("entry", entry.seq.to_string()));
            found.add("no-oversell", ids, format!("from that entry on, {wrong}"));
        }
        known
    }

    /// The ledger ends with `last`.
    pub fn finish(&mut self, last: i64, found: &mut Collector) {
        let mut shelves: Vec<&mut Shelf> = self.by_key.values_mut().collect();
        shelves.sort_by(|a, b| (&a.sku, &a.warehouse).cmp(&(&b.sku, &b.warehouse)));
        for shelf in shelves {
            if !shelf.compared {
                shelf.compare(found);
            }
            if shelf.as_of > last {
                let what =
                    format!("its row has seen entry {}, the ledger ends at {last}", shelf.as_of);
                found.add("ledgers-sum", shelf.named(), what);
            }
        }
    }
}
