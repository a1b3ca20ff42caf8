//! A small ledger under group commit, with checkpoints from all sides, and its judge.
//!
//! The workload remembers what was acknowledged: a group counts once `COMMIT` has returned. The
//! judge opens what survived with SQLite's ordinary VFS and knows nothing of the simulator.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags};
use souk_powerloss::{Machine, Rng};

/// How a database is set up.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    pub synchronous: &'static str,
    pub page_size: u32,
    pub autocheckpoint: u32,
}

impl Settings {
    /// Settings that differ from seed to seed in everything but the durability asked for.
    pub fn seeded(synchronous: &'static str, rng: &mut Rng) -> Self {
        let page_size = [512, 1024, 4096][rng.below(3) as usize];
        let autocheckpoint = [5, 12, 40, 1000][rng.below(4) as usize];
        Self { synchronous, page_size, autocheckpoint }
    }
}

/// Where the power loss was noticed first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stop {
    Opening,
    Statement,
    Commit,
    Checkpoint,
    Closing,
    Never,
}

/// What a client of the ledger knows.
#[derive(Clone, Debug, Default)]
pub struct Journal {
    /// Groups whose commit was asked for, in order, with their sizes.
    pub asked: Vec<(i64, i64)>,
    /// Those whose commit returned without an error: a prefix, one life at a time.
    pub acknowledged: Vec<i64>,
}

pub fn open(machine: &Machine, settings: Settings) -> rusqlite::Result<Connection> {
    let path = machine.root().join("ledger.db");
    let db = Connection::open_with_flags_and_vfs(path, OpenFlags::default(), machine.vfs_name())?;
    // One thread drives all connections: waiting for another one would be in vain.
    db.busy_timeout(std::time::Duration::ZERO)?;
    db.pragma_update(None, "page_size", settings.page_size)?;
    db.pragma_update(None, "journal_mode", "WAL")?;
    db.pragma_update(None, "synchronous", settings.synchronous)?;
    db.pragma_update(None, "wal_autocheckpoint", settings.autocheckpoint)?;
    // A small cache spills pages into the WAL before the commit.
    db.pragma_update(None, "cache_size", 12)?;
    Ok(db)
}

pub fn create_tables(db: &Connection) -> rusqlite::Result<()> {
    db.execute_batch(
        "BEGIN IMMEDIATE;
         CREATE TABLE IF NOT EXISTS groups (id INTEGER PRIMARY KEY, size INTEGER NOT NULL);
         CREATE TABLE IF NOT EXISTS ledger (
             id INTEGER PRIMARY KEY, grp INTEGER NOT NULL, account INTEGER NOT NULL,
             amount INTEGER NOT NULL, note BLOB NOT NULL);
         CREATE INDEX IF NOT EXISTS ledger_by_account ON ledger (account, grp);
         CREATE TABLE IF NOT EXISTS account (id INTEGER PRIMARY KEY, balance INTEGER NOT NULL);
         COMMIT;",
    )
}

/// One group of orders in one transaction.
pub fn commit_group(
    db: &Connection,
    group: i64,
    rng: &mut Rng,
    journal: &mut Journal,
) -> Result<(), Stop> {
    let size = rng.below(8) as i64 + 1;
    let mut fill = || -> rusqlite::Result<()> {
        db.execute_batch("BEGIN IMMEDIATE")?;
        db.prepare_cached("INSERT INTO groups VALUES (?1, ?2)")?.execute([group, size])?;
        for _ in 0..size {
            let (account, amount) = (rng.below(40) as i64, rng.below(1000) as i64 - 300);
            let len = rng.below(600) as usize;
            let note = rng.bytes(len);
            db.prepare_cached(
                "INSERT INTO ledger (grp, account, amount, note) VALUES (?, ?, ?, ?)",
            )?
            .execute((group, account, amount, note))?;
            db.prepare_cached(
                "INSERT INTO account VALUES (?1, ?2)
                 ON CONFLICT (id) DO UPDATE SET balance = balance + ?2",
            )?
            .execute([account, amount])?;
        }
        Ok(())
    };
    fill().map_err(|_| Stop::Statement)?;
    journal.asked.push((group, size));
    db.execute_batch("COMMIT").map_err(|_| Stop::Commit)?;
    journal.acknowledged.push(group);
    Ok(())
}

/// Works on the ledger in sessions, from one thread over a writer, a checkpointing and a reading
/// connection, until the power goes or `sessions` have ended.
pub fn work(
    machine: &Machine,
    settings: Settings,
    life: i64,
    sessions: u32,
    rng: &mut Rng,
    journal: &mut Journal,
) -> Stop {
    let mut group = life * 1_000_000;
    for _ in 0..sessions {
        if let Err(stop) = session(machine, settings, &mut group, rng, journal) {
            return stop;
        }
    }
    Stop::Never
}

