//! The port of accounts.

use crate::store::{Priority, Store};
use crate::tx::Tx;
use async_trait::async_trait;
use rusqlite::{Connection, OptionalExtension, Row};
use souk_accounts::port::{
    Accounts, Bearer, Bearers, Credentials, NewAddress, NewCustomer, NewGuest, NewPassword,
    NewSession, Unregistered,
};
use souk_accounts::{Device, Email, Kind, Profile, Session, TokenDigest, User};
use souk_kernel::{Answers, PortError, SessionId, Timestamp, UserId};

mod book;
mod devices;
mod proof;

/// Most intents of a batch in one job: a long batch goes in pieces, purchases between them.
const PIECE: usize = 256;

/// The columns of [`user`].
pub(crate) const USER: &str =
    "user.id, user.kind, user.email, user.name, user.created_at, user.verified";

fn kind(row: &Row<'_>, at: usize) -> rusqlite::Result<Kind> {
    let name: String = row.get(at)?;
    [Kind::Guest, Kind::Customer]
        .into_iter()
        .find(|kind| kind.name() == name)
        .ok_or_else(|| unreadable(at, "no kind of user"))
}

fn unreadable(at: usize, what: &'static str) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(at, rusqlite::types::Type::Text, what.into())
}

pub(crate) fn user(row: &Row<'_>) -> rusqlite::Result<User> {
    Ok(User {
        id: UserId::from_bytes(row.get(0)?),
        kind: kind(row, 1)?,
        email: row.get::<_, Option<String>>(2)?.map(Email::stored),
        name: row.get(3)?,
        created: Timestamp(row.get(4)?),
        verified: row.get(5)?,
    })
}

fn get_user(tx: &Tx<'_>, id: UserId) -> Result<Option<User>, PortError> {
    let text = format!("SELECT {USER} FROM user WHERE key = ?1 AND id = ?2");
    tx.first(&text, (id.key(), id.bytes()), user)
}

fn conflict(what: &str) -> PortError {
    PortError::Conflict(format!("{what} exists"))
}

/// Whether the user's row key is taken, by whomever.
fn is_taken(tx: &Tx<'_>, id: UserId) -> Result<bool, PortError> {
    let found = tx.first("SELECT 1 FROM user WHERE key = ?1", [id.key()], |_| Ok(()))?;
    Ok(found.is_some())
}

fn is_open(tx: &Tx<'_>, token: &TokenDigest) -> Result<bool, PortError> {
    let found = tx.first("SELECT 1 FROM session WHERE token = ?1", [token.bytes()], |_| Ok(()))?;
    Ok(found.is_some())
}

fn open(tx: &Tx<'_>, user: UserId, session: &NewSession) -> Result<(), PortError> {
    tx.execute(
        "INSERT INTO session (token, id, user, created_at, expires_at, device)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        (
            session.token.bytes(),
            session.id.bytes(),
            user.bytes(),
            session.created.0,
            session.expires.0,
            session.device.map(Device::name),
        ),
    )?;
    Ok(())
}

fn close(tx: &Tx<'_>, token: &TokenDigest) -> Result<bool, PortError> {
    Ok(tx.execute("DELETE FROM session WHERE token = ?1", [token.bytes()])? > 0)
}

/// The outer error undoes the transaction; the inner one refuses this intent only.
fn add_guest(tx: &Tx<'_>, intent: &NewGuest) -> Result<Result<(), PortError>, PortError> {
    if is_taken(tx, intent.user)? {
        return Ok(Err(conflict("the user")));
    }
    if is_open(tx, &intent.session.token)? {
        return Ok(Err(conflict("the session")));
    }
    tx.execute(
        "INSERT INTO user (key, id, kind, created_at) VALUES (?1, ?2, 'guest', ?3)",
        (intent.user.key(), intent.user.bytes(), intent.session.created.0),
    )?;
    open(tx, intent.user, &intent.session)?;
    Ok(Ok(()))
}

