//! The port of the outbox: rows in order of writing, deleted when every consumer has them.
//!
//! There is no index by lane: what waits is short, or a backlog that is read from its beginning.

use crate::store::{Priority, Store};
use crate::tx::Tx;
use async_trait::async_trait;
use rusqlite::Row;
use souk_kernel::{
    Aggregate, Event, LANES, Lag, Outbox, Parked, PortError, Seq, Timestamp, lane_of,
};

/// Appends a fact, in the transaction of what it tells.
pub(crate) fn insert(tx: &Tx<'_>, event: &Event) -> Result<(), PortError> {
    tx.execute(
        "INSERT INTO outbox (lane, aggregate, number, kind, body, at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        (
            lane_of(event.aggregate),
            event.aggregate.0.as_bytes(),
            event.number.cast_signed(),
            &event.kind,
            &event.body,
            event.at.0,
        ),
    )?;
    Ok(())
}

fn aggregate(bytes: [u8; 16]) -> Aggregate {
    Aggregate(souk_kernel::Id::<()>::from_bytes(bytes).uuid())
}

fn event(row: &Row<'_>) -> rusqlite::Result<(Seq, Event)> {
    let event = Event {
        aggregate: aggregate(row.get(1)?),
        number: row.get::<_, i64>(2)?.cast_unsigned(),
        kind: row.get(3)?,
        body: row.get(4)?,
        at: Timestamp(row.get(5)?),
    };
    Ok((Seq(row.get(0)?), event))
}

fn lease(
    tx: &Tx<'_>,
    owner: i64,
    at_most: u16,
    now: Timestamp,
    ttl_ms: i64,
) -> Result<Vec<u16>, PortError> {
    let rows = tx.rows("SELECT lane, owner, until FROM outbox_lane", [], |row| {
        Ok((row.get::<_, u16>(0)?, row.get::<_, i64>(1)?, row.get::<_, i64>(2)?))
    })?;
    let held = |lane: u16| rows.iter().find(|(l, _, until)| *l == lane && *until > now.0);
    let mine = |lane: &u16| held(*lane).is_some_and(|(_, o, _)| *o == owner);
    let free = |lane: &u16| held(*lane).is_none();
    let wanted: Vec<u16> =
        (0..LANES).filter(mine).chain((0..LANES).filter(free)).take(usize::from(at_most)).collect();
    tx.execute("DELETE FROM outbox_lane WHERE owner = ?1", [owner])?;
    for lane in &wanted {
        tx.execute(
            "INSERT INTO outbox_lane (lane, owner, until) VALUES (?1, ?2, ?3)
             ON CONFLICT (lane) DO UPDATE SET owner = excluded.owner, until = excluded.until",
            (lane, owner, now.plus_ms(ttl_ms).0),
        )?;
    }
    Ok(wanted)
}

/// Numbers that follow each other, as their first and last: what is done lies mostly together.
fn runs(facts: &[Seq]) -> Vec<(i64, i64)> {
    let mut sorted: Vec<i64> = facts.iter().map(|seq| seq.0).collect();
    sorted.sort_unstable();
    let mut runs: Vec<(i64, i64)> = Vec::new();
    for seq in sorted {
        match runs.last_mut() {
            Some((_, last)) if seq <= *last + 1 => *last = seq,
            _ => runs.push((seq, seq)),
        }
    }
    runs
}

#[async_trait]
impl Outbox for Store {
    async fn lease(
        &self,
        owner: u64,
        at_most: u16,
        now: Timestamp,
        ttl_ms: i64,
    ) -> Result<Vec<u16>, PortError> {
        let owner = owner.cast_signed();
        self.write(Priority::Background, move |tx| lease(tx, owner, at_most, now, ttl_ms)).await
    }

    async fn pending(&self, lanes: &[u16], limit: usize) -> Result<Vec<(Seq, Event)>, PortError> {
        if lanes.is_empty() {
            return Ok(Vec::new());
        }
        let only = if lanes.len() == usize::from(LANES) {
            String::new()
        } else {
            let lanes: Vec<String> = lanes.iter().map(ToString::to_string).collect();
            format!("AND o.lane IN ({})", lanes.join(","))
        };
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        self.read(|conn| {
            let sql = format!(
                "SELECT o.seq, o.aggregate, o.number, o.kind, o.body, o.at FROM outbox o
                 WHERE NOT EXISTS (SELECT 1 FROM outbox_parked p WHERE p.aggregate = o.aggregate)
                 {only} ORDER BY o.seq LIMIT ?1"
            );
            let mut statement = conn.prepare_cached(&sql)?;
            let rows = statement.query_map([limit], event)?;
            rows.collect()
        })
    }

    async fn done(&self, facts: Vec<Seq>) -> Result<(), PortError> {
        // Small pieces: purchases wait behind each of them.
        for piece in facts.chunks(512) {
            let runs = runs(piece);
            self.write(Priority::Background, move |tx| {
                for (first, last) in &runs {
                    tx.execute("DELETE FROM outbox WHERE seq BETWEEN ?1 AND ?2", [first, last])?;
                }
                Ok(())
            })
            .await?;
        }
        Ok(())
    }

    async fn park(&self, aggregate: Aggregate, seq: Seq, reason: String) -> Result<(), PortError> {
        self.write(Priority::Background, move |tx| {
            tx.execute(
                "INSERT OR IGNORE INTO outbox_parked (aggregate, seq, reason, at)
                 VALUES (?1, ?2, ?3, ?4)",
                (aggregate.0.as_bytes(), seq.0, &reason, tx.now.0),
            )?;
            Ok(())
        })
        .await
    }

    async fn unpark(&self, aggregate: Aggregate) -> Result<bool, PortError> {
        self.write(Priority::Background, move |tx| {
            let sql = "DELETE FROM outbox_parked WHERE aggregate = ?1";
            Ok(tx.execute(sql, [aggregate.0.as_bytes()])? == 1)
        })
        .await
    }

    async fn parked(&self, limit: usize) -> Result<Vec<Parked>, PortError> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        self.read(|conn| {
            let sql = "SELECT aggregate, seq, reason, at FROM outbox_parked ORDER BY at LIMIT ?1";
            let mut statement = conn.prepare_cached(sql)?;
            let rows = statement.query_map([limit], |row| {
                Ok(Parked {
                    aggregate: aggregate(row.get(0)?),
                    seq: Seq(row.get(1)?),
                    reason: row.get(2)?,
                    at: Timestamp(row.get(3)?),
                })
            })?;
            rows.collect()
        })
    }

    async fn lag(&self, now: Timestamp) -> Result<Lag, PortError> {
        self.read(|conn| {
            let sql = "SELECT count(*), coalesce(min(at), ?1) FROM outbox o
                       WHERE NOT EXISTS (SELECT 1 FROM outbox_parked p WHERE p.aggregate = o.aggregate)";
            conn.prepare_cached(sql)?.query_row([now.0], |row| {
                let oldest = Timestamp(row.get(1)?);
                let count = row.get::<_, i64>(0)?.cast_unsigned();
                Ok(Lag { count, oldest_ms: now.since(oldest).max(0) })
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_hold_what_was_given_and_nothing_else() {
        let given = |list: &[i64]| runs(&list.iter().copied().map(Seq).collect::<Vec<_>>());
        assert_eq!(given(&[]), []);
        assert_eq!(given(&[7, 3, 4, 5, 9, 4]), [(3, 5), (7, 7), (9, 9)]);
    }
}
