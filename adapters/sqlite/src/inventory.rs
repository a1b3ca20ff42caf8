//! The port of stock.

use crate::levels::{Posting, read_shelf};
use crate::store::{Priority, Store, sql_error};
use crate::tx::Tx;
use async_trait::async_trait;
use rusqlite::OptionalExtension;
use souk_inventory::rules::{
    Entries, HoldMove, Moved, adjust, aggregate, allocate_together, count, covers, credited,
    decide, parcel, receive, transfer,
};
use souk_inventory::{
    Allocation, Entry, EntryKind, Hold, HoldState, Level, ParcelStock, Stock, StockAnswer,
    StockIntent, StockRefusal, TakeHold, WarehouseLevel,
};
use souk_kernel::{Answers, CheckoutId, OrderId, PortError, Sku, Timestamp, WarehouseId};

/// What an accepted intent will write: decided, nothing done yet.
pub(crate) enum Plan {
    /// Insert a hold.
    Take(Hold),
    /// Move a hold.
    Move { hold: Hold, entry: Option<EntryKind>, pinned: Option<OrderId> },
    /// Post to levels, opening those first that are not there yet; the last one is answered.
    Post { sku: Sku, places: Vec<(WarehouseId, Entries)>, open: Option<WarehouseId> },
    /// It was done before.
    Done(StockAnswer),
}

type Decided<T> = Result<Result<T, StockRefusal>, PortError>;

/// Decides an intent without changing anything.
pub(crate) fn plan(tx: &mut Tx<'_>, intent: &StockIntent) -> Decided<Plan> {
    match intent {
        StockIntent::Take(take) => plan_take(tx, take, &[]),
        StockIntent::Pin(p) => plan_move(tx, p.checkout, HoldMove::Pin(p.order)),
        StockIntent::Unpin(p) => plan_move(tx, p.checkout, HoldMove::Unpin(p.order)),
        StockIntent::Commit(p) => plan_move(tx, p.checkout, HoldMove::Commit(p.order)),
        StockIntent::ReleasePinned(p) => {
            plan_move(tx, p.checkout, HoldMove::ReleasePinned(p.order))
        }
        StockIntent::Restock(p) => plan_move(tx, p.checkout, HoldMove::Restock(p.order)),
        StockIntent::Release(checkout) => plan_move(tx, *checkout, HoldMove::Release),
        StockIntent::Expire(checkout) => plan_move(tx, *checkout, HoldMove::Expire),
        StockIntent::Open { sku, warehouse, quantity } => {
            let entries = vec![(EntryKind::Receive, i64::from(*quantity))];
            Ok(Ok(match level(tx, *sku, *warehouse)? {
                Some(level) => Plan::Done(StockAnswer::Level(level)),
                None => {
                    let places = vec![(*warehouse, entries)];
                    Plan::Post { sku: *sku, places, open: Some(*warehouse) }
                }
            }))
        }
        StockIntent::Receive { sku, warehouse, quantity } => {
            let known = level(tx, *sku, *warehouse)?;
            let open = known.is_none().then_some(*warehouse);
            let entries = receive(known.unwrap_or_default(), *quantity);
            Ok(entries.map(|entries| Plan::Post {
                sku: *sku,
                places: vec![(*warehouse, entries)],
                open,
            }))
        }
        StockIntent::Transfer { sku, from, to, quantity } => {
            if from == to {
                return Ok(Err(StockRefusal::BadQuantity));
            }
            let (there, here) = (level(tx, *sku, *from)?, level(tx, *sku, *to)?);
            let open = here.is_none().then_some(*to);
            let moved = transfer(there.unwrap_or_default(), here.unwrap_or_default(), *quantity);
            Ok(moved.map(|(leave, arrive)| {
                let places = vec![(*from, leave), (*to, arrive)];
                Plan::Post { sku: *sku, places, open }
            }))
        }
        StockIntent::Adjust { sku, warehouse, delta } => {
            let known = level(tx, *sku, *warehouse)?.ok_or(StockRefusal::BadQuantity);
            let entries = known.and_then(|level| adjust(level, *delta));
            Ok(entries.map(|entries| post_to(*sku, *warehouse, entries)))
        }
        StockIntent::Count { sku, warehouse, expected, counted } => {
            let nothing = StockRefusal::CountChanged { on_hand: 0 };
            let known = level(tx, *sku, *warehouse)?.ok_or(nothing);
            let entries = known.and_then(|level| count(level, *expected, *counted));
            Ok(entries.map(|entries| post_to(*sku, *warehouse, entries)))
        }
    }
}

