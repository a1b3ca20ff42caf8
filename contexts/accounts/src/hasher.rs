//! Password hashing: what is computed, and where it may run.

use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};
use async_trait::async_trait;
use thiserror::Error;

/// Why there is no hash.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum HashError {
    /// Too many passwords wait to be hashed. Try again.
    #[error("too many passwords are being checked")]
    Busy,
    /// The stored hash, or the cost, makes no sense.
    #[error("password hash: {0}")]
    Broken(String),
}

/// Hashes passwords on the calling thread, for milliseconds: call it where blocking is allowed.
pub trait Hasher: Send + Sync + 'static {
    /// The hash in PHC string format, salt and cost inside.
    ///
    /// # Errors
    /// [`HashError::Broken`].
    fn hash(&self, password: &str, salt: [u8; 16]) -> Result<String, HashError>;

    /// Whether the password is the hashed one. Without a hash it works as long as with one, and the
    /// answer is no: an unknown account can't be told by the clock.
    ///
    /// # Errors
    /// [`HashError::Broken`].
    fn verify(&self, password: &str, hash: Option<&str>) -> Result<bool, HashError>;
}

/// A [`Hasher`] that doesn't block its caller. Wiring gives it threads and bounds how many passwords
/// are hashed at once; [`Inline`] is for tests.
#[async_trait]
pub trait Hashing: Send + Sync {
    /// See [`Hasher::hash`].
    ///
    /// # Errors
    /// Also [`HashError::Busy`].
    async fn hash(&self, password: String, salt: [u8; 16]) -> Result<String, HashError>;

    /// See [`Hasher::verify`].
    ///
    /// # Errors
    /// Also [`HashError::Busy`].
    async fn verify(&self, password: String, hash: Option<String>) -> Result<bool, HashError>;
}

/// Runs the hasher on the caller's own task: for tests and simulations.
#[derive(Debug, Clone, Copy)]
pub struct Inline<H>(pub H);

#[async_trait]
impl<H: Hasher> Hashing for Inline<H> {
    async fn hash(&self, password: String, salt: [u8; 16]) -> Result<String, HashError> {
        self.0.hash(&password, salt)
    }

    async fn verify(&self, password: String, hash: Option<String>) -> Result<bool, HashError> {
        self.0.verify(&password, hash.as_deref())
    }
}

/// What one hash costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cost {
    /// Memory in KiB.
    pub memory_kib: u32,
    /// Passes over it.
    pub passes: u32,
}

impl Cost {
    /// OWASP's recommendation for argon2id: 19 MiB, two passes; about 20 ms of one core.
    pub const RECOMMENDED: Self = Self { memory_kib: 19_456, passes: 2 };
    /// As little as the algorithm allows: for tests.
    pub const LEAST: Self = Self { memory_kib: 8, passes: 1 };
}

/// argon2id (RFC 9106), version 1.3, one lane.
#[derive(Debug, Clone, Copy)]
pub struct Argon2id {
    cost: Cost,
}

impl Argon2id {
    /// A hasher of this cost. Hashes of another cost are still verified, at theirs.
    #[must_use]
    pub const fn new(cost: Cost) -> Self {
        Self { cost }
    }

    fn algorithm(&self) -> Result<Argon2<'static>, HashError> {
        let params = Params::new(self.cost.memory_kib, self.cost.passes, 1, None);
        let params = params.map_err(|error| HashError::Broken(error.to_string()))?;
        Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
    }
}

impl Hasher for Argon2id {
    fn hash(&self, password: &str, salt: [u8; 16]) -> Result<String, HashError> {
        let broken = |error: argon2::password_hash::Error| HashError::Broken(error.to_string());
        let salt = SaltString::encode_b64(&salt).map_err(broken)?;
        let hash = self.algorithm()?.hash_password(password.as_bytes(), &salt).map_err(broken)?;
        Ok(hash.to_string())
    }

    fn verify(&self, password: &str, hash: Option<&str>) -> Result<bool, HashError> {
        let Some(hash) = hash else {
            self.hash(password, [0; 16])?;
            return Ok(false);
        };
        let broken = |error: argon2::password_hash::Error| HashError::Broken(error.to_string());
        let hash = PasswordHash::new(hash).map_err(broken)?;
        match self.algorithm()?.verify_password(password.as_bytes(), &hash) {
            Ok(()) => Ok(true),
            Err(argon2::password_hash::Error::Password) => Ok(false),
            Err(error) => Err(broken(error)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verifies_what_it_hashed_and_nothing_else() {
        let hasher = Argon2id::new(Cost::LEAST);
        let hash = hasher.hash("correct horse", [7; 16]).unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=8,t=1,p=1$"), "{hash}");
        assert_eq!(hasher.verify("correct horse", Some(&hash)), Ok(true));
        assert_eq!(hasher.verify("battery staple", Some(&hash)), Ok(false));
        assert_eq!(hasher.verify("correct horse", None), Ok(false));
        assert!(hasher.verify("correct horse", Some("nonsense")).is_err());
        assert_ne!(hasher.hash("correct horse", [8; 16]).unwrap(), hash, "salted");
    }

    #[test]
    fn a_hash_of_another_cost_is_verified_at_its_own() {
        let old = Argon2id::new(Cost::LEAST).hash("correct horse", [7; 16]).unwrap();
        let new = Argon2id::new(Cost { memory_kib: 16, passes: 2 });
        assert_eq!(new.verify("correct horse", Some(&old)), Ok(true));
    }
}
