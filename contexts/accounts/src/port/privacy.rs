//! What the shop keeps of a person, wherever it is kept, and forgetting it.

use crate::TokenDigest;
use async_trait::async_trait;
use serde_json::Value;
use souk_kernel::{PortError, Timestamp, UserId};

/// A place that keeps something of people.
#[async_trait]
pub trait Keeper: Send + Sync {
    /// Its section in an export: `orders`.
    fn name(&self) -> &'static str;

    /// All that it keeps of a user, at most [`EXPORT_MAX`] of a sort.
    ///
    /// # Errors
    /// The store's.
    async fn export(&self, user: UserId) -> Result<Value, PortError>;

    /// What must end before a user can go, in words for them; none: nothing.
    ///
    /// # Errors
    /// The store's.
    async fn obstacle(&self, _user: UserId) -> Result<Option<String>, PortError> {
        Ok(None)
    }

    /// Forgets a user: what is personal goes, sums stay. Safe to repeat. Says whether something is left
    /// that can go only later.
    ///
    /// # Errors
    /// The store's; part of it may be forgotten.
    async fn forget(&self, user: UserId) -> Result<Left, PortError>;
}

/// Things of a sort in one export.
pub const EXPORT_MAX: usize = 10_000;

/// What is left of a user after a [`Keeper`] forgot them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Left {
    /// Nothing.
    Nothing,
    /// Something that has to end first.
    Something,
}

/// A user who is being forgotten.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Erasure {
    /// Who.
    pub user: UserId,
    /// Since when.
    pub asked: Timestamp,
    /// When to look at it again.
    pub due: Timestamp,
}

/// That somebody is forgotten: no more than the fact, which stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Erased {
    /// Since when.
    pub asked: Timestamp,
    /// When nothing was left of them anywhere; `None`: something is.
    pub done: Option<Timestamp>,
}

/// The store of accounts that end.
#[async_trait]
pub trait Erasures: Send + Sync {
    /// Ends a customer's account: user, address book, sessions and one-time tokens go, and the erasure is
    /// kept, all at once. Answers with the digests of the sessions; `None`: no such customer, or the
    /// password's hash is another one than expected, and nothing was changed.
    ///
    /// # Errors
    /// The store's.
    async fn end_account(
        &self,
        erasure: Erasure,
        expected_hash: String,
    ) -> Result<Option<Vec<TokenDigest>>, PortError>;

    /// Ends a guest: user, address book and sessions go, and the erasure is kept, all at once. Whoever is
    /// unknown, or was ended before, is ended too, and keeps the erasure that is there. Answers with the
    /// digests of the sessions; `None`: it is a customer, and nothing was changed.
    ///
    /// # Errors
    /// The store's.
    async fn end_guest(&self, erasure: Erasure) -> Result<Option<Vec<TokenDigest>>, PortError>;

    /// Whether somebody is forgotten, or being forgotten.
    ///
    /// # Errors
    /// The store's.
    async fn erasure_of(&self, user: UserId) -> Result<Option<Erased>, PortError>;

    /// Erasures that are not done and due at `now`, the oldest first, at most `limit`.
    ///
    /// # Errors
    /// The store's.
    async fn due_erasures(&self, now: Timestamp, limit: u32) -> Result<Vec<Erasure>, PortError>;

    /// Looks at an erasure again later.
    ///
    /// # Errors
    /// The store's.
    async fn postpone_erasure(&self, user: UserId, due: Timestamp) -> Result<(), PortError>;

    /// An erasure is done: it is not due any more, and that it was stays.
    ///
    /// # Errors
    /// The store's.
    async fn finish_erasure(&self, user: UserId, at: Timestamp) -> Result<(), PortError>;
}
