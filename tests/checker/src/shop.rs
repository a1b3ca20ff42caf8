//! The shop's data, as its rows say.

use crate::finding::{Code, Report};
use crate::ids::Uuid;
use rusqlite::{Connection, OpenFlags, Row};
use std::collections::{HashMap, HashSet};
use std::path::Path;

/// A step of an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Step {
    pub to: String,
    pub by: String,
}

/// An order.
#[derive(Debug, Clone)]
pub(crate) struct OrderRow {
    pub id: Uuid,
    pub user: Uuid,
    pub checkout: i64,
    pub payment: Uuid,
    pub state: String,
    pub total: i64,
    pub currency: String,
    pub steps: Vec<Step>,
    /// Units by SKU key, from its frozen quote; none: the quote is missing or unreadable.
    pub units: Option<Vec<(i64, i64)>>,
}

impl OrderRow {
    pub(crate) fn was_confirmed(&self) -> bool {
        self.steps.iter().any(|step| step.to == "confirmed")
    }

    /// Sold: it must have its stock and its money.
    pub(crate) fn is_sold(&self) -> bool {
        matches!(self.state.as_str(), "confirmed" | "shipped" | "delivered")
    }

    pub(crate) fn is_open(&self) -> bool {
        matches!(self.state.as_str(), "created" | "payment_pending")
    }
}

/// A payment.
#[derive(Debug, Clone)]
pub(crate) struct PaymentRow {
    pub order: Uuid,
    pub minor: i64,
    pub currency: String,
    pub state: String,
    pub captured: i64,
    pub refunded: i64,
    pub refunding: i64,
}

/// A hold.
#[derive(Debug, Clone)]
pub(crate) struct HoldRow {
    pub state: String,
    pub order: Option<Uuid>,
    /// SKU key, warehouse key, units.
    pub lines: Vec<(i64, i64, i64)>,
}

impl HoldRow {
    pub(crate) fn units(&self) -> i64 {
        self.lines.iter().map(|line| line.2).sum()
    }
}

/// A stock level's terms.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Terms {
    pub on_hand: i64,
    pub held: i64,
    pub committed: i64,
    pub shortage: i64,
}

/// A stock level's row.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LevelRow {
    pub terms: Terms,
    /// The last ledger entry that the row has seen.
    pub as_of: i64,
}

/// A line of the stock ledger.
#[derive(Debug, Clone)]
pub(crate) struct EntryRow {
    pub seq: i64,
    pub sku: i64,
    pub warehouse: i64,
    pub kind: String,
    pub quantity: i64,
    pub checkout: Option<i64>,
}

/// Everything that is judged.
#[derive(Debug, Default)]
pub(crate) struct Shop {
    pub orders: HashMap<Uuid, OrderRow>,
    pub payments: HashMap<Uuid, PaymentRow>,
    pub holds: HashMap<i64, HoldRow>,
    pub levels: HashMap<(i64, i64), LevelRow>,
    pub entries: Vec<EntryRow>,
    pub claims: HashMap<[u8; 16], Uuid>,
    /// Ids of checkouts: what a claim may also stand for.
    pub checkouts: HashMap<Uuid, ()>,
    /// Payment key, captured and refunded as the money ledger has them, where it has any.
    pub money: HashMap<i64, (i64, i64)>,
    /// Orders with a fact that not everybody has been told yet: what follows from it is still to come.
    pub untold: HashSet<Uuid>,
}

impl Shop {
    /// Reads the file in one transaction.
    pub(crate) fn read(path: &Path, report: &mut Report) -> Result<Self, String> {
        let read = || -> rusqlite::Result<Self> {
            // Not read-only: a log that a killed shop left behind has to be recovered first.
            let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
            let conn = Connection::open_with_flags(path, flags)?;
            conn.execute_batch("PRAGMA query_only=ON; BEGIN")?;
            let shop = Self::of(&conn)?;
            conn.execute_batch("COMMIT")?;
            Ok(shop)
        };
        let shop = read().map_err(|e| format!("{}: {e}", path.display()))?;
        report.looked_at("orders", shop.orders.len());
        report.looked_at("stock entries", shop.entries.len());
        for order in shop.orders.values().filter(|order| order.units.is_none()) {
            report.add(Code::HoldMissing, order.id, "its frozen content is missing or unreadable");
        }
        Ok(shop)
    }

