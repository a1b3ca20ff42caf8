//! What shoppers were told, against each other and against what is stored.

use super::Judge;
use crate::diary::{Entry, Heard};
use souk_kernel::UserId;
use souk_orders::{Answer, OrderState};
use std::collections::BTreeMap;

impl Judge<'_> {
    pub(super) fn answers(&mut self) {
        let mut keys: BTreeMap<(UserId, &str), Vec<&Entry>> = BTreeMap::new();
        for entry in &self.evidence.entries {
            keys.entry((entry.user, &entry.key)).or_default().push(entry);
        }
        let mut found = Vec::new();
        for ((_, key), entries) in &keys {
            if let Some(what) = contradicts(entries) {
                let order = entries.iter().find_map(|e| e.what.order());
                found.push(("same-key-same-answer", order, format!("{key}: {what}")));
            }
        }
        for entry in &self.evidence.entries {
            let Some(id) = entry.what.order() else { continue };
            let Some(seen) = self.seen.get(&id) else {
                let what = format!("{} was answered with an order that is not there", entry.key);
                found.push(("no-lost-order", Some(id), what));
                continue;
            };
            let was = |state| seen.order.moves.iter().any(|step| step.to == state);
            let true_now = match &entry.what {
                Heard::Placed(_, Answer::Confirmed) => was(OrderState::Confirmed),
                Heard::Placed(_, Answer::Cancelled { .. }) => {
                    was(OrderState::Cancelled) && !was(OrderState::Confirmed)
                }
                Heard::Declined(_) | Heard::Placed(_, Answer::Declined { .. }) => {
                    was(OrderState::PaymentFailed)
                }
                _ => true,
            };
            if !true_now {
                let what = format!("{} heard {:?}, is {:?}", entry.key, entry.what, seen.order);
                found.push(("no-lost-order", Some(id), what));
            }
            if seen.order.total() != entry.shown {
                let what = format!("shown {:?}, total {:?}", entry.shown, seen.order.total());
                found.push(("charged-as-shown", Some(id), what));
            }
        }
        for (invariant, order, what) in found {
            self.broken(invariant, order, what);
        }
    }
}

/// One key, one order, and from the first answer on that answer, "pending" included: what became of
/// the order is told by the order.
fn contradicts(entries: &[&Entry]) -> Option<String> {
    let mut orders: Vec<_> = entries.iter().filter_map(|e| e.what.order()).collect();
    orders.sort_unstable();
    orders.dedup();
    if orders.len() > 1 {
        return Some(format!("made {} orders", orders.len()));
    }
    let first = entries.iter().find(|e| e.what.order().is_some())?;
    for later in entries.iter().filter(|e| e.asked > first.heard) {
        let same = match &later.what {
            Heard::Lost => true,
            Heard::InFlight | Heard::Refused(_) => false,
            answer => *answer == first.what,
        };
        if !same {
            return Some(format!("first {:?}, later {:?}", first.what, later.what));
        }
    }
    None
}
