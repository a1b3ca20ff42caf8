//! Plain files on the same plug: torn tails, lost names, one instant for all.

#[expect(dead_code, reason = "the ledger's own tests use the rest")]
mod support;

use rusqlite::Connection;
use souk_powerloss::{Cut, Machine, Rng};
use support::{Fresh, Settings, open};

/// A record line whose number and length can be checked.
fn line(number: u64) -> Vec<u8> {
    let filler = "x".repeat((number % 900) as usize);
    format!("{{\"n\":{number},\"filler\":\"{filler}\"}}\n").into_bytes()
}

/// The whole lines at the beginning, and what is left of the file behind them.
fn parse(bytes: &[u8]) -> (u64, usize) {
    let (mut number, mut at) = (0, 0);
    while bytes[at..].starts_with(&line(number)) {
        at += line(number).len();
        number += 1;
    }
    (number, bytes.len() - at)
}

#[test]
fn synced_lines_survive_and_the_tail_tears() {
    let (mut torn, mut lost, mut vanished) = (0, 0, 0);
    for seed in 0..300 {
        let mut rng = Rng::new(seed);
        let machine = Machine::new(seed).unwrap();
        let file = machine.file("sandbox/record.jsonl").unwrap();
        machine.arm(Cut::Within(60));
        let (mut appended, mut synced) = (0, 0);
        loop {
            if file.append(&line(appended)).is_err() {
                break;
            }
            appended += 1;
            if rng.chance(25) {
                if file.sync().is_err() {
                    break;
                }
                synced = appended;
            }
        }
        let dir = Fresh::new();
        let report = machine.restore_into(&*dir).unwrap();
        let path = dir.join("sandbox/record.jsonl");
        let Ok(bytes) = std::fs::read(path) else {
            assert_eq!(synced, 0, "seed {seed}: a synced file vanished; {report}");
            vanished += 1;
            continue;
        };
        let (whole, tail) = parse(&bytes);
        assert!(whole >= synced, "seed {seed}: {whole} of {synced} synced lines; {report}");
        torn += u32::from(tail > 0);
        lost += u32::from(whole < appended);
    }
    println!("300 cuts: {torn} torn tails, {lost} lost unsynced lines, {vanished} lost the file");
    assert!(torn > 30 && lost > 100 && vanished > 3, "{torn} {lost} {vanished}");
}

#[test]
fn a_record_acknowledged_before_its_sync_is_caught() {
    let mut caught = 0;
    for seed in 0..50 {
        let machine = Machine::new(seed).unwrap();
        let file = machine.file("record").unwrap();
        file.sync().unwrap();
        machine.arm(Cut::Within(20));
        let mut acknowledged = 0;
        while file.append(&line(acknowledged)).is_ok() {
            acknowledged += 1;
        }
        let dir = Fresh::new();
        machine.restore_into(&*dir).unwrap();
        let (whole, _) = parse(&std::fs::read(dir.join("record")).unwrap());
        caught += u32::from(whole < acknowledged);
    }
    println!("lines acknowledged without a sync: lost in {caught} of 50 cuts");
    assert!(caught > 25);
}

#[test]
fn a_synced_file_without_a_synced_name_can_vanish() {
    let survivors = (0..60).filter(|seed| {
        let machine = Machine::new(*seed).unwrap();
        let file = machine.file("new").unwrap();
        file.append(b"whole").unwrap();
        file.sync_data().unwrap();
        machine.cut();
        let dir = Fresh::new();
        machine.restore_into(&*dir).unwrap();
        match std::fs::read(dir.join("new")) {
            Ok(bytes) => {
                assert_eq!(bytes, b"whole", "seed {seed}: the bytes were synced");
                true
            }
            Err(_) => false,
        }
    });
    let survivors = survivors.count();
    assert!((5..55).contains(&survivors), "{survivors} of 60");
}

