//! What somebody declined to be told: a row a user, from the first mail or wish on.

use crate::store::{Priority, Store};
use crate::tx::Tx;
use async_trait::async_trait;
use rusqlite::OptionalExtension;
use souk_kernel::{PortError, UserId};
use souk_notifications::{Preferences, Topic, Unsubscribe};
use std::collections::BTreeSet;

/// Topics as they are stored: names between blanks.
fn topics(text: &str) -> BTreeSet<Topic> {
    text.split(' ').filter_map(Topic::from_name).collect()
}

fn change(tx: &Tx<'_>, user: UserId, topic: Topic, declined: bool) -> Result<(), PortError> {
    let select = "SELECT declined FROM mail_preference WHERE user = ?1";
    let kept = tx.first(select, [user.bytes()], |row| row.get::<_, String>(0))?;
    let mut all = topics(&kept.unwrap_or_default());
    if declined {
        all.insert(topic);
    } else {
        all.remove(&topic);
    }
    let text = all.into_iter().map(Topic::name).collect::<Vec<_>>().join(" ");
    tx.execute(
        "INSERT INTO mail_preference (user, declined) VALUES (?1, ?2)
         ON CONFLICT (user) DO UPDATE SET declined = excluded.declined",
        (user.bytes(), text),
    )?;
    Ok(())
}

#[async_trait]
impl Preferences for Store {
    async fn declined(&self, user: UserId) -> Result<BTreeSet<Topic>, PortError> {
        self.read(|conn| {
            let select = "SELECT declined FROM mail_preference WHERE user = ?1";
            let mut select = conn.prepare_cached(select)?;
            let kept =
                select.query_row([user.bytes()], |row| row.get::<_, String>(0)).optional()?;
            Ok(topics(&kept.unwrap_or_default()))
        })
    }

    async fn decline(&self, user: UserId, topic: Topic, declined: bool) -> Result<(), PortError> {
        self.write(Priority::Background, move |tx| change(tx, user, topic, declined)).await
    }

    async fn secret(&self, user: UserId, fresh: [u8; 16]) -> Result<[u8; 16], PortError> {
        if let Some(kept) = self.given_secret(user).await? {
            return Ok(kept);
        }
        self.write(Priority::Background, move |tx| {
            tx.execute(
                "INSERT INTO mail_preference (user, declined, secret) VALUES (?1, '', ?2)
                 ON CONFLICT (user) DO UPDATE SET secret = coalesce(secret, excluded.secret)",
                (user.bytes(), fresh),
            )?;
            let select = "SELECT secret FROM mail_preference WHERE user = ?1";
            let kept = tx.first(select, [user.bytes()], |row| row.get::<_, [u8; 16]>(0))?;
            Ok(kept.unwrap_or(fresh))
        })
        .await
    }

    async fn given_secret(&self, user: UserId) -> Result<Option<[u8; 16]>, PortError> {
        self.read(|conn| {
            let mut select =
                conn.prepare_cached("SELECT secret FROM mail_preference WHERE user = ?1")?;
            let read = |row: &rusqlite::Row<'_>| row.get::<_, Option<[u8; 16]>>(0);
            Ok(select.query_row([user.bytes()], read).optional()?.flatten())
        })
    }

    async fn unsubscribe(&self, link: Unsubscribe) -> Result<bool, PortError> {
        self.write(Priority::Background, move |tx| {
            let select = "SELECT 1 FROM mail_preference WHERE user = ?1 AND secret = ?2";
            let known = tx.first(select, (link.user.bytes(), link.key), |_| Ok(()))?.is_some();
            if known {
                change(tx, link.user, link.topic, true)?;
            }
            Ok(known)
        })
        .await
    }

    async fn forget(&self, user: UserId) -> Result<(), PortError> {
        self.write(Priority::Background, move |tx| {
            tx.execute("DELETE FROM mail_preference WHERE user = ?1", [user.bytes()])?;
            Ok(())
        })
        .await
    }
}
