//! Second factors: rows, and the proof that counts once.

use super::{open, write};
use crate::tx::Tx;
use rusqlite::{Connection, OptionalExtension};
use souk_kernel::PortError;
use souk_staff::port::{Factor, NewFactor, Proof, Prove};
use souk_staff::{AuditEntry, StaffId};

pub(super) fn read(conn: &Connection, member: StaffId) -> rusqlite::Result<Option<Factor>> {
    let sql = "SELECT f.sealed, f.last_step,
                 (SELECT count(*) FROM staff_recovery r WHERE r.staff = f.staff)
               FROM staff_factor f WHERE f.staff = ?1";
    conn.prepare_cached(sql)?
        .query_row([member.key()], |row| {
            let recovery: i64 = row.get(2)?;
            Ok(Factor {
                sealed: row.get(0)?,
                last_step: row.get::<_, i64>(1)?.cast_unsigned(),
                recovery: usize::try_from(recovery).unwrap_or_default(),
            })
        })
        .optional()
}

pub(super) fn put(tx: &Tx<'_>, intent: &NewFactor) -> Result<bool, PortError> {
    let key = intent.member.key();
    let written = tx.execute(
        "INSERT INTO staff_factor (staff, sealed, last_step)
         SELECT key, ?2, ?3 FROM staff WHERE key = ?1 AND id = ?4
         ON CONFLICT (staff) DO NOTHING",
        (key, &intent.sealed, intent.step.cast_signed(), intent.member.bytes()),
    )?;
    if written == 0 {
        return Ok(false);
    }
    for code in &intent.recovery {
        let sql = "INSERT OR IGNORE INTO staff_recovery (staff, digest) VALUES (?1, ?2)";
        tx.execute(sql, (key, code.bytes()))?;
    }
    let others = "DELETE FROM staff_session WHERE staff = ?1 AND token <> ?2";
    tx.execute(others, (key, intent.session.bytes()))?;
    write(tx, &intent.entry)?;
    Ok(true)
}

/// Uses a proof up, if it counts.
fn takes(tx: &Tx<'_>, member: StaffId, proof: Proof) -> Result<bool, PortError> {
    let used = match proof {
        Proof::Code(step) => {
            let sql = "UPDATE staff_factor SET last_step = ?2 WHERE staff = ?1 AND last_step < ?2";
            tx.execute(sql, (member.key(), step.cast_signed()))?
        }
        Proof::Recovery(code) => {
            let sql = "DELETE FROM staff_recovery WHERE staff = ?1 AND digest = ?2";
            tx.execute(sql, (member.key(), code.bytes()))?
        }
    };
    Ok(used == 1)
}

/// Nothing is written before the session is known to wait and the new digest to be free.
pub(super) fn prove(tx: &Tx<'_>, intent: &Prove) -> Result<Result<bool, PortError>, PortError> {
    let member = intent.session.member;
    let taken = "SELECT 1 FROM staff_session WHERE token = ?1";
    if tx.first(taken, [intent.session.token.bytes()], |_| Ok(()))?.is_some() {
        return Ok(Err(PortError::Conflict("the session exists".into())));
    }
    let waits = "SELECT 1 FROM staff_session WHERE token = ?1 AND staff = ?2 AND proven = 0";
    let of = (intent.waiting.bytes(), member.key());
    if tx.first(waits, of, |_| Ok(()))?.is_none() || !takes(tx, member, intent.proof)? {
        return Ok(Ok(false));
    }
    tx.execute("DELETE FROM staff_session WHERE token = ?1", [intent.waiting.bytes()])?;
    open(tx, &intent.session)
}

pub(super) fn forget(tx: &Tx<'_>, member: StaffId, line: &AuditEntry) -> Result<bool, PortError> {
    let key = member.key();
    if tx.execute("DELETE FROM staff_factor WHERE staff = ?1", [key])? == 0 {
        return Ok(false);
    }
    tx.execute("DELETE FROM staff_recovery WHERE staff = ?1", [key])?;
    tx.execute("DELETE FROM staff_session WHERE staff = ?1", [key])?;
    write(tx, line)?;
    Ok(true)
}
