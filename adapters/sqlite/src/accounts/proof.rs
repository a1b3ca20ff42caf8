//! One-time tokens, and accounts that end.

use super::{conflict, devices, get_user, unreadable};
use crate::store::{Priority, Store};
use crate::tx::Tx;
use async_trait::async_trait;
use rusqlite::{OptionalExtension, Row};
use souk_accounts::port::{Erased, Erasure, Erasures, Proofs, Proven};
use souk_accounts::{Email, Kind, Proof, Purpose, TokenDigest};
use souk_kernel::{PortError, Timestamp, UserId};

const FIND: &str = "SELECT token, user, purpose, email, expires_at FROM proof
    WHERE token = ?1 AND expires_at > ?2";

fn proof(row: &Row<'_>) -> rusqlite::Result<Proof> {
    let name: String = row.get(2)?;
    let purpose = [Purpose::VerifyEmail, Purpose::ResetPassword]
        .into_iter()
        .find(|purpose| purpose.name() == name)
        .ok_or_else(|| unreadable(2, "no purpose of a token"))?;
    Ok(Proof {
        token: TokenDigest::from_bytes(row.get(0)?),
        user: UserId::from_bytes(row.get(1)?),
        purpose,
        email: Email::stored(row.get(3)?),
        expires: Timestamp(row.get(4)?),
    })
}

fn find(
    tx: &Tx<'_>,
    token: &TokenDigest,
    purpose: Purpose,
    now: Timestamp,
) -> Result<Option<Proof>, PortError> {
    let found = tx.first(FIND, (token.bytes(), now.0), proof)?;
    Ok(found.filter(|proof| proof.purpose == purpose))
}

fn drop_all(tx: &Tx<'_>, user: UserId, purpose: Purpose) -> Result<(), PortError> {
    let sql = "DELETE FROM proof WHERE user = ?1 AND purpose = ?2";
    tx.execute(sql, (user.bytes(), purpose.name()))?;
    Ok(())
}

/// Ends the tokens that would reset a password.
pub(super) fn drop_resets(tx: &Tx<'_>, user: UserId) -> Result<(), PortError> {
    drop_all(tx, user, Purpose::ResetPassword)
}

/// The outer error undoes the transaction; the inner one refuses.
fn add(tx: &Tx<'_>, new: &Proof) -> Result<Result<bool, PortError>, PortError> {
    let Some(user) = get_user(tx, new.user)? else { return Ok(Ok(false)) };
    if user.kind != Kind::Customer {
        return Ok(Ok(false));
    }
    let taken =
        tx.first("SELECT 1 FROM proof WHERE token = ?1", [new.token.bytes()], |_| Ok(()))?;
    if taken.is_some() {
        return Ok(Err(conflict("the token")));
    }
    drop_all(tx, new.user, new.purpose)?;
    tx.execute(
        "INSERT INTO proof (token, user, purpose, email, expires_at) VALUES (?1, ?2, ?3, ?4, ?5)",
        (
            new.token.bytes(),
            new.user.bytes(),
            new.purpose.name(),
            new.email.as_str(),
            new.expires.0,
        ),
    )?;
    Ok(Ok(true))
}

fn prove_email(tx: &Tx<'_>, token: &TokenDigest, now: Timestamp) -> Result<Proven, PortError> {
    let Some(proof) = find(tx, token, Purpose::VerifyEmail, now)? else {
        return Ok(Proven::NoSuchProof);
    };
    tx.execute("DELETE FROM proof WHERE token = ?1", [token.bytes()])?;
    let owner =
        tx.first("SELECT id FROM user WHERE email = ?1", [proof.email.as_str()], |row| {
            row.get(0).map(UserId::from_bytes)
        })?;
    if owner.is_some_and(|owner| owner != proof.user) {
        return Ok(Proven::EmailTaken);
    }
    let Some(user) = get_user(tx, proof.user)? else { return Ok(Proven::NoSuchProof) };
    tx.execute(
        "UPDATE user SET email = ?3, verified = 1 WHERE key = ?1 AND id = ?2",
        (user.id.key(), user.id.bytes(), proof.email.as_str()),
    )?;
    let before = user.email.filter(|before| *before != proof.email);
    Ok(Proven::Done { user: user.id, before, first: !user.verified })
}

type Reset = Option<(UserId, Vec<TokenDigest>)>;

fn reset(tx: &Tx<'_>, token: &TokenDigest, hash: &str, now: Timestamp) -> Result<Reset, PortError> {
    let Some(proof) = find(tx, token, Purpose::ResetPassword, now)? else { return Ok(None) };
    let update = "UPDATE user SET password_hash = ?4, verified = 1
                  WHERE key = ?1 AND id = ?2 AND email = ?3";
    let user = proof.user;
    if tx.execute(update, (user.key(), user.bytes(), proof.email.as_str(), hash))? == 0 {
        return Ok(None);
    }
    drop_resets(tx, user)?;
    Ok(Some((user, devices::end_all(tx, user, None)?)))
}

