//! The same seed leaves the same bytes. Alone in its binary: it fixes SQLite's randomness, which
//! belongs to the whole process.

#![expect(clippy::unwrap_used, reason = "a test fails where it stands")]

#[expect(dead_code, reason = "the ledger's own tests use the rest")]
mod support;

use std::collections::BTreeSet;

use souk_powerloss::{Cut, Machine, Rng, fingerprint, seed_sqlite_randomness};
use support::{Fresh, Journal, Settings, work};

/// A whole life and its end: the fingerprint of what survived, and what was lost.
fn live_and_die(seed: u64) -> (u64, String) {
    seed_sqlite_randomness(seed as u32 + 1);
    let mut rng = Rng::new(seed);
    let settings = Settings::seeded("FULL", &mut rng);
    let machine = Machine::new(seed).unwrap();
    let record = machine.file("record").unwrap();
    machine.arm(Cut::Within(600));
    let mut journal = Journal::default();
    // In the order of the machine's calls the record counts like the database.
    for n in 0..rng.below(9) {
        let _ = record.append(&[n as u8; 700]);
    }
    work(&machine, settings, 0, 2, &mut rng, &mut journal);
    machine.cut();
    let dir = Fresh::new();
    let report = machine.restore_into(&*dir).unwrap();
    let print = fingerprint(&dir).unwrap();
    let again = Fresh::new();
    assert_eq!(machine.restore_into(&*again).unwrap(), report, "seed {seed}");
    assert_eq!(fingerprint(&again).unwrap(), print, "seed {seed}: a second autopsy differs");
    (print, report.to_string())
}

#[test]
fn the_same_seed_leaves_the_same_bytes() {
    let mut prints = BTreeSet::new();
    for seed in 0..40 {
        let first = live_and_die(seed);
        assert_eq!(first, live_and_die(seed), "seed {seed}");
        prints.insert(first.0);
    }
    assert!(prints.len() > 35, "seeds differ from each other: {}", prints.len());
    seed_sqlite_randomness(0);
}