fn post_to(sku: Sku, warehouse: WarehouseId, entries: Entries) -> Plan {
    Plan::Post { sku, places: vec![(warehouse, entries)], open: None }
}

fn level(tx: &mut Tx<'_>, sku: Sku, warehouse: WarehouseId) -> Result<Option<Level>, PortError> {
    let shelf = tx.state.levels.shelf(tx.conn, sku)?;
    Ok(shelf.and_then(|s| s.levels.iter().find(|l| l.warehouse == warehouse).map(|l| l.level)))
}

/// Decides a take. `credit`: what a hold that is released just before will give back.
pub(crate) fn plan_take(tx: &mut Tx<'_>, take: &TakeHold, credit: &[Allocation]) -> Decided<Plan> {
    let wants = match aggregate(&take.wants) {
        Ok(wants) => wants,
        Err(refusal) => return Ok(Err(refusal)),
    };
    if let Some(hold) = read_hold(tx, take.checkout)? {
        let same = covers(&hold.allocations, &wants);
        let gone = StockRefusal::HoldGone(hold.state);
        let answer = Plan::Done(StockAnswer::Hold(hold));
        return Ok(if same { Ok(answer) } else { Err(gone) });
    }
    let mut stocked = Vec::with_capacity(wants.len());
    for want in wants {
        let shelf = tx.state.levels.shelf(tx.conn, want.sku)?;
        let levels: &[WarehouseLevel] = shelf.map_or(&[], |shelf| &shelf.levels);
        stocked.push((want, credited(want.sku, levels, credit)));
    }
    let allocations = match allocate_together(&stocked) {
        Ok(allocations) => allocations,
        Err(short) => return Ok(Err(short.into())),
    };
    let pinned = take.pinned_by.is_some();
    Ok(Ok(Plan::Take(Hold {
        checkout: take.checkout,
        state: if pinned { HoldState::Paying } else { HoldState::Held },
        order: take.pinned_by,
        deadline: take.deadline,
        allocations,
    })))
}

fn plan_move(tx: &mut Tx<'_>, checkout: CheckoutId, step: HoldMove) -> Decided<Plan> {
    let Some(mut hold) = read_hold(tx, checkout)? else {
        return Ok(Err(StockRefusal::NoHold));
    };
    Ok(decide(&hold, step, tx.now).map(|moved| match moved {
        Moved::Already => Plan::Done(StockAnswer::Hold(hold)),
        Moved::To(state, entry) => {
            hold.state = state;
            let pinned = match step {
                HoldMove::Pin(order) => Some(order),
                HoldMove::Unpin(_) => None,
                _ => hold.order,
            };
            hold.order = pinned;
            Plan::Move { hold, entry, pinned }
        }
    }))
}

