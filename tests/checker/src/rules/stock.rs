//! Stock: the ledger sums to the levels and to the holds, and never promised what was not there.

use crate::finding::{Code, Report};
use crate::shop::{EntryRow, HoldRow, Shop, Terms};
use std::collections::HashMap;

/// What the ledger says of a SKU in a warehouse.
#[derive(Default)]
struct Sum {
    terms: Terms,
    /// As far as the level's row has seen.
    counted: Terms,
    shipped: i64,
}

/// What the ledger says of a checkout.
#[derive(Default, Clone, Copy)]
struct Moved {
    held: i64,
    released: i64,
    committed: i64,
    restocked: i64,
}

pub(crate) fn check(shop: &Shop, report: &mut Report) {
    let mut sums: HashMap<(i64, i64), Sum> = HashMap::new();
    let mut moved: HashMap<i64, Moved> = HashMap::new();
    for entry in &shop.entries {
        let place = (entry.sku, entry.warehouse);
        let sum = sums.entry(place).or_default();
        post(&mut sum.terms, entry);
        if shop.levels.get(&place).is_some_and(|level| entry.seq <= level.as_of) {
            post(&mut sum.counted, entry);
        }
        if entry.kind == "ship" {
            sum.shipped += entry.quantity;
        }
        judge_terms(&sum.terms, entry, report);
        if let Some(checkout) = entry.checkout {
            count(moved.entry(checkout).or_default(), entry);
        }
    }
    for (place, level) in &shop.levels {
        let counted = sums.get(place).map(|sum| sum.counted).unwrap_or_default();
        if counted != level.terms {
            let detail = format!("row {:?}, ledger up to {} {counted:?}", level.terms, level.as_of);
            report.add(Code::LevelDiffers, name(*place), detail);
        }
    }
    holds_sum(shop, &sums, report);
    for (checkout, hold) in &shop.holds {
        hold_ends_once(*checkout, hold, moved.remove(checkout).unwrap_or_default(), report);
    }
    for checkout in moved.keys() {
        let detail = "the ledger knows it, there is no hold";
        report.add(Code::HoldLedgerDiffers, format!("checkout {checkout}"), detail);
    }
}

fn name((sku, warehouse): (i64, i64)) -> String {
    format!("sku {sku} warehouse {warehouse}")
}

fn post(terms: &mut Terms, entry: &EntryRow) {
    let quantity = entry.quantity;
    match entry.kind.as_str() {
        "receive" | "adjust" | "transfer" => terms.on_hand += quantity,
        "hold" => terms.held += quantity,
        "release" => terms.held -= quantity,
        "commit" => {
            terms.held -= quantity;
            terms.committed += quantity;
        }
        "restock" => terms.committed -= quantity,
        "ship" => {
            terms.committed -= quantity;
            terms.on_hand -= quantity;
        }
        "shortage" => terms.shortage += quantity,
        _ => {}
    }
}

fn judge_terms(terms: &Terms, entry: &EntryRow, report: &mut Report) {
    let id = || format!("entry {}, {}", entry.seq, name((entry.sku, entry.warehouse)));
    if [terms.on_hand, terms.held, terms.committed, terms.shortage].iter().any(|term| *term < 0) {
        report.add(Code::StockNegative, id(), format!("{terms:?}"));
    }
    let promised = terms.held + terms.committed;
    if entry.kind == "hold" && promised > terms.on_hand + terms.shortage {
        let detail = format!("{promised} promised of {} on hand", terms.on_hand);
        report.add(Code::Oversold, id(), detail);
    }
}

fn count(moved: &mut Moved, entry: &EntryRow) {
    match entry.kind.as_str() {
        "hold" => moved.held += entry.quantity,
        "release" => moved.released += entry.quantity,
        "commit" => moved.committed += entry.quantity,
        "restock" => moved.restocked += entry.quantity,
        _ => {}
    }
}

fn holds_sum(shop: &Shop, sums: &HashMap<(i64, i64), Sum>, report: &mut Report) {
    let mut holds: HashMap<(i64, i64), (i64, i64)> = HashMap::new();
    for hold in shop.holds.values() {
        for (sku, warehouse, units) in &hold.lines {
            let sum = holds.entry((*sku, *warehouse)).or_default();
            match hold.state.as_str() {
                "held" | "paying" => sum.0 += units,
                "committed" => sum.1 += units,
                _ => {}
            }
        }
    }
    for (place, sum) in sums {
        let (held, committed) = holds.remove(place).unwrap_or_default();
        let ledger = (sum.terms.held, sum.terms.committed + sum.shipped);
        if ledger != (held, committed) {
            let detail =
                format!("held and committed: ledger {ledger:?}, holds {:?}", (held, committed));
            report.add(Code::HoldsDiffer, name(*place), detail);
        }
    }
    for (place, (held, committed)) in holds.into_iter().filter(|(_, sum)| *sum != (0, 0)) {
        let detail = format!("held {held}, committed {committed}, and no ledger");
        report.add(Code::HoldsDiffer, name(place), detail);
    }
}

fn hold_ends_once(checkout: i64, hold: &HoldRow, moved: Moved, report: &mut Report) {
    let units = hold.units();
    let (released, committed, restocked) = match hold.state.as_str() {
        "held" | "paying" => (0, 0, 0),
        "committed" => (0, units, 0),
        "released" | "expired" => (units, 0, 0),
        "restocked" => (0, units, units),
        _ => (-1, -1, -1),
    };
    let expected = [units, released, committed, restocked];
    let found = [moved.held, moved.released, moved.committed, moved.restocked];
    if expected != found {
        let detail = format!(
            "{}: held, released, committed, restocked should be {expected:?}, are {found:?}",
            hold.state
        );
        report.add(Code::HoldLedgerDiffers, format!("checkout {checkout}"), detail);
    }
}
