//! What this room asks of a store. Each method is one atomic intent: all of it or nothing, durable
//! before the answer.

mod books;

pub use books::{Books, FindOrders, PostRefusal, Posting, Tally, Which};

use crate::{Rate, SellerAccount, SellerChange, SellerMember, SellerRefusal, SellerSession};
use crate::{SellerMemberId, SellerState};
use async_trait::async_trait;
use souk_accounts::{Email, TokenDigest};
use souk_kernel::{PortError, SellerId, Timestamp};
use thiserror::Error;

/// Intent: a seller with its first member and its first rate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSeller {
    /// The account, at version 1.
    pub account: SellerAccount,
    /// Its first member.
    pub member: SellerMember,
    /// PHC string.
    pub password_hash: String,
    /// Its first rate.
    pub rate: Rate,
}

/// Why [`Sellers::open`] did nothing.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Unopened {
    /// A member has this email address.
    #[error("email taken")]
    EmailTaken,
    /// The seller has an account.
    #[error("the seller has an account")]
    SellerTaken,
    /// The store failed.
    #[error(transparent)]
    Port(#[from] PortError),
}

/// What signing in compares with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credentials {
    /// The member.
    pub member: SellerMember,
    /// PHC string.
    pub password_hash: String,
}

/// Intent: a session of a member.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewSellerSession {
    /// Whose.
    pub member: SellerMemberId,
    /// The digest that will open it.
    pub token: TokenDigest,
    /// When it ends.
    pub expires: Timestamp,
}

/// A page of sellers' accounts, in order of their ids, the newest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AccountsPage {
    /// Only those that stand so.
    pub state: Option<SellerState>,
    /// Only those before this one.
    pub before: Option<SellerId>,
    /// At most so many.
    pub limit: usize,
}

/// The store of sellers' accounts, members, sessions and rates.
#[async_trait]
pub trait Sellers: Send + Sync {
    /// Opens an account.
    ///
    /// # Errors
    /// [`Unopened`]; then nothing is written.
    async fn open(&self, intent: NewSeller) -> Result<(), Unopened>;

    /// These accounts, in the order asked; `None`: that seller has none.
    ///
    /// # Errors
    /// The store's.
    async fn accounts(&self, ids: &[SellerId]) -> Result<Vec<Option<SellerAccount>>, PortError>;

    /// A page of accounts.
    ///
    /// # Errors
    /// The store's.
    async fn page(&self, page: AccountsPage) -> Result<Vec<SellerAccount>, PortError>;

    /// Every seller that sells nothing at present: applied or suspended.
    ///
    /// # Errors
    /// The store's.
    async fn closed(&self) -> Result<Vec<SellerId>, PortError>;

    /// A seller's members, the oldest first, at most `limit`.
    ///
    /// # Errors
    /// The store's.
    async fn members(&self, seller: SellerId, limit: usize)
    -> Result<Vec<SellerMember>, PortError>;

    /// A seller's rates, the newest first, at most `limit`.
    ///
    /// # Errors
    /// The store's.
    async fn rates(&self, seller: SellerId, limit: usize) -> Result<Vec<Rate>, PortError>;

    /// The rates in force at these moments, in the order asked; `None`: that seller has no account. A
    /// moment before the first rate has the first one.
    ///
    /// # Errors
    /// The store's.
    async fn rates_at(
        &self,
        asked: &[(SellerId, Timestamp)],
    ) -> Result<Vec<Option<u16>>, PortError>;

    /// Changes a seller, by the store's clock; tells [`crate::event::SELLER_CHANGED`] when its state
    /// changed. A new rate never reaches back: it is in force from after every earlier one on. What
    /// staff change goes through their own port, which does this and writes the audit with it.
    ///
    /// # Errors
    /// [`SellerRefusal`]; then nothing is written.
    async fn change(&self, change: SellerChange) -> Result<SellerAccount, SellerRefusal>;

    /// The member with this email address.
    ///
    /// # Errors
    /// The store's.
    async fn find_credentials(&self, email: &Email) -> Result<Option<Credentials>, PortError>;

    /// Opens a session. Returns whether the member exists.
    ///
    /// # Errors
    /// [`PortError::Conflict`] when the digest exists.
    async fn open_session(&self, intent: NewSellerSession) -> Result<bool, PortError>;

    /// The session behind a digest with its member and seller as of now, expired ones included until
    /// they are removed: the caller compares clocks.
    ///
    /// # Errors
    /// The store's.
    async fn find_session(&self, token: &TokenDigest) -> Result<Option<SellerSession>, PortError>;

    /// Ends a session; returns whether there was one.
    ///
    /// # Errors
    /// The store's.
    async fn end_session(&self, token: &TokenDigest) -> Result<bool, PortError>;

    /// Removes up to `limit` sessions that expired at `by` or earlier; says how many.
    ///
    /// # Errors
    /// The store's.
    async fn remove_expired(&self, by: Timestamp, limit: usize) -> Result<usize, PortError>;
}