/// Writes what was planned.
pub(crate) fn execute(tx: &mut Tx<'_>, plan: Plan) -> Result<StockAnswer, PortError> {
    match plan {
        Plan::Done(answer) => Ok(answer),
        Plan::Take(hold) => {
            insert_hold(tx, &hold)?;
            post_all(tx, &hold, EntryKind::Hold)?;
            Ok(StockAnswer::Hold(hold))
        }
        Plan::Move { hold, entry, pinned } => {
            tx.execute(
                "UPDATE hold SET state = ?2, order_id = ?3 WHERE checkout = ?1",
                (hold.checkout.key(), hold.state.name(), pinned.map(|o| *o.bytes())),
            )?;
            if let Some(kind) = entry {
                post_all(tx, &hold, kind)?;
            }
            Ok(StockAnswer::Hold(hold))
        }
        Plan::Post { sku, places, open } => {
            if let Some(warehouse) = open {
                tx.state.levels.open(tx.conn, sku, warehouse)?;
            }
            let mut answer = None;
            for (warehouse, entries) in places {
                for (kind, quantity) in entries {
                    post(tx, &Posting { sku, warehouse, kind, quantity, checkout: None })?;
                }
                answer = level(tx, sku, warehouse)?;
            }
            Ok(StockAnswer::Level(answer.unwrap_or_default()))
        }
    }
}

fn post_all(tx: &mut Tx<'_>, hold: &Hold, kind: EntryKind) -> Result<(), PortError> {
    for a in &hold.allocations {
        let quantity = i64::from(a.quantity);
        let checkout = Some(hold.checkout);
        let (sku, warehouse) = (a.sku, a.warehouse);
        post(tx, &Posting { sku, warehouse, kind, quantity, checkout })?;
    }
    Ok(())
}

fn post(tx: &mut Tx<'_>, posting: &Posting) -> Result<(), PortError> {
    match tx.state.levels.post(tx.db, posting, tx.now)? {
        Some(_) => Ok(()),
        // Planned on the same counters a moment ago: something else is wrong, and nothing may stay.
        None => Err(PortError::Corrupt(format!("{posting:?} does not fit its level"))),
    }
}

/// What a parcel will do: the hold's new state, if it moves, and the kind of its entries.
pub(crate) type ParcelPlan = (Option<HoldState>, EntryKind);

/// Decides what a parcel does, without changing anything.
pub(crate) fn plan_parcel(tx: &mut Tx<'_>, step: &ParcelStock) -> Decided<ParcelPlan> {
    let Some(hold) = read_hold(tx, step.checkout)? else { return Ok(Err(StockRefusal::NoHold)) };
    let mut levels = Vec::with_capacity(step.lines.len());
    for line in &step.lines {
        levels.push(((line.sku, line.warehouse), level(tx, line.sku, line.warehouse)?));
    }
    let at = |sku, warehouse| {
        let found = levels.iter().find(|(place, _)| *place == (sku, warehouse));
        found.and_then(|(_, level)| *level)
    };
    Ok(parcel(&hold, step, at))
}

/// Writes what was planned.
pub(crate) fn leave(
    tx: &mut Tx<'_>,
    step: &ParcelStock,
    (state, kind): ParcelPlan,
) -> Result<(), PortError> {
    if let Some(state) = state {
        tx.execute(
            "UPDATE hold SET state = ?2 WHERE checkout = ?1",
            (step.checkout.key(), state.name()),
        )?;
    }
    for line in &step.lines {
        let (sku, warehouse) = (line.sku, line.warehouse);
        let (quantity, checkout) = (i64::from(line.quantity), Some(step.checkout));
        post(tx, &Posting { sku, warehouse, kind, quantity, checkout })?;
    }
    Ok(())
}

fn insert_hold(tx: &Tx<'_>, hold: &Hold) -> Result<(), PortError> {
    use std::fmt::Write;
    let mut lines = String::with_capacity(48 * hold.allocations.len() + 2);
    for (i, a) in hold.allocations.iter().enumerate() {
        let comma = if i == 0 { '[' } else { ',' };
        // Writing to a string can't fail.
        let _ = write!(lines, "{comma}[{},{},{}]", a.sku.key(), a.warehouse.key(), a.quantity);
    }
    lines.push(']');
    tx.execute(
        "INSERT INTO hold (checkout, checkout_id, state, order_id, deadline, lines)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        (
            hold.checkout.key(),
            hold.checkout.bytes(),
            hold.state.name(),
            hold.order.map(|o| *o.bytes()),
            hold.deadline.0,
            lines,
        ),
    )?;
    Ok(())
}