#[test]
fn a_rename_is_old_or_new_never_neither() {
    let (mut old, mut new) = (0, 0);
    for seed in 0..60 {
        let machine = Machine::new(seed).unwrap();
        let (first, second) = (machine.file("state").unwrap(), machine.file("state.new").unwrap());
        first.append(b"old").unwrap();
        first.sync().unwrap();
        second.append(b"new").unwrap();
        second.sync().unwrap();
        machine.rename("state.new", "state").unwrap();
        let safe = seed.is_multiple_of(3);
        if safe {
            machine.sync_dir_of("state").unwrap();
        }
        machine.cut();
        let dir = Fresh::new();
        machine.restore_into(&*dir).unwrap();
        match (&std::fs::read(dir.join("state")).unwrap()[..], safe) {
            (b"new", _) => new += 1,
            (b"old", false) => old += 1,
            other => panic!("seed {seed}: {other:?}"),
        }
    }
    assert!(old > 5 && new > 25, "{old} old, {new} new");
}

#[test]
fn a_truncated_tail_stays_cut_once_synced() {
    for seed in 0..40 {
        let machine = Machine::new(seed).unwrap();
        let file = machine.file("record").unwrap();
        file.append(b"good\nbad").unwrap();
        file.sync().unwrap();
        file.truncate(5).unwrap();
        if seed.is_multiple_of(2) {
            file.sync().unwrap();
        }
        file.append(b"more\n").unwrap();
        assert_eq!(file.read_all().unwrap(), b"good\nmore\n");
        machine.cut();
        let dir = Fresh::new();
        machine.restore_into(&*dir).unwrap();
        let bytes = std::fs::read(dir.join("record")).unwrap();
        assert!(bytes.starts_with(b"good\n"), "seed {seed}");
        assert!(!(seed.is_multiple_of(2) && bytes[5..].starts_with(b"bad")), "seed {seed}");
    }
}

/// Memory stays bounded: a kernel writes back what waits for too long, and so does the machine.
#[test]
fn much_unsynced_work_reaches_the_disk_by_itself() {
    for seed in 0..4 {
        let machine = Machine::new(seed).unwrap();
        let file = machine.file("big").unwrap();
        file.sync().unwrap();
        for n in 0..10 {
            file.append(&vec![n + 1; 4 << 20]).unwrap();
        }
        machine.cut();
        let dir = Fresh::new();
        let report = machine.restore_into(&*dir).unwrap();
        let bytes = std::fs::read(dir.join("big")).unwrap();
        assert!(bytes.len() >= 20 << 20, "seed {seed}: {} bytes; {report}", bytes.len());
        assert!(bytes[(20 << 20) - 1] == 5, "seed {seed}: the oldest half is there in order");
        assert_eq!(report.files[0].unsynced, 5, "seed {seed}");
    }
}

/// The gateway's record is written and synced before the shop's row: whatever the moment, a row
/// that survived has its line in the record.
#[test]
fn database_and_record_lose_power_at_the_same_instant() {
    let mut rows_seen = 0;
    for seed in 0..100 {
        let machine = Machine::new(seed).unwrap();
        let settings = Settings { synchronous: "FULL", page_size: 1024, autocheckpoint: 10 };
        let db = open(&machine, settings).unwrap();
        db.execute_batch("CREATE TABLE paid (n INTEGER PRIMARY KEY)").unwrap();
        let record = machine.file("record.jsonl").unwrap();
        machine.arm(Cut::Within(150));
        let mut acknowledged = 0;
        loop {
            let pay = || -> Result<(), Box<dyn std::error::Error>> {
                record.append(&line(acknowledged))?;
                record.sync()?;
                db.execute("INSERT INTO paid VALUES (?1)", [acknowledged as i64])?;
                Ok(())
            };
            if pay().is_err() {
                break;
            }
            acknowledged += 1;
        }
        let dir = Fresh::new();
        let report = machine.restore_into(&*dir).unwrap();
        let bytes = std::fs::read(dir.join("record.jsonl")).unwrap_or_default();
        let (lines, _) = parse(&bytes);
        let after = Connection::open(dir.join("ledger.db")).unwrap();
        let rows: u64 = after
            .query_row("SELECT count(*) FROM paid", [], |row| row.get::<_, i64>(0))
            .unwrap() as u64;
        assert!(rows >= acknowledged && lines >= rows, "seed {seed}: {lines} {rows}; {report}");
        rows_seen += rows;
    }
    assert!(rows_seen > 1_000, "{rows_seen}");
}
