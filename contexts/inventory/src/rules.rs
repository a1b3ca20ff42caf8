//! The decisions of stock, without a store.

use crate::{
    Allocation, EntryKind, Hold, HoldState, Level, OutOfStock, ParcelStock, StockRefusal, Want,
    WarehouseLevel,
};
use souk_kernel::{OrderId, Sku, Timestamp, WarehouseId};

/// Most distinct SKUs in one hold.
pub const WANTS_MAX: usize = 200;

/// What an entry does to a level. `None`: a term would become negative.
#[must_use]
pub fn post(level: Level, kind: EntryKind, quantity: i64) -> Option<Level> {
    let mut next = level;
    match kind {
        EntryKind::Receive | EntryKind::Adjust | EntryKind::Return | EntryKind::Transfer => {
            next.on_hand += quantity;
        }
        EntryKind::Hold => next.held += quantity,
        EntryKind::Release => next.held -= quantity,
        EntryKind::Commit => {
            next.held -= quantity;
            next.committed += quantity;
        }
        EntryKind::Restock => next.committed -= quantity,
        EntryKind::Ship => {
            next.committed -= quantity;
            next.on_hand -= quantity;
        }
        EntryKind::Shortage => next.shortage += quantity,
    }
    let terms = [next.on_hand, next.held, next.committed, next.shortage];
    let promised = next.held + next.committed <= next.on_hand + next.shortage;
    // Giving back is always allowed, whatever a count found meanwhile.
    let gives_back = matches!(
        kind,
        EntryKind::Release | EntryKind::Restock | EntryKind::Commit | EntryKind::Return
    );
    (terms.iter().all(|t| *t >= 0) && (promised || gives_back)).then_some(next)
}

/// Wants with one line per SKU, in order of SKU: one order of locking for everybody.
///
/// # Errors
/// No wants, too many, a quantity of nothing.
pub fn aggregate(wants: &[Want]) -> Result<Vec<Want>, StockRefusal> {
    if wants.is_empty() || wants.len() > WANTS_MAX || wants.iter().any(|w| w.quantity == 0) {
        return Err(StockRefusal::BadQuantity);
    }
    let mut sorted = wants.to_vec();
    sorted.sort_by_key(|want| want.sku);
    let mut merged: Vec<Want> = Vec::with_capacity(sorted.len());
    for want in sorted {
        match merged.last_mut().filter(|last| last.sku == want.sku) {
            Some(last) => {
                last.quantity =
                    last.quantity.checked_add(want.quantity).ok_or(StockRefusal::BadQuantity)?;
            }
            None => merged.push(want),
        }
    }
    Ok(merged)
}

/// Where one want is taken from: one warehouse that has it all, the fullest first (one parcel is
/// cheaper than two); else the fullest warehouses until it is filled.
///
/// # Errors
/// Not enough in all of them together.
pub fn allocate(want: Want, levels: &[WarehouseLevel]) -> Result<Vec<Allocation>, OutOfStock> {
    let mut stocked: Vec<(i64, WarehouseLevel)> =
        levels.iter().map(|l| (l.level.available(), *l)).filter(|(left, _)| *left > 0).collect();
    let left: i64 = stocked.iter().map(|(left, _)| left).sum();
    let wanted = i64::from(want.quantity);
    if left < wanted {
        let left = u32::try_from(left).unwrap_or(u32::MAX);
        return Err(OutOfStock { sku: want.sku, wanted: want.quantity, left });
    }
    stocked.sort_by_key(|(left, l)| (std::cmp::Reverse(*left), l.warehouse));
    let mut missing = wanted;
    let mut taken = Vec::with_capacity(1);
    for (left, l) in stocked {
        if missing == 0 {
            break;
        }
        let quantity = missing.min(left);
        missing -= quantity;
        let quantity = u32::try_from(quantity).unwrap_or(u32::MAX);
        taken.push(Allocation { sku: want.sku, warehouse: l.warehouse, quantity });
    }
    Ok(taken)
}

