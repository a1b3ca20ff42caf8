//! SQLite on a disk that forgets: with `synchronous=FULL` nothing acknowledged is ever lost; with
//! `NORMAL` and `OFF` it is, which shows that the test can fail.

#![expect(clippy::unwrap_used, reason = "a test fails where it stands")]

mod support;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicI64, Ordering};

use souk_powerloss::{Cut, Machine, Report, Rng};
use support::{Fresh, Journal, Settings, Stop, Verdict, judge, open, work};

const SESSIONS: u32 = 3;

/// What a series of cuts showed.
#[derive(Default)]
struct Series {
    cuts: usize,
    acknowledged: usize,
    lost: usize,
    cuts_with_loss: usize,
    unsound: usize,
    torn: usize,
    unsynced_lost: usize,
    stops: BTreeMap<Stop, usize>,
    rules: BTreeMap<souk_powerloss::Rule, usize>,
    first_bad: Option<String>,
}

impl Series {
    fn add(
        &mut self,
        seed: u64,
        stop: Stop,
        report: &Report,
        journal: &Journal,
        verdict: &Verdict,
    ) {
        self.cuts += 1;
        self.acknowledged += journal.acknowledged.len();
        self.lost += verdict.lost;
        self.cuts_with_loss += usize::from(verdict.lost > 0);
        self.unsound += usize::from(verdict.unsound.is_some());
        self.torn += report.torn();
        self.unsynced_lost += report.lost();
        *self.stops.entry(stop).or_default() += 1;
        *self.rules.entry(report.rule).or_default() += 1;
        if !verdict.clean() && self.first_bad.is_none() {
            self.first_bad = Some(format!("seed {seed}, {stop:?}: {verdict:?}; {report}"));
        }
    }

    fn print(&self, name: &str) {
        println!(
            "{name}: {} cuts, {} groups acknowledged; {} cuts lost some ({} groups), {} left an \
             unsound database; {} unsynced writes lost, {} of them torn; noticed in {:?}; {:?}",
            self.cuts,
            self.acknowledged,
            self.cuts_with_loss,
            self.lost,
            self.unsound,
            self.unsynced_lost,
            self.torn,
            self.stops,
            self.rules
        );
    }
}

/// One machine, one random cut, one verdict. Syncs of files that end in `lie`, if any, aren't done.
fn one_cut(seed: u64, synchronous: &'static str, lie: &str, series: &mut Series) {
    let mut rng = Rng::new(seed);
    let settings = Settings::seeded(synchronous, &mut rng);
    let machine = Machine::new(seed).unwrap();
    if !lie.is_empty() {
        machine.lie_about_syncs_of(lie).unwrap();
    }
    machine.arm(Cut::AfterOps(ops_of(seed, synchronous, &mut rng)));
    let mut journal = Journal::default();
    let stop = work(&machine, settings, 0, SESSIONS, &mut rng, &mut journal);
    machine.cut();
    let dir = Fresh::new();
    let report = machine.restore_into(&*dir).unwrap();
    let verdict = judge(&dir, &journal);
    series.add(seed, stop, &report, &journal, &verdict);
}

/// A moment for the cut: most in the middle of things, some during the first steps of a database.
fn ops_of(seed: u64, synchronous: &str, rng: &mut Rng) -> u64 {
    // About what the workload does without a cut; a later cut falls after the last session.
    let whole = if synchronous == "OFF" { 800 } else { 900 };
    if seed.is_multiple_of(10) { 1 + rng.below(40) } else { 1 + rng.below(whole) }
}

fn run(synchronous: &'static str, lie: &str, seeds: std::ops::Range<u64>) -> Series {
    let mut series = Series::default();
    for seed in seeds {
        one_cut(seed, synchronous, lie, &mut series);
    }
    series.print(&format!("synchronous={synchronous}, syncs not done of [{lie}]"));
    series
}

#[test]
fn full_keeps_every_acknowledged_group() {
    let series = run("FULL", "", 0..400);
    assert_eq!(series.lost, 0, "{:?}", series.first_bad);
    assert_eq!(series.unsound, 0, "{:?}", series.first_bad);
    // The cuts were real ones, and fell where it matters.
    assert!(series.acknowledged > 4_000 && series.unsynced_lost > 1_000 && series.torn > 50);
    for stop in [Stop::Opening, Stop::Commit, Stop::Checkpoint, Stop::Closing] {
        assert!(series.stops.get(&stop).is_some_and(|cuts| *cuts >= 5), "{:?}", series.stops);
    }
}

#[test]
fn normal_is_caught_losing_but_stays_sound() {
    let series = run("NORMAL", "", 0..150);
    assert!(series.cuts_with_loss > 0, "the loss that NORMAL allows was not detected");
    assert_eq!(series.unsound, 0, "{:?}", series.first_bad);
}

#[test]
fn off_is_caught_losing() {
    let series = run("OFF", "", 0..150);
    assert!(series.cuts_with_loss > 0, "the loss that OFF allows was not detected");
    assert!(series.unsound > 0, "without syncs no order holds: some database must be unsound");
}