fn register(tx: &Tx<'_>, intent: &NewCustomer) -> Result<Result<(), Unregistered>, PortError> {
    let known = get_user(tx, intent.user)?;
    let created = match (&known, intent.guest) {
        (Some(user), Some(_)) if user.kind == Kind::Guest => user.created,
        (_, Some(_)) => return Ok(Err(Unregistered::NotAGuest)),
        (_, None) if is_taken(tx, intent.user)? => return Ok(Err(conflict("the user").into())),
        (_, None) => intent.session.created,
    };
    let email = intent.email.as_str();
    if tx.first("SELECT 1 FROM user WHERE email = ?1", [email], |_| Ok(()))?.is_some() {
        return Ok(Err(Unregistered::EmailTaken));
    }
    if is_open(tx, &intent.session.token)? {
        return Ok(Err(conflict("the session").into()));
    }
    tx.execute(
        "INSERT INTO user (key, id, kind, email, name, password_hash, created_at)
         VALUES (?1, ?2, 'customer', ?3, ?4, ?5, ?6)
         ON CONFLICT (key) DO UPDATE SET kind = excluded.kind, email = excluded.email,
           name = excluded.name, password_hash = excluded.password_hash",
        (
            intent.user.key(),
            intent.user.bytes(),
            email,
            &intent.name,
            &intent.password_hash,
            created.0,
        ),
    )?;
    if let Some(guest) = &intent.guest {
        close(tx, guest)?;
    }
    open(tx, intent.user, &intent.session)?;
    Ok(Ok(()))
}

type SessionRow = (SessionId, UserId, Timestamp, Timestamp, Option<Device>);

fn session_row(conn: &Connection, token: &TokenDigest) -> rusqlite::Result<Option<SessionRow>> {
    let mut session = conn.prepare_cached(
        "SELECT id, user, created_at, expires_at, device FROM session WHERE token = ?1",
    )?;
    let read = |row: &Row<'_>| {
        let (id, user) = (SessionId::from_bytes(row.get(0)?), UserId::from_bytes(row.get(1)?));
        let device: Option<String> = row.get(4)?;
        let device = device.as_deref().and_then(Device::from_name);
        Ok((id, user, Timestamp(row.get(2)?), Timestamp(row.get(3)?), device))
    };
    session.query_row([token.bytes()], read).optional()
}

fn find_session(conn: &Connection, token: &TokenDigest) -> rusqlite::Result<Option<Session>> {
    let Some((id, user, created, expires, device)) = session_row(conn, token)? else {
        return Ok(None);
    };
    let mut owner = conn.prepare_cached("SELECT kind FROM user WHERE key = ?1 AND id = ?2")?;
    let kind = owner.query_row((user.key(), user.bytes()), |row| kind(row, 0)).optional()?;
    Ok(kind.map(|kind| Session { id, user, kind, created, expires, device }))
}

fn profile(conn: &Connection, id: UserId) -> rusqlite::Result<Option<Profile>> {
    const PROFILE: &str = "SELECT user.id, user.kind, user.email, user.name, user.created_at,
        user.verified, a.name, a.line1, a.line2, a.city, a.postal_code, a.region, a.country, a.email
      FROM user LEFT JOIN address_book AS a ON a.user = user.key AND a.shipping = 1
      WHERE user.key = ?1 AND user.id = ?2";
    let read = |row: &Row<'_>| Ok(Profile { user: user(row)?, address: book::address(row, 6)? });
    conn.prepare_cached(PROFILE)?.query_row((id.key(), id.bytes()), read).optional()
}

