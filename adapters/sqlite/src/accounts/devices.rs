//! A user's sessions on all devices, and the password that ends the others.

use super::{close, find_session};
use crate::tx::Tx;
use rusqlite::{Connection, Row};
use souk_accounts::port::NewPassword;
use souk_accounts::{Session, TokenDigest};
use souk_kernel::{PortError, SessionId, UserId};

fn token(row: &Row<'_>) -> rusqlite::Result<TokenDigest> {
    row.get(0).map(TokenDigest::from_bytes)
}

pub(super) fn sessions_of(
    conn: &Connection,
    user: UserId,
    limit: u32,
) -> rusqlite::Result<Vec<Session>> {
    let sql = "SELECT token FROM session WHERE user = ?1 ORDER BY id DESC LIMIT ?2";
    let mut own = conn.prepare_cached(sql)?;
    let tokens: Vec<TokenDigest> =
        own.query_map((user.bytes(), limit), token)?.collect::<rusqlite::Result<_>>()?;
    tokens.iter().filter_map(|token| find_session(conn, token).transpose()).collect()
}

pub(super) fn end(
    tx: &Tx<'_>,
    user: UserId,
    session: SessionId,
) -> Result<Option<TokenDigest>, PortError> {
    let sql = "SELECT token FROM session WHERE user = ?1 AND id = ?2";
    let found = tx.first(sql, (user.bytes(), session.bytes()), token)?;
    if let Some(token) = &found {
        close(tx, token)?;
    }
    Ok(found)
}

pub(super) fn set_password(
    tx: &Tx<'_>,
    intent: &NewPassword,
) -> Result<Option<Vec<TokenDigest>>, PortError> {
    let NewPassword { user, expected_hash, password_hash, keep } = intent;
    let update = "UPDATE user SET password_hash = ?4
                  WHERE key = ?1 AND id = ?2 AND password_hash = ?3";
    if tx.execute(update, (user.key(), user.bytes(), expected_hash, password_hash))? == 0 {
        return Ok(None);
    }
    super::proof::drop_resets(tx, *user)?;
    end_all(tx, *user, Some(keep)).map(Some)
}

/// Ends a user's sessions but one; answers with their digests.
pub(super) fn end_all(
    tx: &Tx<'_>,
    user: UserId,
    keep: Option<&TokenDigest>,
) -> Result<Vec<TokenDigest>, PortError> {
    let sql = "SELECT token FROM session WHERE user = ?1";
    let mut ended = tx.rows(sql, [user.bytes()], token)?;
    ended.retain(|token| Some(token) != keep);
    for token in &ended {
        close(tx, token)?;
    }
    Ok(ended)
}