/// Where all wants of a hold are taken from, in their order. As few warehouses as can be told in one look, for
/// each is a parcel: the one that fills the most wants whole fills them, the fullest of equals; then the one that
/// fills the most of what is left; and what none fills whole is split as [`allocate`] does it.
///
/// # Errors
/// Not enough of one of them in all warehouses together.
pub fn allocate_together(
    wants: &[(Want, Vec<WarehouseLevel>)],
) -> Result<Vec<Allocation>, OutOfStock> {
    let mut taken = Vec::with_capacity(wants.len());
    for (want, levels) in wants {
        taken.push(allocate(*want, levels)?);
    }
    let mut open: Vec<usize> = (0..wants.len()).collect();
    // One alone is taken from the fullest already.
    while open.len() > 1 {
        let Some(warehouse) = fills_most(wants, &open) else { break };
        open.retain(|at| {
            let (want, levels) = &wants[*at];
            let whole = left_to_fill(*want, levels, warehouse).is_some();
            if whole {
                let Want { sku, quantity } = *want;
                taken[*at] = vec![Allocation { sku, warehouse, quantity }];
            }
            !whole
        });
    }
    Ok(taken.concat())
}

/// What a warehouse has of a want, if that is all of it.
fn left_to_fill(want: Want, levels: &[WarehouseLevel], warehouse: WarehouseId) -> Option<i64> {
    let here = levels.iter().find(|at| at.warehouse == warehouse);
    here.map(|at| at.level.available()).filter(|left| *left >= i64::from(want.quantity))
}

/// The warehouse that fills the most of these wants whole; of equals the fullest; none fills any: `None`.
fn fills_most(wants: &[(Want, Vec<WarehouseLevel>)], open: &[usize]) -> Option<WarehouseId> {
    let mut sums: Vec<(WarehouseId, usize, i64)> = Vec::new();
    for at in open {
        let (want, levels) = &wants[*at];
        for level in levels {
            let Some(left) = left_to_fill(*want, levels, level.warehouse) else { continue };
            match sums.iter_mut().find(|(warehouse, ..)| *warehouse == level.warehouse) {
                Some((_, filled, sum)) => (*filled, *sum) = (*filled + 1, *sum + left),
                None => sums.push((level.warehouse, 1, left)),
            }
        }
    }
    let best =
        sums.into_iter().max_by_key(|(id, filled, sum)| (*filled, *sum, std::cmp::Reverse(*id)));
    best.map(|(warehouse, ..)| warehouse)
}

/// How first stock is spread over warehouses: a quarter to each but the first, which keeps the rest;
/// all to the first where a quarter would be less than one. The sum is `quantity`.
#[must_use]
pub fn spread(quantity: u32, warehouses: usize) -> Vec<u32> {
    let others = warehouses.saturating_sub(1).min(3);
    let quarter = quantity / 4;
    let mut shares = vec![0; others + 1];
    if quarter > 0 {
        shares[1..].fill(quarter);
    }
    shares[0] = quantity - shares.iter().sum::<u32>();
    shares
}

/// A move of a hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HoldMove {
    /// Held → paying.
    Pin(OrderId),
    /// Paying → held.
    Unpin(OrderId),
    /// Paying → committed.
    Commit(OrderId),
    /// Paying → released.
    ReleasePinned(OrderId),
    /// Committed → restocked.
    Restock(OrderId),
    /// Committed → shipped, or shipped and another of its parcels leaves.
    Ship(OrderId),
    /// Held → released.
    Release,
    /// Held, past its deadline → expired.
    Expire,
}

/// What a move does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moved {
    /// To this state, posting an entry of this kind for each allocation.
    To(HoldState, Option<EntryKind>),
    /// It was done before.
    Already,
}

