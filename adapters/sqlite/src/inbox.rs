//! The port of the inbox: gateways' messages, kept before they are answered.

use crate::inventory::spread;
use crate::store::{Priority, Store};
use crate::tx::Tx;
use async_trait::async_trait;
use souk_kernel::{Answers, PortError, Timestamp};
use souk_payments::{Backlog, Inbox, Message, MessageNo, Outcome, Waiting, Worked};

/// `true` if the message is new.
fn insert(tx: &Tx<'_>, message: &Message) -> Result<bool, PortError> {
    let rows = tx.execute(
        "INSERT INTO webhook_inbox (provider, event, kind, reference, received_at, state, tries, at)
         VALUES (?1, ?2, ?3, ?4, ?5, 'waiting', 0, ?5) ON CONFLICT (provider, event) DO NOTHING",
        (&message.provider, &message.event, &message.kind, &message.reference, message.at.0),
    )?;
    Ok(rows == 1)
}

fn end(tx: &Tx<'_>, worked: &Worked, now: Timestamp) -> Result<(), PortError> {
    let (state, at, why) = match &worked.outcome {
        Outcome::Done => ("done", now, None),
        Outcome::Again { at, why } => ("waiting", *at, Some(why)),
        Outcome::Parked { why } => ("parked", now, Some(why)),
    };
    tx.execute(
        "UPDATE webhook_inbox SET state = ?3, tries = tries + 1, at = ?4, why = ?5
         WHERE seq = ?1 AND tries = ?2 AND state = 'waiting'",
        (worked.no.0, worked.tries, state, at.0, why),
    )?;
    Ok(())
}

fn limited(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}

#[async_trait]
impl Inbox for Store {
    async fn keep(&self, messages: Vec<Message>) -> Answers<bool, PortError> {
        let many = messages.len();
        // A shopper who is on the way back from the bank waits for what it tells.
        let run = self.write(Priority::Purchase, move |tx| {
            messages.iter().map(|message| insert(tx, message).map(Ok)).collect()
        });
        spread::<_, PortError>(run.await, many)
    }

    async fn due(&self, now: Timestamp, limit: usize) -> Result<Vec<Waiting>, PortError> {
        self.read(|conn| {
            let sql = "SELECT seq, provider, event, kind, reference, received_at, tries
                       FROM webhook_inbox WHERE state = 'waiting' AND at <= ?1
                       ORDER BY at, seq LIMIT ?2";
            let mut statement = conn.prepare_cached(sql)?;
            let rows = statement.query_map((now.0, limited(limit)), |row| {
                Ok(Waiting {
                    no: MessageNo(row.get(0)?),
                    message: Message {
                        provider: row.get(1)?,
                        event: row.get(2)?,
                        kind: row.get(3)?,
                        reference: row.get(4)?,
                        at: Timestamp(row.get(5)?),
                    },
                    tries: row.get(6)?,
                })
            })?;
            rows.collect()
        })
    }

    async fn worked(&self, tries: Vec<Worked>, now: Timestamp) -> Result<(), PortError> {
        self.write(Priority::Background, move |tx| {
            tries.iter().try_for_each(|worked| end(tx, worked, now))
        })
        .await
    }

    async fn unpark(&self, no: MessageNo, now: Timestamp) -> Result<bool, PortError> {
        self.write(Priority::Background, move |tx| {
            let sql = "UPDATE webhook_inbox SET state = 'waiting', tries = 0, at = ?2
                       WHERE seq = ?1 AND state = 'parked'";
            Ok(tx.execute(sql, (no.0, now.0))? == 1)
        })
        .await
    }

    async fn prune(&self, before: Timestamp, limit: usize) -> Result<usize, PortError> {
        self.write(Priority::Background, move |tx| {
            let sql = "DELETE FROM webhook_inbox WHERE seq IN (SELECT seq FROM webhook_inbox
                         WHERE state = 'done' AND at < ?1 ORDER BY at LIMIT ?2)";
            tx.execute(sql, (before.0, limited(limit)))
        })
        .await
    }

    async fn backlog(&self, now: Timestamp) -> Result<Backlog, PortError> {
        self.read(|conn| {
            let sql = "SELECT
                (SELECT count(*) FROM webhook_inbox WHERE state = 'waiting'),
                (SELECT min(received_at) FROM webhook_inbox WHERE state = 'waiting'),
                (SELECT count(*) FROM webhook_inbox WHERE state = 'parked')";
            conn.prepare_cached(sql)?.query_row([], |row| {
                let oldest = row.get::<_, Option<i64>>(1)?.map_or(now, Timestamp);
                Ok(Backlog {
                    waiting: row.get::<_, i64>(0)?.unsigned_abs(),
                    oldest_ms: now.since(oldest).max(0),
                    parked: row.get::<_, i64>(2)?.unsigned_abs(),
                })
            })
        })
    }
}
