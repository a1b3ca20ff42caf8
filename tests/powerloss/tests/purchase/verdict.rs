//! The judges of what is left: the independent checker, the reconciler, and what buyers were told.

use crate::diary::{Diary, Told};
use crate::gateway::RECORD;
use rusqlite::Connection;
use souk_checker::{Evidence, Options};
use souk_sandbox::{Gateway, Status};
use std::path::Path;
use std::sync::Arc;

/// The disk as the cut left it, before any program of the shop has looked at it. The checker recovers
/// SQLite's log by itself and reads the record up to its torn end.
pub fn as_it_lies(dir: &Path, diary: &Diary) -> Vec<String> {
    let mut findings = Vec::new();
    match integrity(dir) {
        Ok(state) if state == "ok" => {}
        // Cut while the file came into being: nobody can have been answered.
        Ok(_) | Err(_) if diary.answered() == 0 => return findings,
        Ok(state) => findings.push(format!("the database is not sound: {state}")),
        Err(error) => findings.push(format!("the database can't be read: {error}")),
    }
    checked(dir, diary, Options { settled: false }, &mut findings);
    findings
}

/// The shop after recovery, sweep and relay have come to rest, closed.
pub async fn at_rest(dir: &Path, diary: &Diary, gateway: &Arc<Gateway>) -> Vec<String> {
    let mut findings = Vec::new();
    checked(dir, diary, Options { settled: true }, &mut findings);
    let (db, record) = (dir.join("souk.db"), dir.join(RECORD));
    match souk_reconcile::reconcile(&db, Some(&record), &souk_reconcile::Options::default()) {
        Ok(report) if report.is_clean() => {}
        Ok(report) => findings.push(format!("reconcile: {report}")),
        Err(error) => findings.push(format!("reconcile: {error}")),
    }
    findings.extend(diary.answered_twice_differently());
    for told in diary.told() {
        match holds(dir, &told, gateway).await {
            Ok(true) => {}
            Ok(false) => findings.push(format!("told, and not so: {told:?}")),
            Err(error) => findings.push(format!("told: {told:?}: {error}")),
        }
    }
    findings
}

fn checked(dir: &Path, diary: &Diary, options: Options, findings: &mut Vec<String>) {
    let log = dir.join("answers.jsonl");
    diary.write(&log);
    match souk_checker::judge(&Evidence::of_data_folder(dir, Some(log)), options) {
        Ok(report) if report.is_clean() => {}
        Ok(report) => findings.push(format!("checker, {options:?}: {report}")),
        // A shop without tables has lost nothing if it never promised anything.
        Err(_) if diary.answered() == 0 => {}
        Err(error) => findings.push(format!("checker, {options:?}: {error}")),
    }
}

fn integrity(dir: &Path) -> rusqlite::Result<String> {
    let flags = rusqlite::OpenFlags::SQLITE_OPEN_READ_WRITE;
    let conn = Connection::open_with_flags(dir.join("souk.db"), flags)?;
    conn.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))
}

async fn holds(dir: &Path, told: &Told, gateway: &Arc<Gateway>) -> Result<bool, String> {
    let conn = Connection::open(dir.join("souk.db")).map_err(|e| e.to_string())?;
    let many = |sql: &str, id: &[u8]| {
        conn.query_row(sql, [id], |row| row.get::<_, i64>(0)).map_err(|e| e.to_string())
    };
    match told {
        Told::Cancelled(order) => {
            let sql = "SELECT count(*) FROM orders WHERE id = ?1 AND state = 'cancelled'";
            Ok(many(sql, order.bytes())? == 1)
        }
        Told::Refunded(refund, amount) => {
            let sql = "SELECT ifnull(sum(minor), 0) FROM refund
                       WHERE id = ?1 AND state = 'succeeded'";
            Ok(many(sql, refund.bytes())? == amount.minor)
        }
        Told::Started(checkout) => {
            let sql = "SELECT count(*) FROM hold WHERE checkout_id = ?1";
            Ok(many(sql, checkout.bytes())? == 1)
        }
        Told::Approved(order) => {
            let found = gateway.lookup(&format!("order_{order}")).await;
            let found = found.map_err(|e| e.to_string())?;
            let kept =
                |status| matches!(status, Status::Authorized | Status::Captured | Status::Voided);
            Ok(found.is_some_and(|there| kept(there.status)))
        }
    }
}
