//! Idempotency claims: rows in order of time, and an index of the last day's in memory.
//!
//! An index on disk would be keyed by what clients choose, that is at random: each order would dirty
//! another page, and a store with a million orders would lose a third of its rate. So the writer keeps
//! 64 bits of each digest in memory, 16 bytes a claim, and reads the row to compare the whole. Two
//! claims of a day that share 64 bits (at ten million claims: less than once in 10⁵ days) would make
//! the younger one hide the older.

use crate::store::sql_error;
use crate::tx::Tx;
use rusqlite::Connection;
use souk_kernel::{Claim, ClaimKey, DAY_MS, PortError, Timestamp};
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// How long a key is remembered.
pub(crate) const KEEP_MS: i64 = DAY_MS;

/// A digest is its own hash.
#[derive(Default)]
pub(crate) struct Same(u64);

impl Hasher for Same {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|b| self.0 = self.0.rotate_left(8) ^ u64::from(*b));
    }
    fn write_u64(&mut self, n: u64) {
        self.0 = n;
    }
}

pub(crate) struct Claims {
    by_print: HashMap<u64, i64, BuildHasherDefault<Same>>,
    next_seq: i64,
}

/// What a key was claimed for.
pub(crate) struct Claimed {
    pub(crate) request: [u8; 16],
    pub(crate) subject: [u8; 16],
}

impl Claims {
    pub(crate) fn load(conn: &Connection, now: Timestamp) -> Result<Self, PortError> {
        let mut claims = Self { by_print: HashMap::default(), next_seq: 1 };
        claims.reload(conn, now)?;
        Ok(claims)
    }

    pub(crate) fn reload(&mut self, conn: &Connection, now: Timestamp) -> Result<(), PortError> {
        self.by_print.clear();
        let mut read = || -> rusqlite::Result<()> {
            let last: Option<i64> =
                conn.query_row("SELECT max(seq) FROM claim", [], |r| r.get(0))?;
            self.next_seq = last.unwrap_or(0) + 1;
            // Newest first, so that the scan ends with the day.
            let mut rows = conn.prepare("SELECT seq, digest, at FROM claim ORDER BY seq DESC")?;
            let mut rows = rows.query([])?;
            let since = now.plus_ms(-KEEP_MS).0;
            while let Some(row) = rows.next()? {
                if row.get::<_, i64>(2)? < since {
                    break;
                }
                self.by_print.insert(print(&row.get::<_, [u8; 16]>(1)?), row.get(0)?);
            }
            Ok(())
        };
        read().map_err(|e| sql_error(&e))
    }

    /// Forgets what is older than a day: `up_to` and before.
    pub(crate) fn forget(&mut self, digest: &[u8; 16], up_to: i64) {
        if self.by_print.get(&print(digest)).is_some_and(|seq| *seq <= up_to) {
            self.by_print.remove(&print(digest));
        }
    }
}

/// The digest of a principal and their key.
pub(crate) fn digest(key: &ClaimKey) -> [u8; 16] {
    *souk_orders::derived::<()>(key, "claim").bytes()
}

fn print(digest: &[u8; 16]) -> u64 {
    let mut half = [0; 8];
    half.copy_from_slice(&digest[..8]);
    u64::from_be_bytes(half)
}

/// What a key was claimed for, if it was.
pub(crate) fn find(tx: &Tx<'_>, digest: &[u8; 16]) -> Result<Option<Claimed>, PortError> {
    let Some(seq) = tx.state.claims.by_print.get(&print(digest)) else { return Ok(None) };
    tx.first(
        "SELECT request, subject FROM claim WHERE seq = ?1 AND digest = ?2",
        (seq, digest),
        |row| Ok(Claimed { request: row.get(0)?, subject: row.get(1)? }),
    )
}

/// Claims a key that [`find`] did not find.
pub(crate) fn insert(
    tx: &mut Tx<'_>,
    digest: &[u8; 16],
    claim: &Claim,
    subject: &[u8; 16],
) -> Result<(), PortError> {
    let seq = tx.state.claims.next_seq;
    tx.execute(
        "INSERT INTO claim (seq, digest, request, subject, at) VALUES (?1, ?2, ?3, ?4, ?5)",
        (seq, digest, &claim.request, subject, claim.at.0),
    )?;
    tx.state.claims.next_seq += 1;
    tx.state.claims.by_print.insert(print(digest), seq);
    Ok(())
}

/// Drops claims older than a day, at most `limit`; says how many.
pub(crate) fn prune(tx: &mut Tx<'_>, limit: usize) -> Result<usize, PortError> {
    let old = tx.rows(
        "SELECT seq, digest, at FROM claim ORDER BY seq LIMIT ?1",
        [i64::try_from(limit).unwrap_or(i64::MAX)],
        |row| Ok((row.get::<_, i64>(0)?, row.get::<_, [u8; 16]>(1)?, row.get::<_, i64>(2)?)),
    )?;
    let since = tx.now.plus_ms(-KEEP_MS).0;
    let old: Vec<_> = old.into_iter().take_while(|(_, _, at)| *at < since).collect();
    let Some((last, _, _)) = old.last() else { return Ok(0) };
    tx.execute("DELETE FROM claim WHERE seq <= ?1", [last])?;
    for (seq, digest, _) in &old {
        tx.state.claims.forget(digest, *seq);
    }
    Ok(old.len())
}

impl crate::Store {
    /// Drops idempotency claims older than a day, at most `limit`; says how many.
    ///
    /// # Errors
    /// The engine's.
    pub async fn prune_claims(&self, limit: usize) -> Result<usize, PortError> {
        self.write(crate::Priority::Background, move |tx| prune(tx, limit)).await
    }
}
