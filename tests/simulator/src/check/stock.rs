//! Stock: counters against the ledger, holds against orders.

use super::Judge;
use souk_inventory::{Entry, EntryKind, HoldState};
use souk_kernel::{Sku, WarehouseId};
use std::collections::BTreeMap;

#[derive(Default, Clone, Copy, PartialEq, Eq, Debug)]
struct Sums {
    on_hand: i64,
    held: i64,
    committed: i64,
}

/// What the ledger says.
fn summed(ledger: &[Entry]) -> BTreeMap<WarehouseId, Sums> {
    let mut all: BTreeMap<WarehouseId, Sums> = BTreeMap::new();
    for entry in ledger {
        let sums = all.entry(entry.warehouse).or_default();
        let n = entry.quantity;
        match entry.kind {
            EntryKind::Receive | EntryKind::Adjust | EntryKind::Return | EntryKind::Transfer => {
                sums.on_hand += n
            }
            EntryKind::Hold => sums.held += n,
            EntryKind::Release => sums.held -= n,
            EntryKind::Commit => {
                sums.held -= n;
                sums.committed += n;
            }
            EntryKind::Restock => sums.committed -= n,
            EntryKind::Ship | EntryKind::Shortage => {}
        }
    }
    all
}

impl Judge<'_> {
    pub(super) async fn stock(&mut self) {
        let mut expected: BTreeMap<(Sku, WarehouseId), Sums> = BTreeMap::new();
        let mut found = Vec::new();
        for (checkout, hold) in &self.holds {
            let ended = !matches!(hold.state, HoldState::Held | HoldState::Paying);
            let leftover = hold
                .order
                .and_then(|order| self.seen.get(&order))
                .is_some_and(|seen| seen.leftover);
            if !ended && !leftover {
                found.push(("released-once", format!("{checkout} still has {hold:?}")));
            }
            for part in &hold.allocations {
                let sums = expected.entry((part.sku, part.warehouse)).or_default();
                match hold.state {
                    HoldState::Held | HoldState::Paying => sums.held += i64::from(part.quantity),
                    HoldState::Committed => sums.committed += i64::from(part.quantity),
                    _ => {}
                }
            }
        }
        for (sku, opened) in self.evidence.opened.clone() {
            let stock = &self.evidence.ports.stock;
            let levels = stock.levels(sku).await.expect("levels can be read");
            let ledger = stock.ledger(sku, 100_000).await.expect("the ledger can be read");
            let sums = summed(&ledger);
            let all: i64 = levels.iter().map(|l| l.level.on_hand).sum();
            if all != opened {
                found.push(("no-oversell", format!("{all} of {sku} on hand, {opened} came")));
            }
            for at in levels {
                let level = at.level;
                let counted =
                    Sums { on_hand: level.on_hand, held: level.held, committed: level.committed };
                if sums.get(&at.warehouse).copied().unwrap_or_default() != counted {
                    found.push(("ledgers-sum", format!("{sku}: {counted:?}, ledger {sums:?}")));
                }
                if level.held < 0
                    || level.committed < 0
                    || level.held + level.committed > level.on_hand
                {
                    found.push(("no-oversell", format!("{sku}: {level:?}")));
                }
                let promised = expected.get(&(sku, at.warehouse)).copied().unwrap_or_default();
                if (promised.held, promised.committed) != (level.held, level.committed) {
                    let what = format!("{sku}: {counted:?}, but holds say {promised:?}");
                    found.push(("released-once", what));
                }
            }
        }
        for (invariant, what) in found {
            self.broken(invariant, None, what);
        }
    }
}