struct HoldRow {
    checkout: CheckoutId,
    state: String,
    order: Option<[u8; 16]>,
    deadline: i64,
    lines: String,
}

const HOLD: &str =
    "SELECT checkout_id, state, order_id, deadline, lines FROM hold WHERE checkout = ?1";

fn hold_row(row: &rusqlite::Row<'_>) -> rusqlite::Result<HoldRow> {
    Ok(HoldRow {
        checkout: CheckoutId::from_bytes(row.get(0)?),
        state: row.get(1)?,
        order: row.get(2)?,
        deadline: row.get(3)?,
        lines: row.get(4)?,
    })
}

/// A checkout's hold, inside a transaction.
pub(crate) fn read_hold(tx: &mut Tx<'_>, checkout: CheckoutId) -> Result<Option<Hold>, PortError> {
    let row = tx.first(HOLD, [checkout.key()], hold_row)?;
    let Some(row) = row.filter(|row| row.checkout == checkout) else { return Ok(None) };
    let state = &mut *tx.state;
    let conn = tx.conn;
    assemble(row, |sku, warehouse| {
        let shelf = state.levels.shelf_by_key(conn, sku)?;
        Ok(shelf.and_then(|s| {
            let at = s.levels.iter().find(|l| l.warehouse.key() == warehouse)?;
            Some((s.sku, at.warehouse))
        }))
    })
    .map(Some)
}

fn assemble(
    row: HoldRow,
    mut ids: impl FnMut(i64, i64) -> Result<Option<(Sku, WarehouseId)>, PortError>,
) -> Result<Hold, PortError> {
    let corrupt = |what: &str| PortError::Corrupt(format!("hold {}: {what}", row.checkout));
    let lines: Vec<(i64, i64, u32)> =
        serde_json::from_str(&row.lines).map_err(|e| corrupt(&e.to_string()))?;
    let mut allocations = Vec::with_capacity(lines.len());
    for (sku, warehouse, quantity) in lines {
        let (sku, warehouse) = ids(sku, warehouse)?.ok_or_else(|| corrupt("no such level"))?;
        allocations.push(Allocation { sku, warehouse, quantity });
    }
    Ok(Hold {
        checkout: row.checkout,
        state: HoldState::from_name(&row.state).ok_or_else(|| corrupt("unknown state"))?,
        order: row.order.map(OrderId::from_bytes),
        deadline: Timestamp(row.deadline),
        allocations,
    })
}

/// Decides and writes one intent.
pub(crate) fn apply_one(tx: &mut Tx<'_>, intent: &StockIntent) -> Decided<StockAnswer> {
    match plan(tx, intent)? {
        Ok(plan) => execute(tx, plan).map(Ok),
        Err(refusal) => Ok(Err(refusal)),
    }
}

#[async_trait]
impl Stock for Store {
    async fn apply(&self, batch: Vec<StockIntent>) -> Answers<StockAnswer, StockRefusal> {
        let many = batch.len();
        let priority = priority(&batch);
        let answers = self
            .write(priority, move |tx| batch.iter().map(|intent| apply_one(tx, intent)).collect())
            .await;
        spread(answers, many)
    }

    async fn hold(&self, checkout: CheckoutId) -> Result<Option<Hold>, PortError> {
        let row = self.read(|conn| {
            conn.prepare_cached(HOLD)?.query_row([checkout.key()], hold_row).optional()
        })?;
        let Some(row) = row.filter(|row| row.checkout == checkout) else { return Ok(None) };
        assemble(row, |sku, warehouse| {
            let shelf = self.read(|conn| read_shelf(conn, sku))?;
            Ok(shelf.and_then(|s| {
                let at = s.levels.iter().find(|l| l.warehouse.key() == warehouse)?;
                Some((s.sku, at.warehouse))
            }))
        })
        .map(Some)
    }

