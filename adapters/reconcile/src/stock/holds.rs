//! Holds: what each has done to the ledger must be what its state says, each step once.
//!
//! Contents are compared as sums (see [`crate::ids::mix`]), so that two million holds fit into memory.

use super::{Entry, Shelves};
use crate::ids;
use crate::report::{Collector, Named};
use rusqlite::Connection;

/// How a hold stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HoldState {
    Held,
    Paying,
    Committed,
    Released,
    Expired,
    Restocked,
    Shipped,
    /// A name that nobody knows.
    Unknown,
}

impl HoldState {
    fn from_name(name: &str) -> Self {
        match name {
            "held" => Self::Held,
            "paying" => Self::Paying,
            "committed" => Self::Committed,
            "released" => Self::Released,
            "expired" => Self::Expired,
            "restocked" => Self::Restocked,
            "shipped" => Self::Shipped,
            _ => Self::Unknown,
        }
    }

    pub const fn name(self) -> &'static str {
        match self {
            Self::Held => "held",
            Self::Paying => "paying",
            Self::Committed => "committed",
            Self::Released => "released",
            Self::Expired => "expired",
            Self::Restocked => "restocked",
            Self::Shipped => "shipped",
            Self::Unknown => "in no known state",
        }
    }

    /// Its order has it, or had it to the end.
    pub const fn belongs_to_an_order(self) -> bool {
        matches!(self, Self::Paying | Self::Committed | Self::Restocked | Self::Shipped)
    }
}

/// Weights of the kinds of entries: sums over all of a hold's entries tell which there were.
const HOLD: u64 = ids::mix(1);
const RELEASE: u64 = ids::mix(2);
const COMMIT: u64 = ids::mix(3);
const RESTOCK: u64 = ids::mix(4);

/// A hold in memory.
#[derive(Debug, Clone, Copy)]
pub struct Hold {
    pub checkout: i64,
    /// The key of the order that has it; 0: none.
    pub order: i64,
    /// Of SKUs and quantities.
    pub goods: u64,
    /// Of SKUs, warehouses and quantities.
    lines: u64,
    /// Of its entries in the ledger, but for parcels.
    posted: u64,
    /// Whether a parcel left with some of it.
    left: bool,
    pub state: HoldState,
    /// An order of this checkout has the key in `order`.
    pub owned: bool,
    /// Orders of this checkout that are neither failed nor cancelled.
    pub live: u8,
    /// Orders of this checkout with money held or taken.
    pub charged: u8,
}

/// Every hold, in order of its checkout's key.
pub struct Holds(Vec<Hold>);

/// What a line of goods adds to a sum.
pub const fn goods(sku: i64, quantity: i64) -> u64 {
    ids::mix(sku.cast_unsigned()).wrapping_mul(quantity.cast_unsigned())
}

const fn line(sku: i64, warehouse: i64, quantity: i64) -> u64 {
    let place = ids::mix(sku.cast_unsigned()) ^ warehouse.cast_unsigned();
    ids::mix(place).wrapping_mul(quantity.cast_unsigned())
}

impl Holds {
    pub fn load(
        conn: &Connection,
        shelves: &Shelves,
        found: &mut Collector,
    ) -> rusqlite::Result<Self> {
        let mut holds = Vec::new();
        let sql =
            "SELECT checkout, checkout_id, state, order_id, lines FROM hold ORDER BY checkout";
        let mut statement = conn.prepare(sql)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let id = row.get_ref(1)?.as_blob().unwrap_or_default();
            let order = row.get_ref(3)?.as_blob_or_null().unwrap_or_default();
            let mut hold = Hold {
                checkout: row.get(0)?,
                order: order.and_then(|o| o.try_into().ok()).map_or(0, |o| ids::key(&o)),
                goods: 0,
                lines: 0,
                posted: 0,
                left: false,
                state: HoldState::from_name(row.get_ref(2)?.as_str().unwrap_or_default()),
                owned: false,
                live: 0,
                charged: 0,
            };
            let mut add = |invariant, what: &str| {
                found.add(invariant, vec![Named::new("checkout", ids::text(id))], what);
            };
            if <[u8; 16]>::try_from(id).ok().map(|id| ids::key(&id)) != Some(hold.checkout) {
                add("no-lost-order", "its hold is filed under another key");
            }
            match (hold.state, hold.order) {
                (HoldState::Unknown, _) => add("released-once", "its hold's state is not known"),
                (HoldState::Held, 1..) => {
                    add("released-once", "its hold is free, yet has an order")
                }
                (state, 0) if state.belongs_to_an_order() => {
                    add("released-once", "its hold belongs to an order, but names none");
                }
                _ => {}
            }
            if !hold.read_lines(row.get_ref(4)?.as_str().unwrap_or_default(), shelves) {
                add("released-once", "its hold's lines are not stock of this shop");
            }
            holds.push(hold);
        }
        Ok(Self(holds))
    }

    pub fn len(&self) -> u64 {
        self.0.len() as u64
    }

    /// The hold of a checkout, by the checkout's key.
    pub fn get_mut(&mut self, checkout: i64) -> Option<&mut Hold> {
        let at = self.0.binary_search_by_key(&checkout, |hold| hold.checkout).ok()?;
        self.0.get_mut(at)
    }

    /// Adds an entry to its hold.
    pub fn post(&mut self, entry: &Entry<'_>, found: &mut Collector) {
        let weight = match entry.kind {
            "hold" => HOLD,
            "release" => RELEASE,
            "commit" => COMMIT,
            "restock" => RESTOCK,
            // How much of it may leave and come back is counted by `check_parcels`.
            "ship" | "return" => 0,
            _ => return,
        };
        let hold = entry.checkout.and_then(|checkout| self.get_mut(checkout));
        let Some(hold) = hold else {
            let ids = vec![Named::new("entry", entry.seq.to_string())];
            found.add("released-once", ids, format!("is a {} of no hold", entry.kind));
            return;
        };
        hold.left |= entry.kind == "ship";
        let sum = line(entry.sku, entry.warehouse, entry.quantity);
        hold.posted = hold.posted.wrapping_add(weight.wrapping_mul(sum));
    }

    /// Compares every hold with what was posted for it.
    pub fn finish(&self, conn: &Connection, found: &mut Collector) -> rusqlite::Result<()> {
        for hold in self.0.iter().filter(|hold| !hold.is_as_posted()) {
            let (id, state, said) = describe(conn, hold.checkout)?;
            let what = format!("its hold is {state}, but the ledger says: {said}");
            found.add("released-once", vec![Named::new("checkout", id)], what);
        }
        Ok(())
    }
}

