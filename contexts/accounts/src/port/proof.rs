//! One-time tokens: what a mail carries to prove that its reader has the mailbox.

use crate::{Email, Proof, TokenDigest};
use async_trait::async_trait;
use souk_kernel::{PortError, Timestamp, UserId};

/// What became of an email address that somebody proved to be theirs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Proven {
    /// It is the user's, and verified.
    Done {
        /// Whose.
        user: UserId,
        /// The address that it took the place of.
        before: Option<Email>,
        /// Whether an address of the user's was verified for the first time.
        first: bool,
    },
    /// No such token, or it has been used, replaced, or is past its time.
    NoSuchProof,
    /// Another account has the address. The token is used up.
    EmailTaken,
}

/// The store of one-time tokens.
#[async_trait]
pub trait Proofs: Send + Sync {
    /// Keeps a token. The user's earlier one of the same purpose ends. Says whether the user is a
    /// customer: nobody else gets one.
    ///
    /// # Errors
    /// [`PortError::Conflict`] when the digest exists.
    async fn add_proof(&self, proof: Proof) -> Result<bool, PortError>;

    /// What a token is for; `None` when it is unknown, used, or past its time at `now`.
    ///
    /// # Errors
    /// The store's.
    async fn find_proof(
        &self,
        token: &TokenDigest,
        now: Timestamp,
    ) -> Result<Option<Proof>, PortError>;

    /// Uses a token of [`crate::Purpose::VerifyEmail`] up: its address becomes the user's, verified.
    ///
    /// # Errors
    /// The store's.
    async fn prove_email(&self, token: &TokenDigest, now: Timestamp) -> Result<Proven, PortError>;

    /// Uses a token of [`crate::Purpose::ResetPassword`] up: the user's password is another one, every session
    /// of theirs ends, and the address counts as verified. Answers with the user and the digests of
    /// those sessions. `None`, and nothing is changed, when the token is unknown or past its time, or
    /// when the user has another address by now.
    ///
    /// # Errors
    /// The store's.
    async fn reset_password(
        &self,
        token: &TokenDigest,
        password_hash: String,
        now: Timestamp,
    ) -> Result<Option<(UserId, Vec<TokenDigest>)>, PortError>;

    /// Removes up to `limit` tokens that were past their time at `by`. Says how many.
    ///
    /// # Errors
    /// The store's.
    async fn remove_stale_proofs(&self, by: Timestamp, limit: u32) -> Result<u32, PortError>;
}

/// Who writes to the holders of accounts.
#[async_trait]
pub trait Courier: Send + Sync {
    /// Hands a letter over.
    ///
    /// # Errors
    /// It was not: who asked may ask again.
    async fn send(&self, letter: crate::AccountLetter) -> Result<(), PortError>;
}