fn session(
    machine: &Machine,
    settings: Settings,
    group: &mut i64,
    rng: &mut Rng,
    journal: &mut Journal,
) -> Result<(), Stop> {
    let connect = || open(machine, settings).map_err(|_| Stop::Opening);
    let (writer, side, reader) = (connect()?, connect()?, connect()?);
    create_tables(&writer).map_err(|_| Stop::Opening)?;
    for _ in 0..10 + rng.below(10) {
        *group += 1;
        commit_group(&writer, *group, rng, journal)?;
        let kind = match rng.below(12) {
            0..3 => "PASSIVE",
            3 => "FULL",
            4 => "RESTART",
            5 => "TRUNCATE",
            _ => "",
        };
        if !kind.is_empty() {
            side.query_row(&format!("PRAGMA wal_checkpoint({kind})"), [], |_| Ok(()))
                .map_err(|_| Stop::Checkpoint)?;
        }
        // An open snapshot holds checkpoints back half-way.
        let toggle = match (rng.below(6), reader.is_autocommit()) {
            (0, true) => "BEGIN; SELECT count(*) FROM groups",
            (0..3, false) => "ROLLBACK",
            _ => "",
        };
        reader.execute_batch(toggle).map_err(|_| Stop::Statement)?;
    }
    for db in [reader, side, writer] {
        db.close().map_err(|_| Stop::Closing)?;
    }
    // The last connection to close checkpoints and deletes the WAL, and hides its failures.
    if machine.is_off() { Err(Stop::Closing) } else { Ok(()) }
}

/// What the judge finds in what survived.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    /// Acknowledged groups that are not there.
    pub lost: usize,
    /// Why the database is not sound: unreadable, failed integrity check, half a group,
    /// balances that don't match, a group missing before a later one.
    pub unsound: Option<String>,
}

impl Verdict {
    pub fn clean(&self) -> bool {
        self.lost == 0 && self.unsound.is_none()
    }
}

pub fn judge(dir: &Path, journal: &Journal) -> Verdict {
    match look(dir) {
        Err(error) => {
            Verdict { lost: journal.acknowledged.len(), unsound: Some(error.to_string()) }
        }
        Ok(found) => {
            let lost =
                journal.acknowledged.iter().filter(|id| !found.groups.contains_key(id)).count();
            Verdict { lost, unsound: found.unsound.or_else(|| hole(&found.groups, journal)) }
        }
    }
}

#[derive(Default)]
struct Found {
    groups: BTreeMap<i64, i64>,
    unsound: Option<String>,
}

fn look(dir: &Path) -> rusqlite::Result<Found> {
    let path = dir.join("ledger.db");
    if !path.exists() {
        return Ok(Found::default());
    }
    let db = Connection::open(path)?;
    let check: String = db.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))?;
    if check != "ok" {
        return Ok(Found { unsound: Some(check), ..Found::default() });
    }
    let tables: i64 =
        db.query_row("SELECT count(*) FROM sqlite_schema WHERE type = 'table'", [], |r| r.get(0))?;
    if tables == 0 {
        return Ok(Found::default());
    }
    let mut groups = BTreeMap::new();
    let mut unsound = None;
    let mut rows = db.prepare(
        "SELECT g.id, g.size, (SELECT count(*) FROM ledger WHERE grp = g.id) FROM groups g",
    )?;
    let rows = rows.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    for row in rows {
        let (id, size, lines): (i64, i64, i64) = row?;
        groups.insert(id, size);
        if size != lines {
            unsound = Some(format!("group {id} has {lines} of its {size} lines"));
        }
    }
    let wrong: i64 = db.query_row(
        "SELECT (SELECT count(*) FROM account a WHERE balance !=
                     (SELECT sum(amount) FROM ledger WHERE account = a.id))
              + (SELECT count(*) FROM ledger WHERE grp NOT IN (SELECT id FROM groups))
              + (SELECT count(DISTINCT account) FROM ledger) - (SELECT count(*) FROM account)",
        [],
        |row| row.get(0),
    )?;
    if wrong != 0 {
        unsound = Some(format!("{wrong} balances or lines don't match"));
    }
    Ok(Found { groups, unsound })
}

/// Commits are ordered: what is there must be a prefix of what was asked for, life by life.
fn hole(found: &BTreeMap<i64, i64>, journal: &Journal) -> Option<String> {
    let life = |id: i64| id / 1_000_000;
    let mut missing: Option<i64> = None;
    for (id, size) in &journal.asked {
        match found.get(id) {
            None => missing = Some(*id),
            Some(stored) if stored != size => return Some(format!("group {id} changed its size")),
            Some(_) => {
                if let Some(before) = missing.filter(|before| life(*before) == life(*id)) {
                    return Some(format!("group {id} is there without {before} before it"));
                }
            }
        }
    }
    let asked = |id: &i64| journal.asked.iter().any(|(asked, _)| asked == id);
    found.keys().find(|id| !asked(id)).map(|id| format!("group {id} was never asked for"))
}

/// A directory that doesn't exist yet and goes with its value.
pub struct Fresh(PathBuf);

impl Fresh {
    pub fn new() -> Self {
        static NEXT: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(0);
        let number = NEXT.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let name = format!("souk-powerloss-test-{}-{number}", std::process::id());
        Self(std::env::temp_dir().join(name))
    }
}

impl std::ops::Deref for Fresh {
    type Target = Path;

    fn deref(&self) -> &Path {
        &self.0
    }
}

impl Drop for Fresh {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
