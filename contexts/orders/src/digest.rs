//! Digests: what makes a repeated request recognisable.

use sha2::{Digest, Sha256};
use souk_kernel::{ClaimKey, Id};

/// The digest of an operation and its request, for comparing two requests under one key.
#[must_use]
pub fn request_digest(operation: &str, request: &[u8]) -> [u8; 16] {
    let mut hash = Sha256::new();
    hash.update(operation.as_bytes());
    hash.update([0]);
    hash.update(request);
    first_half(&hash.finalize())
}

/// An id that follows from a key and a purpose: the same key gives the same id, so an effect that is
/// stored under it happens once.
#[must_use]
pub fn derived<N>(key: &ClaimKey, purpose: &str) -> Id<N> {
    let mut hash = Sha256::new();
    hash.update(key.principal.bytes());
    hash.update(purpose.as_bytes());
    hash.update([0]);
    hash.update(key.key.as_bytes());
    Id::from_bytes(first_half(&hash.finalize()))
}

fn first_half(digest: &[u8]) -> [u8; 16] {
    let mut half = [0; 16];
    half.copy_from_slice(&digest[..16]);
    half
}
