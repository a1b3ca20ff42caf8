//! Session tokens: 128 random bits for the bearer, a digest for everybody else.

use sha2::{Digest, Sha256};
use souk_kernel::Entropy;
use std::fmt;

/// What a bearer shows: 32 hexadecimal digits. Never stored, never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

impl Token {
    /// A fresh token.
    #[must_use]
    pub fn mint(entropy: &dyn Entropy) -> Self {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let mut text = String::with_capacity(32);
        for byte in entropy.token() {
            text.push(char::from(DIGITS[usize::from(byte >> 4)]));
            text.push(char::from(DIGITS[usize::from(byte & 15)]));
        }
        Self(text)
    }

    /// The token itself, for its bearer only.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// Its digest.
    #[must_use]
    pub fn digest(&self) -> TokenDigest {
        TokenDigest::of(&self.0)
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(..)")
    }
}

/// SHA-256 of a token: what stores keep and look up. A fast hash is enough, because a token has
/// 128 random bits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TokenDigest([u8; 32]);

impl TokenDigest {
    /// Digests whatever a request carried; any text has a digest.
    #[must_use]
    pub fn of(token: &str) -> Self {
        Self(Sha256::digest(token.as_bytes()).into())
    }

    /// From stored bytes.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The bytes to store.
    #[must_use]
    pub const fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for TokenDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Enough to tell two apart in a failing test, useless to anybody else.
        write!(f, "TokenDigest({:02x}{:02x}..)", self.0[0], self.0[1])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use souk_kernel::SeededEntropy;

    #[test]
    fn a_token_has_32_digits_and_is_never_printed() {
        let entropy = SeededEntropy::new(3);
        let token = Token::mint(&entropy);
        assert_eq!(token.reveal().len(), 32);
        assert!(token.reveal().bytes().all(|byte| byte.is_ascii_hexdigit()));
        assert!(!format!("{token:?}").contains(token.reveal()));
        assert_ne!(Token::mint(&entropy), token);
    }

    #[test]
    fn the_digest_is_sha_256() {
        let digest = TokenDigest::of("abc");
        assert_eq!(digest.bytes()[..4], [0xba, 0x78, 0x16, 0xbf]);
    }
}