impl Hold {
    fn read_lines(&mut self, text: &str, shelves: &Shelves) -> bool {
        let Ok(lines) = serde_json::from_str::<Vec<(i64, i64, i64)>>(text) else { return false };
        for (sku, warehouse, quantity) in &lines {
            self.goods = self.goods.wrapping_add(goods(*sku, *quantity));
            self.lines = self.lines.wrapping_add(line(*sku, *warehouse, *quantity));
        }
        let real = |(sku, warehouse, quantity): &(i64, i64, i64)| {
            *quantity > 0 && shelves.has(*sku, *warehouse)
        };
        !lines.is_empty() && lines.iter().all(real)
    }

    /// Each step that its state tells of was posted once for each line, and nothing else.
    fn is_as_posted(&self) -> bool {
        let steps: &[u64] = match self.state {
            HoldState::Held | HoldState::Paying => &[HOLD],
            HoldState::Committed | HoldState::Shipped => &[HOLD, COMMIT],
            HoldState::Released | HoldState::Expired => &[HOLD, RELEASE],
            HoldState::Restocked => &[HOLD, COMMIT, RESTOCK],
            // Said already.
            HoldState::Unknown => return true,
        };
        let weight = steps.iter().fold(0_u64, |sum, step| sum.wrapping_add(*step));
        let left = self.state == HoldState::Shipped;
        self.posted == weight.wrapping_mul(self.lines) && self.left == left
    }
}

/// No more left in parcels than was sold, and no more came back than left, piece by piece.
pub fn check_parcels(conn: &Connection, found: &mut Collector) -> rusqlite::Result<()> {
    let sql = "SELECT e.checkout,
                 sum(iif(e.kind = 'commit', e.quantity, 0)) AS sold,
                 sum(iif(e.kind = 'ship', e.quantity, 0)) AS shipped,
                 sum(iif(e.kind = 'return', e.quantity, 0)) AS back
               FROM stock_entry e
               WHERE e.checkout IN (SELECT checkout FROM hold WHERE state = 'shipped')
               GROUP BY e.checkout, e.sku, e.warehouse
               HAVING shipped > sold OR back > shipped";
    let mut statement = conn.prepare(sql)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let (sold, shipped, back): (i64, i64, i64) = (row.get(1)?, row.get(2)?, row.get(3)?);
        let (id, _, _) = describe(conn, row.get(0)?)?;
        let what = format!("of {sold} sold, {shipped} left and {back} came back");
        found.add("released-once", vec![Named::new("checkout", id)], what);
    }
    Ok(())
}

/// A checkout's id, its hold's state, and the ledger's entries of it, for a finding.
fn describe(conn: &Connection, checkout: i64) -> rusqlite::Result<(String, String, String)> {
    let (id, state): (Vec<u8>, String) = conn.query_row(
        "SELECT checkout_id, state FROM hold WHERE checkout = ?1",
        [checkout],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    let said: Option<String> = conn.query_row(
        "SELECT group_concat(kind || ' ' || quantity || ' (entry ' || seq || ')', ', ')
         FROM (SELECT * FROM stock_entry WHERE checkout = ?1 ORDER BY seq)",
        [checkout],
        |row| row.get(0),
    )?;
    Ok((ids::text(&id), state, said.unwrap_or_else(|| "nothing".into())))
}

/// Every pinned, committed or restocked hold belongs to an order of its checkout. Run it when the
/// orders have been seen.
pub fn check_pins(conn: &Connection, holds: &Holds, found: &mut Collector) -> rusqlite::Result<()> {
    for hold in holds.0.iter().filter(|h| h.state.belongs_to_an_order() && !h.owned && h.order != 0)
    {
        let sql = "SELECT checkout_id, state, order_id FROM hold WHERE checkout = ?1";
        let (checkout, state, order): (Vec<u8>, String, Vec<u8>) =
            conn.query_row(sql, [hold.checkout], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?)))?;
        let ids = vec![
            Named::new("checkout", ids::text(&checkout)),
            Named::new("order", ids::text(&order)),
        ];
        found.add(
            "no-lost-order",
            ids,
            format!("its hold is {state} by an order that is not there"),
        );
    }
    Ok(())
}