/// Checkpoints move pages into the database and then reuse the WAL: each of the two syncs is
/// needed.
#[test]
fn a_disk_that_skips_the_sync_of_one_file_is_caught() {
    let database = run("FULL", "ledger.db", 0..100);
    assert!(database.lost > 0 && database.unsound > 0, "the database's syncs were not missed");
    let wal = run("FULL", "ledger.db-wal", 0..100);
    assert!(wal.lost > 0, "the WAL's syncs were not missed");
}

#[test]
fn lives_follow_each_other_and_recovery_is_cut_too() {
    let mut cuts = 0;
    for seed in 0..40 {
        let mut rng = Rng::new(seed ^ 0xBEEF);
        let settings = Settings::seeded("FULL", &mut rng);
        let mut journal = Journal::default();
        let mut machine = Machine::new(seed).unwrap();
        let mut dirs = Vec::new();
        for life in 0..5 {
            // The second and fourth life are short: the cut falls into the recovery of the one
            // before.
            let ops = if life % 2 == 1 { 12 } else { 300 };
            machine.arm(Cut::Within(ops));
            work(&machine, settings, life, SESSIONS, &mut rng, &mut journal);
            machine.cut();
            cuts += 1;
            let seen = Fresh::new();
            let report = machine.restore_into(&*seen).unwrap();
            let verdict = judge(&seen, &journal);
            assert!(verdict.clean(), "seed {seed}, life {life}: {verdict:?}; {report}");
            // The judge's own connection has recovered what it saw; the next life does so itself.
            let next = Fresh::new();
            machine.restore_into(&*next).unwrap();
            machine = Machine::boot(seed * 31 + life as u64, &next).unwrap();
            dirs.push(next);
        }
    }
    println!("{cuts} cuts in 40 machines of 5 lives each: nothing lost");
}

/// Keeps the ledger busy from three threads until the power is gone.
fn busy(machine: &Machine, settings: Settings, seed: u64, done: &AtomicI64) -> Journal {
    let writer = open(machine, settings).unwrap();
    support::create_tables(&writer).unwrap();
    writer.busy_timeout(std::time::Duration::from_secs(5)).unwrap();
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let Ok(side) = open(machine, settings) else { return };
            let checkpoint = "PRAGMA wal_checkpoint(PASSIVE)";
            // A busy checkpoint answers with a row, a dead machine with an error.
            while side.query_row(checkpoint, [], |_| Ok(())).is_ok() {}
        });
        scope.spawn(|| {
            let Ok(reader) = open(machine, settings) else { return };
            let count = "SELECT count(*) FROM ledger";
            while reader.query_row(count, [], |row| row.get::<_, i64>(0)).is_ok() {}
        });
        let work = scope.spawn(move || {
            let (mut rng, mut journal) = (Rng::new(seed), Journal::default());
            let mut group = 0;
            while support::commit_group(&writer, group, &mut rng, &mut journal).is_ok() {
                done.store(group, Ordering::Relaxed);
                group += 1;
            }
            machine.cut();
            journal
        });
        work.join().unwrap()
    })
}

#[test]
fn threads_lose_power_together() {
    let mut acknowledged = 0;
    for seed in 0..40 {
        let mut rng = Rng::new(seed);
        let settings = Settings::seeded("FULL", &mut rng);
        let machine = Machine::new(seed).unwrap();
        let done = AtomicI64::new(0);
        let journal = std::thread::scope(|scope| {
            let running = scope.spawn(|| busy(&machine, settings, seed, &done));
            // The plug is pulled from outside, wherever the threads happen to be.
            let target = rng.below(30) as i64 + 1;
            while done.load(Ordering::Relaxed) < target && !running.is_finished() {
                std::thread::yield_now();
            }
            machine.cut();
            running.join().unwrap()
        });
        let dir = Fresh::new();
        let report = machine.restore_into(&*dir).unwrap();
        let verdict = judge(&dir, &journal);
        assert!(verdict.clean(), "seed {seed}: {verdict:?}; {report}");
        acknowledged += journal.acknowledged.len();
    }
    println!("40 cuts from another thread, {acknowledged} groups acknowledged: nothing lost");
}

#[test]
fn after_the_cut_nothing_works() {
    let machine = Machine::new(1).unwrap();
    let settings = Settings { synchronous: "FULL", page_size: 4096, autocheckpoint: 1000 };
    let db = open(&machine, settings).unwrap();
    support::create_tables(&db).unwrap();
    let file = machine.file("record").unwrap();
    assert!(machine.restore_into(&*Fresh::new()).is_err(), "the machine still runs");
    machine.cut();
    assert!(machine.is_off());
    let read = db.query_row("SELECT count(*) FROM ledger", [], |row| row.get::<_, i64>(0));
    let primary = read.unwrap_err().sqlite_error_code();
    assert_eq!(primary, Some(rusqlite::ErrorCode::SystemIoFailure));
    assert!(db.execute_batch("INSERT INTO groups VALUES (1, 1)").is_err());
    assert!(open(&machine, settings).is_err());
    assert!(file.append(b"x").is_err() && file.sync().is_err() && file.read_all().is_err());
    assert!(machine.file("other").is_err());
    drop(db);
}
