//! Idempotency claims: each key once within its day, each for what was written with it.

use crate::ids;
use crate::report::{Collector, Named};
use crate::sql::{self, Check};
use rusqlite::{CachedStatement, Connection, OptionalExtension};

const INVARIANT: &str = "same-key-same-answer";

/// Run only where two digests begin alike. A key is remembered for a day; then it may be claimed anew.
const TWICE: Check = Check {
    invariant: INVARIANT,
    sql: "SELECT before AS claim, seq AS claim, subject_before AS subject, subject,
            'one key is claimed twice within a day' AS what
          FROM (SELECT seq, subject, at, lag(seq) OVER w AS before, lag(at) OVER w AS at_before,
                       lag(subject) OVER w AS subject_before
                FROM claim WINDOW w AS (PARTITION BY digest ORDER BY seq))
          WHERE before IS NOT NULL AND at < at_before + 86400000",
};

/// Checks every claim that is kept.
pub fn check(conn: &Connection, found: &mut Collector) -> rusqlite::Result<()> {
    let mut order =
        conn.prepare_cached("SELECT created_at FROM orders WHERE key = ?1 AND id = ?2")?;
    let mut checkout =
        conn.prepare_cached("SELECT created_at FROM checkout WHERE key = ?1 AND id = ?2")?;
    let mut statement = conn.prepare("SELECT seq, digest, subject, at FROM claim ORDER BY seq")?;
    let mut rows = statement.query([])?;
    let mut prints: Vec<u64> = Vec::new();
    let mut before: Option<i64> = None;
    while let Some(row) = rows.next()? {
        let seq: i64 = row.get(0)?;
        let claim = |seq: i64| Named::new("claim", seq.to_string());
        // Claims leave at the old end only.
        if let Some(before) = before.filter(|before| before + 1 != seq) {
            let what = format!("is missing, and all up to {}", seq - 1);
            found.add(INVARIANT, vec![claim(before + 1)], what);
        }
        before = Some(seq);
        let digest = row.get_ref(1)?.as_blob().unwrap_or_default();
        prints.push(digest.iter().take(8).fold(0, |print, byte| print << 8 | u64::from(*byte)));
        // The claim and what it guards are written together, at one time.
        let subject = row.get_ref(2)?.as_blob().unwrap_or_default();
        let made = match made(&mut order, subject)? {
            None => made(&mut checkout, subject)?,
            order => order,
        };
        let what = match made {
            None => "its key was answered with an order or checkout that is not there",
            Some(made) if made != row.get::<_, i64>(3)? => {
                "is of another time than the order or checkout that it is for"
            }
            Some(_) => continue,
        };
        found.add(INVARIANT, vec![claim(seq), Named::new("subject", ids::text(subject))], what);
    }
    found.checked("claims", prints.len() as u64);
    prints.sort_unstable();
    if prints.windows(2).any(|pair| pair[0] == pair[1]) {
        sql::run(conn, &[TWICE], found)?;
    }
    Ok(())
}

/// When a subject was made, if it is there.
fn made(find: &mut CachedStatement<'_>, subject: &[u8]) -> rusqlite::Result<Option<i64>> {
    let Ok(id) = <[u8; 16]>::try_from(subject) else { return Ok(None) };
    find.query_row((ids::key(&id), id), |row| row.get(0)).optional()
}
