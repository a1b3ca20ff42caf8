//! Power loss of the whole purchase: the real saga over the real SQLite store and the real sandbox
//! gateway, both files on one machine whose power goes at a random moment.
//!
//! After each cut the disk is judged as it lies; the shop then starts again on what the disk kept, comes to
//! rest, and is judged again. `SOUK_POWER_CUTS` sets how many histories are lived through,
//! `SOUK_POWER_SEED` the first seed, `SOUK_POWER_KEEP` leaves the disk of a history that failed.

#![expect(clippy::unwrap_used, reason = "a test fails where it stands")]

mod buyers;
mod diary;
mod gateway;
mod history;
mod shop;
mod verdict;

use history::{Outcome, live_through};
use shop::{Durability, SHIPPED};
use souk_sqlite::Synchronous;
use std::collections::BTreeMap;

/// Histories of the everyday lane.
const CUTS: u64 = 60;
/// Histories in which something that should be synced is not.
const TWIN_CUTS: u64 = 20;

fn setting(name: &str, otherwise: u64) -> u64 {
    let given = std::env::var(name).ok();
    given.map_or(otherwise, |text| text.parse().unwrap_or_else(|e| panic!("{name}: {e}")))
}

/// What a series of histories showed.
#[derive(Default)]
struct Series {
    histories: u64,
    losing: u64,
    answered: usize,
    cuts: BTreeMap<String, usize>,
    lost_writes: usize,
    torn_writes: usize,
    kinds: BTreeMap<String, usize>,
    first: Option<Outcome>,
}

impl Series {
    fn run(name: &str, many: u64, durability: Durability) -> Self {
        let mut series = Self::default();
        let from = setting("SOUK_POWER_SEED", 0);
        for seed in from..from + many {
            series.add(live_through(seed, durability));
        }
        println!(
            "{name}: {} histories, {} lost something; {} cuts, {} requests answered with an order; {} \
             unsynced writes lost, {} of them torn",
            series.histories,
            series.losing,
            series.cuts.values().sum::<usize>(),
            series.answered,
            series.lost_writes,
            series.torn_writes
        );
        println!("{name}: cut during {:?}", series.cuts);
        if let Some(first) = &series.first {
            println!("{name}: found {:?}; first with seed {}", series.kinds, first.seed);
        }
        series
    }

    fn add(&mut self, outcome: Outcome) {
        self.histories += 1;
        self.answered += outcome.answered;
        self.lost_writes += outcome.lost_writes;
        self.torn_writes += outcome.torn_writes;
        for cut in &outcome.cuts {
            *self.cuts.entry(cut.clone()).or_default() += 1;
        }
        if outcome.findings.is_empty() {
            return;
        }
        self.losing += 1;
        for finding in &outcome.findings {
            let verdict = finding.lines().last().unwrap_or_default();
            let kind = verdict.rsplit(": ").next().unwrap_or_default();
            *self.kinds.entry(kind.chars().take(80).collect()).or_default() += 1;
        }
        self.first.get_or_insert(outcome);
    }

    fn cut_during(&self, what: &str) -> usize {
        self.cuts.get(what).copied().unwrap_or_default()
    }
}

#[test]
fn an_answered_purchase_survives_every_power_loss() {
    let many = setting("SOUK_POWER_CUTS", CUTS);
    let series = Series::run("as shipped", many, SHIPPED);
    if let Some(first) = &series.first {
        panic!("SOUK_POWER_SEED={} SOUK_POWER_CUTS=1: {first:#?}", first.seed);
    }
    if many < CUTS {
        return;
    }
    // The cuts were real ones, and fell where it matters: before and after what either file is promised.
    assert!(series.answered > 500, "{} answered", series.answered);
    assert!(series.lost_writes > 50 && series.torn_writes > 0);
    for what in ["Write souk.db-wal", "Sync souk.db-wal"] {
        assert!(series.cut_during(what) >= 5, "{what}: {:?}", series.cuts);
    }
    let in_record =
        ["Write", "Sync"].map(|kind| series.cut_during(&format!("{kind} sandbox/record.jsonl")));
    assert!(in_record.iter().sum::<usize>() >= 3, "{:?}", series.cuts);
}

/// The same with something that isn't synced must lose, or the test above could not see a loss.
fn is_caught(name: &str, durability: Durability) {
    let series = Series::run(name, TWIN_CUTS, durability);
    assert!(series.losing > 0, "{name}: no loss was seen in {} histories", series.histories);
}

#[test]
fn a_store_that_syncs_checkpoints_only_is_caught_losing() {
    is_caught("synchronous=NORMAL", Durability { store: Synchronous::Normal, ..SHIPPED });
}

#[test]
fn a_store_that_syncs_nothing_is_caught_losing() {
    is_caught("synchronous=OFF", Durability { store: Synchronous::Off, ..SHIPPED });
}

#[test]
fn a_gateway_that_answers_before_its_record_is_synced_is_caught_losing() {
    is_caught("record not synced", Durability { lazy_record: true, ..SHIPPED });
}