/// Decides a move.
///
/// # Errors
/// The hold ended otherwise, another order has it, the deadline has passed (or has not).
pub fn decide(hold: &Hold, step: HoldMove, now: Timestamp) -> Result<Moved, StockRefusal> {
    use HoldState::{Committed, Expired, Held, Paying, Released, Restocked, Shipped};
    let mine = |order: OrderId| hold.order == Some(order);
    let gone = Err(StockRefusal::HoldGone(hold.state));
    match (step, hold.state) {
        (HoldMove::Pin(order), Paying) if mine(order) => Ok(Moved::Already),
        (HoldMove::Pin(_), Held) if hold.deadline <= now => Err(StockRefusal::DeadlinePassed),
        (HoldMove::Pin(_), Held) => Ok(Moved::To(Paying, None)),
        (HoldMove::Unpin(order), Paying) if mine(order) => Ok(Moved::To(Held, None)),
        (HoldMove::Unpin(_), Held | Released | Expired) => Ok(Moved::Already),
        (HoldMove::Commit(order), Paying) if mine(order) => {
            Ok(Moved::To(Committed, Some(EntryKind::Commit)))
        }
        (HoldMove::Commit(order), Committed | Restocked | Shipped) if mine(order) => {
            Ok(Moved::Already)
        }
        (HoldMove::ReleasePinned(order), Paying) if mine(order) => {
            Ok(Moved::To(Released, Some(EntryKind::Release)))
        }
        (HoldMove::ReleasePinned(_), Held | Released | Expired) => Ok(Moved::Already),
        (HoldMove::Restock(order), Committed) if mine(order) => {
            Ok(Moved::To(Restocked, Some(EntryKind::Restock)))
        }
        (HoldMove::Restock(order), Restocked) if mine(order) => Ok(Moved::Already),
        // What is posted is the parcel's, not all of the hold's.
        (HoldMove::Ship(order), Committed) if mine(order) => Ok(Moved::To(Shipped, None)),
        (HoldMove::Ship(order), Shipped) if mine(order) => Ok(Moved::Already),
        (HoldMove::Release, Held) => Ok(Moved::To(Released, Some(EntryKind::Release))),
        (HoldMove::Release, Released | Expired) => Ok(Moved::Already),
        (HoldMove::Expire, Held) if hold.deadline <= now => {
            Ok(Moved::To(Expired, Some(EntryKind::Release)))
        }
        (HoldMove::Expire, Released | Expired) => Ok(Moved::Already),
        _ => gone,
    }
}

/// What is posted to a level, in this order.
pub type Entries = Vec<(EntryKind, i64)>;

/// The entries of pieces that come to a shelf: what they fill of a shortage is struck off it.
fn arrive(level: Level, kind: EntryKind, quantity: i64) -> Entries {
    let there = Level { on_hand: level.on_hand + quantity, ..level };
    let struck = level.shortage - there.short();
    let mut entries = vec![(kind, quantity)];
    if struck > 0 {
        entries.push((EntryKind::Shortage, -struck));
    }
    entries
}

/// The entries of a delivery.
///
/// # Errors
/// Nothing arrives.
pub fn receive(level: Level, quantity: u32) -> Result<Entries, StockRefusal> {
    if quantity == 0 {
        return Err(StockRefusal::BadQuantity);
    }
    Ok(arrive(level, EntryKind::Receive, i64::from(quantity)))
}

/// The entries of a correction by a delta.
///
/// # Errors
/// It would go below what is promised.
pub fn adjust(level: Level, delta: i64) -> Result<Entries, StockRefusal> {
    post(level, EntryKind::Adjust, delta).ok_or(StockRefusal::BadQuantity)?;
    Ok(if delta > 0 {
        arrive(level, EntryKind::Adjust, delta)
    } else {
        vec![(EntryKind::Adjust, delta)]
    })
}

/// The entries of a transfer: those where the pieces leave, those where they arrive.
///
/// # Errors
/// Nothing is moved; what is moved is promised, or not there.
pub fn transfer(from: Level, to: Level, quantity: u32) -> Result<(Entries, Entries), StockRefusal> {
    let quantity = i64::from(quantity);
    if quantity == 0 || quantity > from.available() {
        return Err(StockRefusal::BadQuantity);
    }
    let leave = vec![(EntryKind::Transfer, -quantity)];
    Ok((leave, arrive(to, EntryKind::Transfer, quantity)))
}

