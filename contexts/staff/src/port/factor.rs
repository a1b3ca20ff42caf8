//! What is asked of a store about second factors.

use super::NewStaffSession;
use crate::{AuditEntry, StaffId};
use souk_accounts::TokenDigest;

/// A member's second factor, as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Factor {
    /// The secret, sealed.
    pub sealed: Vec<u8>,
    /// The last step whose code was taken.
    pub last_step: u64,
    /// Recovery codes that are left.
    pub recovery: usize,
}

/// Intent: a second factor, with the entry that says so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewFactor {
    /// Whose.
    pub member: StaffId,
    /// The secret, sealed.
    pub sealed: Vec<u8>,
    /// The step of the code that showed it: it does not count again.
    pub step: u64,
    /// Digests of the recovery codes.
    pub recovery: Vec<TokenDigest>,
    /// The session in which it was set up: it goes on.
    pub session: TokenDigest,
    /// The audit's line.
    pub entry: AuditEntry,
}

/// What somebody showed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proof {
    /// The code of this step.
    Code(u64),
    /// A recovery code, which is gone with it.
    Recovery(TokenDigest),
}

/// Intent: a proven session in place of one that waits for the second factor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prove {
    /// The session that waits.
    pub waiting: TokenDigest,
    /// What was shown.
    pub proof: Proof,
    /// The session that is opened, with its line in the audit.
    pub session: NewStaffSession,
}
