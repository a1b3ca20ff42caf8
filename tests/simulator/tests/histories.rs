//! A bounded number of histories of each mode, with and without an outage, keeps every promise; a seed
//! replays; each planted bug is found. Longer runs: `cargo xtask sim --histories 20000 --mode split`.

use souk_simulator::history::{Plan, run};
use souk_simulator::planted::Bug;
use souk_simulator::stores::Mode;
use std::collections::BTreeMap;

/// Histories of each mode.
const HISTORIES: u64 = 300;
/// A planted bug is found within so many.
const BOUND: u64 = 500;
/// One that takes two rare faults at once is found within so many.
const RARE: u64 = 1_000;

fn all_keep(mode: Mode, outage: bool) {
    let mut ended = BTreeMap::<&str, u32>::new();
    for seed in 1..=HISTORIES {
        let plan = Plan { outage, ..Plan::plain(seed, mode) };
        let outcome = run(plan);
        assert!(outcome.clean(), "{}", run(Plan { traced: true, ..plan }));
        for (state, many) in outcome.verdict.ended {
            *ended.entry(state).or_default() += many;
        }
    }
    println!("{mode:?}, outage {outage}: {HISTORIES} histories, {ended:?}");
    // A simulation in which nothing happens would keep every promise.
    for state in ["confirmed", "cancelled", "payment_failed"] {
        assert!(ended.get(state).is_some_and(|many| *many > 50), "{mode:?}: {ended:?}");
    }
}

#[test]
fn colocated_histories_keep_every_promise() {
    all_keep(Mode::Colocated, false);
}

#[test]
fn split_histories_keep_every_promise() {
    all_keep(Mode::Split, false);
}

/// Nothing runs for longer than the gateway remembers keys, from some moment on: what was under way is
/// found at the gateway, and nothing is sent again.
#[test]
fn colocated_histories_with_an_outage_keep_every_promise() {
    all_keep(Mode::Colocated, true);
}

/// See above.
#[test]
fn split_histories_with_an_outage_keep_every_promise() {
    all_keep(Mode::Split, true);
}

#[test]
fn a_seed_replays_exactly() {
    for mode in [Mode::Colocated, Mode::Split] {
        for seed in [3, 8, 21] {
            let plan = Plan { traced: true, ..Plan::plain(seed, mode) };
            let (one, other) = (run(plan), run(plan));
            assert_eq!(one.polls, other.polls, "{mode:?}, seed {seed}");
            assert!(one.axis == other.axis, "{mode:?}, seed {seed}: another time axis");
            assert!(one.axis.len() > 50, "{mode:?}, seed {seed}: nothing happened");
            let untraced = run(Plan { traced: false, ..plan });
            assert_eq!(one.polls, untraced.polls, "{mode:?}, seed {seed}: looking changes it");
        }
    }
}

fn found(bug: Bug, mode: Mode, bound: u64) {
    for seed in 1..=bound {
        // A forgotten key takes an outage.
        let outage = bug == Bug::SendsAgainUnseen;
        let outcome = run(Plan { bug: Some(bug), outage, ..Plan::plain(seed, mode) });
        if let Some(first) = outcome.verdict.violations.first() {
            println!("{bug:?}, {mode:?}: found after {seed} histories: {}", first.invariant);
            return;
        }
    }
    panic!("{bug:?} was not found within {bound} histories, {mode:?}");
}

#[test]
fn planted_bugs_are_found_on_colocated_stores() {
    let bugs = [
        Bug::IgnoresVersion,
        Bug::BeginsWithoutClaim,
        Bug::AnswersBeforeRecord,
        Bug::ForgetsToUnpin,
        Bug::SweepsPinned,
        Bug::VoidsNothing,
        Bug::TrustsAmount,
        Bug::CapturesUnguarded,
        Bug::RefundsUnreserved,
        Bug::DoneBeforeDelivered,
        Bug::UnknownIsDeclined,
        Bug::SendsAgainUnseen,
        Bug::OverlooksLateMoney,
        Bug::TakesAnyTransfer,
    ];
    bugs.into_iter().for_each(|bug| found(bug, Mode::Colocated, BOUND));
    found(Bug::StockBeforeOrder, Mode::Colocated, RARE);
}

#[test]
fn planted_bugs_are_found_on_split_stores() {
    let bugs = [
        Bug::BeginsWithoutClaim,
        Bug::StockBeforeOrder,
        Bug::AnswersBeforeRecord,
        Bug::ForgetsToUnpin,
        Bug::SweepsPinned,
        Bug::VoidsNothing,
        Bug::CapturesUnguarded,
        Bug::RefundsUnreserved,
        Bug::DoneBeforeDelivered,
        Bug::SendsAgainUnseen,
        Bug::OverlooksLateMoney,
        Bug::TakesAnyTransfer,
    ];
    bugs.into_iter().for_each(|bug| found(bug, Mode::Split, BOUND));
    found(Bug::FreshGatewayKey, Mode::Split, RARE);
    found(Bug::UnpinsAnybodys, Mode::Split, RARE);
}