/// Which of a shelf's sold holds a shortage hits: the newest first, because the oldest are packed first,
/// until the missing pieces are shared out. `holds`: the holds of this shelf, each with its pieces there.
#[must_use]
pub fn hit<T: Copy>(short: i64, newest_first: &[(T, u32)]) -> Vec<(T, i64)> {
    let mut left = short;
    let mut found = Vec::new();
    for (of, pieces) in newest_first {
        if left <= 0 {
            break;
        }
        let missing = left.min(i64::from(*pieces));
        left -= missing;
        found.push((*of, missing));
    }
    found
}

/// The entries of a count: on hand becomes `counted`, and the shortage what is promised beyond it.
///
/// # Errors
/// A negative count; on hand is not what the counter saw.
pub fn count(level: Level, expected: i64, counted: i64) -> Result<Entries, StockRefusal> {
    if counted < 0 {
        return Err(StockRefusal::BadQuantity);
    }
    if level.on_hand != expected {
        return Err(StockRefusal::CountChanged { on_hand: level.on_hand });
    }
    let shortage = (level.held + level.committed - counted).max(0);
    let entries = [
        (EntryKind::Shortage, shortage - level.shortage),
        (EntryKind::Adjust, counted - level.on_hand),
    ];
    let mut entries: Vec<_> = entries.into_iter().filter(|(_, quantity)| *quantity != 0).collect();
    // No term may be negative in between: a shortage is recorded before the shelf shrinks, and
    // struck off after it grows.
    if counted > level.on_hand {
        entries.reverse();
    }
    Ok(entries)
}

/// Whether two holds' contents are the same wants: what makes a repeated take a repetition.
#[must_use]
pub fn covers(allocations: &[Allocation], wants: &[Want]) -> bool {
    let held = |sku: Sku| -> u64 {
        allocations.iter().filter(|a| a.sku == sku).map(|a| u64::from(a.quantity)).sum()
    };
    wants.iter().all(|want| held(want.sku) == u64::from(want.quantity))
}

/// A SKU's levels as they will be when these allocations are given back: what a take may count on that
/// follows a release in the same step.
#[must_use]
pub fn credited(sku: Sku, levels: &[WarehouseLevel], credit: &[Allocation]) -> Vec<WarehouseLevel> {
    let mut levels = levels.to_vec();
    for at in &mut levels {
        let back = credit.iter().filter(|a| a.sku == sku && a.warehouse == at.warehouse);
        at.level.held -= back.map(|a| i64::from(a.quantity)).sum::<i64>();
    }
    levels
}

/// What a parcel posts: the hold's new state if it moves, and an entry of this kind for each line.
///
/// # Errors
/// The hold belongs to another order or has ended otherwise; pieces that are not in it; a count found
/// fewer than leave.
pub fn parcel(
    hold: &Hold,
    step: &ParcelStock,
    level: impl Fn(Sku, WarehouseId) -> Option<Level>,
) -> Result<(Option<HoldState>, EntryKind), StockRefusal> {
    let (kind, moved) = match step.order {
        Some(order) => (EntryKind::Ship, decide(hold, HoldMove::Ship(order), Timestamp(0))?),
        None if hold.state == HoldState::Shipped => (EntryKind::Return, Moved::Already),
        None => return Err(StockRefusal::HoldGone(hold.state)),
    };
    for line in &step.lines {
        let held = hold.allocations.iter();
        let mut held = held.filter(|a| (a.sku, a.warehouse) == (line.sku, line.warehouse));
        let enough = held.any(|a| a.quantity >= line.quantity) && line.quantity > 0;
        let fits = level(line.sku, line.warehouse)
            .and_then(|level| post(level, kind, i64::from(line.quantity)));
        if !enough || fits.is_none() {
            return Err(StockRefusal::BadQuantity);
        }
    }
    let state = match moved {
        Moved::To(state, _) => Some(state),
        Moved::Already => None,
    };
    Ok((state, kind))
}