/// Decides and writes one intent: the outer error undoes the transaction, the inner one refuses.
type Decide<I, T> = fn(&Tx<'_>, &I) -> Result<Result<T, PortError>, PortError>;

/// Runs a batch in pieces and answers each intent; a piece that fails as a whole fails each of its.
async fn in_pieces<I, T>(
    store: &Store,
    intents: Vec<I>,
    each: Decide<I, T>,
) -> Answers<T, PortError>
where
    I: Clone + Send + Sync + 'static,
    T: Send + 'static,
{
    let mut answers = Vec::with_capacity(intents.len());
    for piece in intents.chunks(PIECE) {
        let (many, piece) = (piece.len(), piece.to_vec());
        let done = store.write(Priority::Purchase, move |tx| {
            piece.iter().map(|intent| each(tx, intent)).collect::<Result<Vec<_>, _>>()
        });
        match done.await {
            Ok(done) => answers.extend(done),
            Err(error) => answers.extend((0..many).map(|_| Err(error.clone()))),
        }
    }
    answers
}

fn bearer(conn: &Connection, token: &TokenDigest) -> rusqlite::Result<Option<Bearer>> {
    let Some((id, user, created, expires, device)) = session_row(conn, token)? else {
        return Ok(None);
    };
    let profile = profile(conn, user)?;
    Ok(profile.map(|profile| {
        let kind = profile.user.kind;
        (Session { id, user, kind, created, expires, device }, profile)
    }))
}

#[async_trait]
impl Bearers for Store {
    async fn find_bearers(&self, tokens: Vec<TokenDigest>) -> Answers<Option<Bearer>, PortError> {
        let found = self.read_together(|conn| {
            tokens.iter().map(|token| bearer(conn, token)).collect::<Result<Vec<_>, _>>()
        });
        match found {
            Ok(found) => found.into_iter().map(Ok).collect(),
            Err(error) => tokens.iter().map(|_| Err(error.clone())).collect(),
        }
    }
}

#[async_trait]
impl Accounts for Store {
    async fn add_guests(&self, intents: Vec<NewGuest>) -> Answers<(), PortError> {
        in_pieces(self, intents, add_guest).await
    }

    async fn register(&self, intent: NewCustomer) -> Result<(), Unregistered> {
        self.write(Priority::Purchase, move |tx| register(tx, &intent)).await?
    }

    async fn find_credentials(&self, email: &Email) -> Result<Option<Credentials>, PortError> {
        self.read(|conn| {
            let text = format!("SELECT {USER}, user.password_hash FROM user WHERE email = ?1");
            let read = |row: &Row<'_>| {
                let password_hash: Option<String> = row.get(6)?;
                let user = user(row)?;
                Ok(password_hash.map(|password_hash| Credentials { user, password_hash }))
            };
            let found = conn.prepare_cached(&text)?.query_row([email.as_str()], read).optional()?;
            Ok(found.flatten())
        })
    }

    async fn add_session(&self, user: UserId, session: NewSession) -> Result<bool, PortError> {
        self.write(Priority::Purchase, move |tx| {
            if get_user(tx, user)?.is_none() {
                return Ok(Ok(false));
            }
            if is_open(tx, &session.token)? {
                return Ok(Err(conflict("the session")));
            }
            open(tx, user, &session)?;
            Ok(Ok(true))
        })
        .await?
    }

    async fn find_session(&self, token: &TokenDigest) -> Result<Option<Session>, PortError> {
        self.read_together(|conn| find_session(conn, token))
    }

    async fn renew_session(
        &self,
        token: &TokenDigest,
        expires: Timestamp,
    ) -> Result<bool, PortError> {
        let token = *token;
        self.write(Priority::Purchase, move |tx| {
            let text = "UPDATE session SET expires_at = max(expires_at, ?2) WHERE token = ?1";
            Ok(tx.execute(text, (token.bytes(), expires.0))? > 0)
        })
        .await
    }

    async fn end_session(&self, token: &TokenDigest) -> Result<bool, PortError> {
        let token = *token;
        self.write(Priority::Purchase, move |tx| close(tx, &token)).await
    }

    async fn sessions_of(&self, user: UserId, limit: u32) -> Result<Vec<Session>, PortError> {
        self.read_together(|conn| devices::sessions_of(conn, user, limit))
    }

    async fn end_session_of(
        &self,
        user: UserId,
        session: SessionId,
    ) -> Result<Option<TokenDigest>, PortError> {
        self.write(Priority::Purchase, move |tx| devices::end(tx, user, session)).await
    }

    async fn set_name(&self, user: UserId, name: String) -> Result<bool, PortError> {
        self.write(Priority::Purchase, move |tx| {
            let text = "UPDATE user SET name = ?3 WHERE key = ?1 AND id = ?2 AND kind = 'customer'";
            Ok(tx.execute(text, (user.key(), user.bytes(), &name))? > 0)
        })
        .await
    }

    async fn set_password(
        &self,
        intent: NewPassword,
    ) -> Result<Option<Vec<TokenDigest>>, PortError> {
        self.write(Priority::Purchase, move |tx| devices::set_password(tx, &intent)).await
    }

    async fn remove_expired(&self, by: Timestamp, limit: u32) -> Result<u32, PortError> {
        self.write(Priority::Background, move |tx| {
            let removed = tx.execute(
                "DELETE FROM session WHERE token IN (
                   SELECT token FROM session WHERE expires_at <= ?1 ORDER BY expires_at LIMIT ?2)",
                (by.0, limit),
            )?;
            Ok(u32::try_from(removed).unwrap_or(u32::MAX))
        })
        .await
    }

    async fn get_profile(&self, id: UserId) -> Result<Option<Profile>, PortError> {
        self.read(|conn| profile(conn, id))
    }

    async fn put_addresses(&self, intents: Vec<NewAddress>) -> Answers<bool, PortError> {
        in_pieces(self, intents, book::put).await
    }
}