    async fn levels(&self, sku: Sku) -> Result<Vec<WarehouseLevel>, PortError> {
        if let Some(levels) = self.board.get(sku) {
            return Ok(levels);
        }
        let shelf = self.read(|conn| read_shelf(conn, sku.key()))?;
        Ok(shelf.filter(|s| s.sku == sku).map(|s| s.levels).unwrap_or_default())
    }

    async fn levels_of(&self, skus: &[Sku]) -> Result<Vec<Vec<WarehouseLevel>>, PortError> {
        let mut found: Vec<_> = skus.iter().map(|sku| self.board.get(*sku)).collect();
        if found.iter().any(Option::is_none) {
            // What nobody bought since the start lies in the rows only: one reader for all of it.
            self.read(|conn| {
                for (sku, level) in skus.iter().zip(&mut found) {
                    if level.is_none() {
                        let shelf = read_shelf(conn, sku.key())?.filter(|s| s.sku == *sku);
                        *level = Some(shelf.map(|s| s.levels).unwrap_or_default());
                    }
                }
                Ok(())
            })?;
        }
        Ok(found.into_iter().map(Option::unwrap_or_default).collect())
    }

    async fn expired(&self, limit: usize) -> Result<Vec<CheckoutId>, PortError> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        self.write(Priority::Background, move |tx| {
            // The store's clock decides, not the caller's.
            tx.rows(
                "SELECT checkout_id FROM hold WHERE state = 'held' AND deadline <= ?1
                 ORDER BY deadline LIMIT ?2",
                (tx.now.0, limit),
                |row| Ok(CheckoutId::from_bytes(row.get(0)?)),
            )
        })
        .await
    }

    async fn ledger(&self, sku: Sku, limit: usize) -> Result<Vec<Entry>, PortError> {
        let shelf = self.read(|conn| read_shelf(conn, sku.key()))?;
        let levels = shelf.map(|s| s.levels).unwrap_or_default();
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        self.read(|conn| {
            let sql = "SELECT e.warehouse, e.kind, e.quantity, h.checkout_id, e.at
                       FROM stock_entry e LEFT JOIN hold h ON h.checkout = e.checkout
                       WHERE e.sku = ?1 ORDER BY e.seq DESC LIMIT ?2";
            let mut statement = conn.prepare_cached(sql)?;
            let rows = statement.query_map((sku.key(), limit), |row| {
                let key: i64 = row.get(0)?;
                let kind: String = row.get(1)?;
                let at = levels.iter().find(|l| l.warehouse.key() == key);
                Ok(Entry {
                    sku,
                    warehouse: at.ok_or(rusqlite::Error::InvalidQuery)?.warehouse,
                    kind: EntryKind::from_name(&kind).ok_or(rusqlite::Error::InvalidQuery)?,
                    quantity: row.get(2)?,
                    checkout: row.get::<_, Option<[u8; 16]>>(3)?.map(CheckoutId::from_bytes),
                    at: Timestamp(row.get(4)?),
                })
            })?;
            rows.collect()
        })
    }
}

/// Sweeps and imports wait behind shoppers.
fn priority(batch: &[StockIntent]) -> Priority {
    let aside = |intent: &StockIntent| {
        matches!(
            intent,
            StockIntent::Expire(_) | StockIntent::Open { .. } | StockIntent::Count { .. }
        )
    };
    if batch.iter().all(aside) { Priority::Background } else { Priority::Purchase }
}

/// One answer each, also when the whole batch failed.
pub(crate) fn spread<T, E: From<PortError>>(
    answers: Result<Vec<Result<T, E>>, PortError>,
    many: usize,
) -> Answers<T, E> {
    match answers {
        Ok(answers) => answers,
        Err(error) => (0..many).map(|_| Err(E::from(error.clone()))).collect(),
    }
}

/// For statements outside this module.
pub(crate) fn sql<T>(result: rusqlite::Result<T>) -> Result<T, PortError> {
    result.map_err(|e| sql_error(&e))
}
