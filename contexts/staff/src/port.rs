//! What this room asks of a store. Each method is one atomic intent: all of it or nothing, durable
//! before the answer.

mod desk;
mod factor;

pub use desk::Desk;
pub use factor::{Factor, NewFactor, Proof, Prove};

use crate::error::{ChangeRefusal, RoleError};
use crate::{AuditEntry, AuditId, Done, Make, Member, Role, StaffId, StaffSession};
use async_trait::async_trait;
use souk_accounts::{Email, TokenDigest};
use souk_kernel::{PortError, Timestamp};
use thiserror::Error;

/// Intent: a member, with the entry that says so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewMember {
    /// The member.
    pub member: Member,
    /// PHC string.
    pub password_hash: String,
    /// The audit's line.
    pub entry: AuditEntry,
}

/// Why [`Staff::add`] did nothing.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Unadded {
    /// A member has this email address.
    #[error("email taken")]
    EmailTaken,
    /// The store failed.
    #[error(transparent)]
    Port(#[from] PortError),
}

/// Intent: a session of a member, with the entry that says so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewStaffSession {
    /// Whose.
    pub member: StaffId,
    /// The digest that will open it.
    pub token: TokenDigest,
    /// When it ends.
    pub expires: Timestamp,
    /// Whether everything that this member has to show was shown.
    pub proven: bool,
    /// The audit's line.
    pub entry: AuditEntry,
}

/// Intent: another role for a member, with the entry that says so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRole {
    /// Whose.
    pub member: StaffId,
    /// What whoever changes it saw.
    pub expected: Role,
    /// What it shall be.
    pub role: Role,
    /// The audit's line.
    pub entry: AuditEntry,
}

/// What signing in compares with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credentials {
    /// The member.
    pub member: Member,
    /// PHC string.
    pub password_hash: String,
}

/// A page of the audit, the newest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AuditPage {
    /// Only lines before this one.
    pub before: Option<AuditId>,
    /// At most so many.
    pub limit: usize,
}

/// The store of members, their sessions and the audit.
#[async_trait]
pub trait Staff: Send + Sync {
    /// Adds a member.
    ///
    /// # Errors
    /// [`Unadded`]; then there is no entry either.
    async fn add(&self, intent: NewMember) -> Result<(), Unadded>;

    /// The member with this email address.
    ///
    /// # Errors
    /// The store's.
    async fn find_credentials(&self, email: &Email) -> Result<Option<Credentials>, PortError>;

    /// Every member, the oldest first, at most `limit`.
    ///
    /// # Errors
    /// The store's.
    async fn members(&self, limit: usize) -> Result<Vec<Member>, PortError>;

    /// Changes a member's role. The last owner keeps it, whoever asks at the same time.
    ///
    /// # Errors
    /// [`RoleError`]; then there is no entry either.
    async fn set_role(&self, intent: NewRole) -> Result<(), RoleError>;

    /// Opens a session. Returns whether the member exists.
    ///
    /// # Errors
    /// [`PortError::Conflict`] when the digest exists.
    async fn open_session(&self, intent: NewStaffSession) -> Result<bool, PortError>;

    /// The session behind a digest with its member as of now, expired ones included until they are
    /// removed: the caller compares clocks.
    ///
    /// # Errors
    /// The store's.
    async fn find_session(&self, token: &TokenDigest) -> Result<Option<StaffSession>, PortError>;

    /// Ends a session, with the entry that says so; returns whether there was one. Without one there
    /// is no entry.
    ///
    /// # Errors
    /// The store's.
    async fn end_session(&self, token: &TokenDigest, entry: AuditEntry) -> Result<bool, PortError>;

    /// Removes up to `limit` sessions that expired at `by` or earlier; says how many.
    ///
    /// # Errors
    /// The store's.
    async fn remove_expired(&self, by: Timestamp, limit: usize) -> Result<usize, PortError>;

    /// A member's second factor, if there is one.
    ///
    /// # Errors
    /// The store's.
    async fn factor(&self, member: StaffId) -> Result<Option<Factor>, PortError>;

    /// Gives a member a second factor, with the entry that says so, and ends every other session of theirs:
    /// none of those has shown it. `false`: there is one already, or no such member, and nothing was written.
    ///
    /// # Errors
    /// The store's.
    async fn put_factor(&self, intent: NewFactor) -> Result<bool, PortError>;

    /// Ends a session that waits for the second factor and opens the one that it leads to, by a proof that
    /// counts once: a step that is later than the last one, or a recovery code that is still there. `false`:
    /// the proof was used, or the session is gone; nothing was written.
    ///
    /// # Errors
    /// The store's; [`PortError::Conflict`] when the new digest exists.
    async fn prove(&self, intent: Prove) -> Result<bool, PortError>;

    /// Takes a member's second factor away, and ends every session of theirs, with the entry that says
    /// so; `false`: there was none, and nothing was written.
    ///
    /// # Errors
    /// The store's.
    async fn drop_factor(&self, member: StaffId, entry: AuditEntry) -> Result<bool, PortError>;

    /// Carries out a change and writes its entry, together; of a form, once.
    ///
    /// # Errors
    /// [`ChangeRefusal`]; then nothing is changed, and there is no entry.
    async fn carry_out(&self, make: Make) -> Result<Done, ChangeRefusal>;

    /// What members did.
    ///
    /// # Errors
    /// The store's.
    async fn audit(&self, page: AuditPage) -> Result<Vec<AuditEntry>, PortError>;
}
