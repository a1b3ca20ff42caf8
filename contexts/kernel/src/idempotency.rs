//! Idempotency claims: "the same key gives the same answer".

use crate::{Timestamp, UserId};

/// A client's key, scoped by who sent it: keys belong to their principal.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ClaimKey {
    /// Who sent the request.
    pub principal: UserId,
    /// The `Idempotency-Key` header, 1 to 255 bytes.
    pub key: String,
}

/// A claim on a key, made in the same transaction as the effect that it guards.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// Whose key.
    pub key: ClaimKey,
    /// Digest of the operation and the request's body: another request under the same key is refused.
    pub request: [u8; 16],
    /// When it was claimed.
    pub at: Timestamp,
}
