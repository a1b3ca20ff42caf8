//! The port of ways to pay that shoppers keep.

use crate::store::{Priority, Store};
use crate::tx::Tx;
use async_trait::async_trait;
use rusqlite::Row;
use souk_kernel::{PortError, SavedMethodId, Timestamp, UserId};
use souk_payments::{CardFace, KEPT_MAX, SaveRefusal, SavedMethod, SavedMethods};

const OF_USER: &str =
    "SELECT id, user, gateway, token, brand, last4, expires, is_default, created_at
  FROM saved_method WHERE user = ?1 ORDER BY is_default DESC, created_at DESC, id DESC";

fn method(row: &Row<'_>) -> rusqlite::Result<SavedMethod> {
    Ok(SavedMethod {
        id: SavedMethodId::from_bytes(row.get(0)?),
        user: UserId::from_bytes(row.get(1)?),
        gateway: row.get(2)?,
        token: row.get(3)?,
        face: CardFace { brand: row.get(4)?, last4: row.get(5)?, expires: row.get(6)? },
        is_default: row.get(7)?,
        created_at: Timestamp(row.get(8)?),
    })
}

fn all(tx: &Tx<'_>, user: UserId) -> Result<Vec<SavedMethod>, PortError> {
    tx.rows(OF_USER, [user.bytes()], method)
}

fn insert(tx: &Tx<'_>, new: &SavedMethod) -> Result<Result<SavedMethod, SaveRefusal>, PortError> {
    let all = all(tx, new.user)?;
    let same = |m: &&SavedMethod| m.gateway == new.gateway && m.token == new.token;
    if let Some(there) = all.iter().find(same) {
        return Ok(Ok(there.clone()));
    }
    if all.len() >= KEPT_MAX {
        return Ok(Err(SaveRefusal::Full));
    }
    let kept = SavedMethod { is_default: all.is_empty(), ..new.clone() };
    tx.execute(
        "INSERT INTO saved_method
           (user, id, gateway, token, brand, last4, expires, is_default, created_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        (
            kept.user.bytes(),
            kept.id.bytes(),
            &kept.gateway,
            &kept.token,
            &kept.face.brand,
            &kept.face.last4,
            &kept.face.expires,
            kept.is_default,
            kept.created_at.0,
        ),
    )?;
    Ok(Ok(kept))
}

fn delete(tx: &Tx<'_>, user: UserId, id: SavedMethodId) -> Result<Option<SavedMethod>, PortError> {
    let Some(gone) = all(tx, user)?.into_iter().find(|m| m.id == id) else { return Ok(None) };
    tx.execute("DELETE FROM saved_method WHERE user = ?1 AND id = ?2", (user.bytes(), id.bytes()))?;
    if gone.is_default {
        tx.execute(
            "UPDATE saved_method SET is_default = 1 WHERE user = ?1 AND id =
               (SELECT id FROM saved_method WHERE user = ?1 ORDER BY created_at DESC, id DESC LIMIT 1)",
            [user.bytes()],
        )?;
    }
    Ok(Some(gone))
}

fn prefer(tx: &Tx<'_>, user: UserId, id: SavedMethodId) -> Result<bool, PortError> {
    if !all(tx, user)?.iter().any(|m| m.id == id) {
        return Ok(false);
    }
    // One is the default at any moment: the old one goes first.
    tx.execute(
        "UPDATE saved_method SET is_default = 0 WHERE user = ?1 AND is_default",
        [user.bytes()],
    )?;
    tx.execute(
        "UPDATE saved_method SET is_default = 1 WHERE user = ?1 AND id = ?2",
        (user.bytes(), id.bytes()),
    )?;
    Ok(true)
}

#[async_trait]
impl SavedMethods for Store {
    async fn keep(&self, new: SavedMethod) -> Result<SavedMethod, SaveRefusal> {
        self.write(Priority::Background, move |tx| insert(tx, &new)).await?
    }

    async fn remove(
        &self,
        user: UserId,
        id: SavedMethodId,
    ) -> Result<Option<SavedMethod>, PortError> {
        self.write(Priority::Background, move |tx| delete(tx, user, id)).await
    }

    async fn prefer(&self, user: UserId, id: SavedMethodId) -> Result<bool, PortError> {
        self.write(Priority::Background, move |tx| prefer(tx, user, id)).await
    }

    async fn of_user(&self, user: UserId) -> Result<Vec<SavedMethod>, PortError> {
        self.read(|conn| {
            let mut statement = conn.prepare_cached(OF_USER)?;
            let rows = statement.query_map([user.bytes()], method)?;
            rows.collect()
        })
    }
}
