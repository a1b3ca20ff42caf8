//! What this room asks of a store. Each method is one atomic intent: all of it or nothing, durable
//! before the answer.

mod book;
mod privacy;
mod proof;

pub use book::AddressBooks;
pub use privacy::{EXPORT_MAX, Erased, Erasure, Erasures, Keeper, Left};
pub use proof::{Courier, Proofs, Proven};

use crate::{Address, AddressId, Device, Email, Profile, Session, TokenDigest, User};
use async_trait::async_trait;
use souk_kernel::{Answers, PortError, SessionId, Timestamp, UserId};
use thiserror::Error;

/// A session to open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewSession {
    /// Its id.
    pub id: SessionId,
    /// The digest that will open it; unique for ever among live sessions.
    pub token: TokenDigest,
    /// When it is opened.
    pub created: Timestamp,
    /// When it ends unless renewed.
    pub expires: Timestamp,
    /// On what, if that is known.
    pub device: Option<Device>,
}

/// Intent: a guest, with the first session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewGuest {
    /// The minted id.
    pub user: UserId,
    /// The first session; its `created` is the user's too.
    pub session: NewSession,
}

/// Intent: a customer, with a new session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCustomer {
    /// A guest's id, or a minted one: see `guest`.
    pub user: UserId,
    /// The guest session that signs up, which ends; none when `user` is new.
    pub guest: Option<TokenDigest>,
    /// Unique among customers.
    pub email: Email,
    /// How to call them.
    pub name: String,
    /// PHC string.
    pub password_hash: String,
    /// The customer's first session.
    pub session: NewSession,
}

/// Why [`Accounts::register`] did nothing.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Unregistered {
    /// A customer has this email address.
    #[error("email taken")]
    EmailTaken,
    /// `guest` was given, and `user` is no guest (any more).
    #[error("not a guest")]
    NotAGuest,
    /// The store failed; [`PortError::Conflict`] when the user or the token's digest exists.
    #[error(transparent)]
    Port(#[from] PortError),
}

/// Intent: a default address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAddress {
    /// Whose.
    pub user: UserId,
    /// Its id, if it is the first of the book.
    pub id: AddressId,
    /// The address; replaces the default one of parcels.
    pub address: Address,
    /// When it was given.
    pub at: Timestamp,
}

/// Intent: another password. It ends every session of the user but one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPassword {
    /// Whose.
    pub user: UserId,
    /// The hash that was compared with: another one means that somebody was faster.
    pub expected_hash: String,
    /// PHC string.
    pub password_hash: String,
    /// The session that goes on.
    pub keep: TokenDigest,
}

/// What signing in compares with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credentials {
    /// The customer.
    pub user: User,
    /// PHC string.
    pub password_hash: String,
}

/// What a token shows for the first time asks for: its session with its user's profile.
pub type Bearer = (Session, Profile);

/// Whom tokens belong to: a port of its own, because every shopper's first request asks it, and those
/// who ask at the same time can share one look into the store.
#[async_trait]
pub trait Bearers: Send + Sync {
    /// The sessions behind digests, each with its user's profile; expired ones included, as by
    /// [`Accounts::find_session`]. One answer each, in order.
    ///
    /// # Errors
    /// The store's.
    async fn find_bearers(&self, tokens: Vec<TokenDigest>) -> Answers<Option<Bearer>, PortError>;
}

/// The store of accounts.
#[async_trait]
pub trait Accounts: Bearers + AddressBooks + Proofs + Erasures {
    /// Adds guests, each with a session. The intents of a batch are independent.
    ///
    /// # Errors
    /// Per intent: [`PortError::Conflict`] when the user or the digest exists, the same batch's
    /// earlier intents included.
    async fn add_guests(&self, intents: Vec<NewGuest>) -> Answers<(), PortError>;

    /// Makes a guest a customer, or adds a customer: user, credentials, the new session, and the end
    /// of the guest's, at once.
    ///
    /// # Errors
    /// [`Unregistered`]: then the guest and its session are as before.
    async fn register(&self, intent: NewCustomer) -> Result<(), Unregistered>;

    /// The customer with this email address; none when nobody has it.
    ///
    /// # Errors
    /// The store's.
    async fn find_credentials(&self, email: &Email) -> Result<Option<Credentials>, PortError>;

    /// Opens a further session of a user. Returns whether that user exists.
    ///
    /// # Errors
    /// [`PortError::Conflict`] when the digest exists.
    async fn add_session(&self, user: UserId, session: NewSession) -> Result<bool, PortError>;

    /// The session behind a digest, expired ones included until they are removed: the caller
    /// compares clocks.
    ///
    /// # Errors
    /// The store's.
    async fn find_session(&self, token: &TokenDigest) -> Result<Option<Session>, PortError>;

    /// Moves a session's expiry forward; an earlier one than the stored is ignored. Returns whether
    /// the session exists. May be lost in a crash: the session then expires earlier.
    ///
    /// # Errors
    /// The store's.
    async fn renew_session(
        &self,
        token: &TokenDigest,
        expires: Timestamp,
    ) -> Result<bool, PortError>;

    /// Ends a session. Returns whether there was one.
    ///
    /// # Errors
    /// The store's.
    async fn end_session(&self, token: &TokenDigest) -> Result<bool, PortError>;

    /// A user's sessions, the latest opened first, expired ones included, at most `limit`.
    ///
    /// # Errors
    /// The store's.
    async fn sessions_of(&self, user: UserId, limit: u32) -> Result<Vec<Session>, PortError>;

    /// Ends a user's session by its id. Answers with its digest; none when the user has no such one.
    ///
    /// # Errors
    /// The store's.
    async fn end_session_of(
        &self,
        user: UserId,
        session: SessionId,
    ) -> Result<Option<TokenDigest>, PortError>;

    /// Changes how a customer is called. Says whether there is such a customer.
    ///
    /// # Errors
    /// The store's.
    async fn set_name(&self, user: UserId, name: String) -> Result<bool, PortError>;

    /// Changes a password and ends the user's other sessions and the tokens to reset it, at once. Answers with the digests of
    /// those; none when the hash is another than expected, and then nothing was changed.
    ///
    /// # Errors
    /// The store's.
    async fn set_password(
        &self,
        intent: NewPassword,
    ) -> Result<Option<Vec<TokenDigest>>, PortError>;

    /// Removes up to `limit` sessions that expired at `by` or earlier, the oldest first. Returns how
    /// many: fewer than `limit` means that none is left. Users stay: their orders name them.
    ///
    /// # Errors
    /// The store's.
    async fn remove_expired(&self, by: Timestamp, limit: u32) -> Result<u32, PortError>;

    /// The user and the default address; none when there is no such user.
    ///
    /// # Errors
    /// The store's.
    async fn get_profile(&self, user: UserId) -> Result<Option<Profile>, PortError>;

    /// Keeps default addresses, as [`crate::BookChange::Default`] says. Answers per intent whether the user exists; of two intents for one
    /// user the later one stays.
    ///
    /// # Errors
    /// The store's.
    async fn put_addresses(&self, intents: Vec<NewAddress>) -> Answers<bool, PortError>;
}