fn end_account(
    tx: &Tx<'_>,
    erasure: &Erasure,
    hash: &str,
) -> Result<Option<Vec<TokenDigest>>, PortError> {
    let Erasure { user, asked, due } = *erasure;
    let gone = "DELETE FROM user WHERE key = ?1 AND id = ?2 AND password_hash = ?3";
    if tx.execute(gone, (user.key(), user.bytes(), hash))? == 0 {
        return Ok(None);
    }
    tx.execute("DELETE FROM address_book WHERE user = ?1", [user.key()])?;
    tx.execute("DELETE FROM proof WHERE user = ?1", [user.bytes()])?;
    tx.execute(
        "INSERT OR REPLACE INTO erasure (user, asked_at, due_at) VALUES (?1, ?2, ?3)",
        (user.bytes(), asked.0, due.0),
    )?;
    devices::end_all(tx, user, None).map(Some)
}

fn end_guest(tx: &Tx<'_>, erasure: &Erasure) -> Result<Option<Vec<TokenDigest>>, PortError> {
    let Erasure { user, asked, due } = *erasure;
    if get_user(tx, user)?.is_some_and(|user| user.kind == Kind::Customer) {
        return Ok(None);
    }
    let gone = "DELETE FROM user WHERE key = ?1 AND id = ?2";
    if tx.execute(gone, (user.key(), user.bytes()))? > 0 {
        tx.execute("DELETE FROM address_book WHERE user = ?1", [user.key()])?;
    }
    tx.execute(
        "INSERT OR IGNORE INTO erasure (user, asked_at, due_at) VALUES (?1, ?2, ?3)",
        (user.bytes(), asked.0, due.0),
    )?;
    devices::end_all(tx, user, None).map(Some)
}

#[async_trait]
impl Proofs for Store {
    async fn add_proof(&self, proof: Proof) -> Result<bool, PortError> {
        self.write(Priority::Purchase, move |tx| add(tx, &proof)).await?
    }

    async fn find_proof(
        &self,
        token: &TokenDigest,
        now: Timestamp,
    ) -> Result<Option<Proof>, PortError> {
        self.read(|conn| {
            conn.prepare_cached(FIND)?.query_row((token.bytes(), now.0), proof).optional()
        })
    }

    async fn prove_email(&self, token: &TokenDigest, now: Timestamp) -> Result<Proven, PortError> {
        let token = *token;
        self.write(Priority::Purchase, move |tx| prove_email(tx, &token, now)).await
    }

    async fn reset_password(
        &self,
        token: &TokenDigest,
        password_hash: String,
        now: Timestamp,
    ) -> Result<Reset, PortError> {
        let token = *token;
        self.write(Priority::Purchase, move |tx| reset(tx, &token, &password_hash, now)).await
    }

    async fn remove_stale_proofs(&self, by: Timestamp, limit: u32) -> Result<u32, PortError> {
        self.write(Priority::Background, move |tx| {
            let removed = tx.execute(
                "DELETE FROM proof WHERE token IN (
                   SELECT token FROM proof WHERE expires_at <= ?1 ORDER BY expires_at LIMIT ?2)",
                (by.0, limit),
            )?;
            Ok(u32::try_from(removed).unwrap_or(u32::MAX))
        })
        .await
    }
}

#[async_trait]
impl Erasures for Store {
    async fn end_account(
        &self,
        erasure: Erasure,
        expected_hash: String,
    ) -> Result<Option<Vec<TokenDigest>>, PortError> {
        self.write(Priority::Purchase, move |tx| end_account(tx, &erasure, &expected_hash)).await
    }

    async fn end_guest(&self, erasure: Erasure) -> Result<Option<Vec<TokenDigest>>, PortError> {
        self.write(Priority::Purchase, move |tx| end_guest(tx, &erasure)).await
    }

    async fn erasure_of(&self, user: UserId) -> Result<Option<Erased>, PortError> {
        self.read(|conn| {
            let select = "SELECT asked_at, done_at FROM erasure WHERE user = ?1";
            let read = |row: &Row<'_>| {
                let done = row.get::<_, Option<i64>>(1)?.map(Timestamp);
                Ok(Erased { asked: Timestamp(row.get(0)?), done })
            };
            conn.prepare_cached(select)?.query_row([user.bytes()], read).optional()
        })
    }

    async fn due_erasures(&self, now: Timestamp, limit: u32) -> Result<Vec<Erasure>, PortError> {
        self.read(|conn| {
            let mut due = conn.prepare_cached(
                "SELECT user, asked_at, due_at FROM erasure WHERE done_at IS NULL AND due_at <= ?1
                 ORDER BY due_at, user LIMIT ?2",
            )?;
            let read = |row: &Row<'_>| {
                let user = UserId::from_bytes(row.get(0)?);
                let (asked, due) = (Timestamp(row.get(1)?), Timestamp(row.get(2)?));
                Ok(Erasure { user, asked, due })
            };
            due.query_map((now.0, limit), read)?.collect()
        })
    }

    async fn postpone_erasure(&self, user: UserId, due: Timestamp) -> Result<(), PortError> {
        self.write(Priority::Background, move |tx| {
            let sql = "UPDATE erasure SET due_at = ?2 WHERE user = ?1";
            tx.execute(sql, (user.bytes(), due.0)).map(|_| ())
        })
        .await
    }

    async fn finish_erasure(&self, user: UserId, at: Timestamp) -> Result<(), PortError> {
        self.write(Priority::Background, move |tx| {
            let sql = "UPDATE erasure SET done_at = ?2 WHERE user = ?1 AND done_at IS NULL";
            tx.execute(sql, (user.bytes(), at.0)).map(|_| ())
        })
        .await
    }
}