    fn of(conn: &Connection) -> rusqlite::Result<Self> {
        let orders = "SELECT o.id, o.user, o.checkout, o.payment_id, o.state, o.total, o.currency,
            o.moves, c.quote FROM orders o LEFT JOIN order_content c ON c.key = o.key";
        let payments = "SELECT id, order_id, minor, currency, state, captured, refunded, refunding
            FROM payment";
        let levels =
            "SELECT sku, warehouse, on_hand, held, committed, shortage, as_of FROM stock_level";
        let money = "SELECT payment, sum(iif(refund IS NULL, minor, 0)),
            sum(iif(refund IS NULL, 0, minor)) FROM money_entry GROUP BY payment";
        let entries = "SELECT seq, sku, warehouse, kind, quantity, checkout FROM stock_entry
            ORDER BY seq";
        Ok(Self {
            orders: each(conn, orders, |row| order(row).map(|order| (order.id, order)))?,
            payments: each(conn, payments, payment)?,
            holds: each(conn, "SELECT checkout, state, order_id, lines FROM hold", hold)?,
            levels: each(conn, levels, level)?,
            entries: each(conn, entries, entry)?,
            claims: each(conn, "SELECT digest, subject FROM claim ORDER BY seq", |row| {
                Ok((row.get(0)?, uuid(row, 1)?))
            })?,
            checkouts: each(conn, "SELECT id FROM checkout", |row| Ok((uuid(row, 0)?, ())))?,
            money: each(conn, money, |row| Ok((row.get(0)?, (row.get(1)?, row.get(2)?))))?,
            untold: each(conn, "SELECT DISTINCT aggregate FROM outbox", |row| uuid(row, 0))?,
        })
    }
}

fn each<T, C: FromIterator<T>>(
    conn: &Connection,
    sql: &str,
    map: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
) -> rusqlite::Result<C> {
    conn.prepare(sql)?.query_map([], map)?.collect()
}

fn uuid(row: &Row<'_>, at: usize) -> rusqlite::Result<Uuid> {
    Ok(Uuid::of_bytes(row.get(at)?))
}

fn order(row: &Row<'_>) -> rusqlite::Result<OrderRow> {
    let moves: String = row.get(7)?;
    let quote: Option<String> = row.get(8)?;
    Ok(OrderRow {
        id: uuid(row, 0)?,
        user: uuid(row, 1)?,
        checkout: row.get(2)?,
        payment: uuid(row, 3)?,
        state: row.get(4)?,
        total: row.get(5)?,
        currency: row.get(6)?,
        steps: moves.lines().map(step).collect(),
        units: quote.as_deref().and_then(units),
    })
}

/// An unreadable step is one to nowhere, which is drawn from nowhere.
fn step(line: &str) -> Step {
    let value: serde_json::Value = serde_json::from_str(line).unwrap_or_default();
    let text = |name: &str| value.get(name).and_then(|v| v.as_str()).unwrap_or("?").to_owned();
    Step { to: text("to"), by: text("by") }
}

#[derive(serde::Deserialize)]
struct Quote<'a> {
    #[serde(borrow)]
    lines: Vec<QuoteLine<'a>>,
}

#[derive(serde::Deserialize)]
struct QuoteLine<'a> {
    sku: &'a str,
    quantity: i64,
}

/// Units by SKU, in order of SKU.
fn units(quote: &str) -> Option<Vec<(i64, i64)>> {
    let quote: Quote<'_> = serde_json::from_str(quote).ok()?;
    let mut units = Vec::with_capacity(quote.lines.len());
    for line in &quote.lines {
        units.push((Uuid::parse(line.sku)?.key(), line.quantity));
    }
    Some(sum_by_sku(units))
}

/// One entry a SKU.
pub(crate) fn sum_by_sku(mut units: Vec<(i64, i64)>) -> Vec<(i64, i64)> {
    units.sort_unstable();
    units.dedup_by(|next, kept| {
        let same = next.0 == kept.0;
        if same {
            kept.1 += next.1;
        }
        same
    });
    units
}

fn payment(row: &Row<'_>) -> rusqlite::Result<(Uuid, PaymentRow)> {
    Ok((
        uuid(row, 0)?,
        PaymentRow {
            order: uuid(row, 1)?,
            minor: row.get(2)?,
            currency: row.get(3)?,
            state: row.get(4)?,
            captured: row.get(5)?,
            refunded: row.get(6)?,
            refunding: row.get(7)?,
        },
    ))
}

fn hold(row: &Row<'_>) -> rusqlite::Result<(i64, HoldRow)> {
    let lines: String = row.get(3)?;
    Ok((
        row.get(0)?,
        HoldRow {
            state: row.get(1)?,
            order: row.get::<_, Option<[u8; 16]>>(2)?.map(Uuid::of_bytes),
            lines: serde_json::from_str(&lines).unwrap_or_default(),
        },
    ))
}

fn level(row: &Row<'_>) -> rusqlite::Result<((i64, i64), LevelRow)> {
    let terms = Terms {
        on_hand: row.get(2)?,
        held: row.get(3)?,
        committed: row.get(4)?,
        shortage: row.get(5)?,
    };
    Ok(((row.get(0)?, row.get(1)?), LevelRow { terms, as_of: row.get(6)? }))
}

fn entry(row: &Row<'_>) -> rusqlite::Result<EntryRow> {
    Ok(EntryRow {
        seq: row.get(0)?,
        sku: row.get(1)?,
        warehouse: row.get(2)?,
        kind: row.get(3)?,
        quantity: row.get(4)?,
        checkout: row.get(5)?,
    })
}
