//! The second factor: codes by time (RFC 6238: HMAC-SHA-1, six digits, thirty seconds), secrets that are sealed
//! where they are stored, recovery codes.

use crate::StaffId;
use hmac::{Hmac, Mac};
use sha1::Sha1;
use sha2::{Digest, Sha256};
use souk_accounts::TokenDigest;
use souk_kernel::{Entropy, Timestamp};
use std::fmt;

/// How long a code counts, in milliseconds.
pub const STEP_MS: i64 = 30_000;
/// Steps before and after the present one whose codes are taken: clocks differ, and people type slowly.
const DRIFT: u64 = 1;
/// Recovery codes of a member.
pub const RECOVERY_CODES: usize = 10;
/// Bytes of a secret: as many as the hash has.
const SECRET: usize = 20;
/// Bytes of what makes each sealing different.
const NONCE: usize = 16;
/// RFC 4648; people never mistake its letters for digits.
const LETTERS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// What an authenticator app and the shop share. Never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret([u8; SECRET]);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

impl Secret {
    /// A fresh one.
    #[must_use]
    pub fn mint(entropy: &dyn Entropy) -> Self {
        let (one, two) = (entropy.token(), entropy.token());
        let mut bytes = [0; SECRET];
        bytes[..16].copy_from_slice(&one);
        bytes[16..].copy_from_slice(&two[..SECRET - 16]);
        Self(bytes)
    }

    /// As people type it: 32 letters.
    #[must_use]
    pub fn text(&self) -> String {
        letters(&self.0)
    }

    /// Reads it back; blanks and small letters are fine.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut bits: u64 = 0;
        let (mut held, mut bytes) = (0, Vec::with_capacity(SECRET));
        for letter in text.bytes().filter(|byte| !byte.is_ascii_whitespace()) {
            let letter = letter.to_ascii_uppercase();
            let value = LETTERS.iter().position(|known| *known == letter)?;
            bits = ((bits << 5) | value as u64) & 0xFFFF;
            held += 5;
            if held >= 8 {
                held -= 8;
                bytes.push(((bits >> held) & 0xFF) as u8);
            }
        }
        bytes.try_into().ok().map(Self)
    }

    /// What an authenticator app takes: `otpauth://totp/…`.
    #[must_use]
    pub fn link(&self, shop: &str, email: &str) -> String {
        let (shop, email) = (escaped(shop), escaped(email));
        format!(
            "otpauth://totp/{shop}:{email}?secret={}&issuer={shop}&algorithm=SHA1&digits=6&period=30",
            self.text()
        )
    }

    /// The code of a step.
    #[must_use]
    pub fn code(&self, step: u64) -> String {
        let mac = mac::<Hmac<Sha1>>(&self.0, &[&step.to_be_bytes()]);
        // RFC 4226: the last nibble says where the four bytes are.
        let at = usize::from(mac.last().copied().unwrap_or_default() & 0xF);
        let four = mac.get(at..at + 4).and_then(|four| <[u8; 4]>::try_from(four).ok());
        let number = u32::from_be_bytes(four.unwrap_or_default()) & 0x7FFF_FFFF;
        format!("{:06}", number % 1_000_000)
    }

    /// The step whose code somebody typed, of those that count now.
    #[must_use]
    pub fn step_of(&self, typed: &str, now: Timestamp) -> Option<u64> {
        let typed: String = typed.chars().filter(char::is_ascii_digit).collect();
        let present = u64::try_from(now.0 / STEP_MS).unwrap_or_default();
        let mut steps = present.saturating_sub(DRIFT)..=present + DRIFT;
        // Six digits, tried a few times a minute: the time of a comparison tells nothing of use.
        steps.find(|step| self.code(*step) == typed)
    }
}

fn mac<M: Mac + hmac::digest::KeyInit>(key: &[u8], parts: &[&[u8]]) -> Vec<u8> {
    // A key of any length is taken.
    let Ok(mut mac) = <M as Mac>::new_from_slice(key) else { return Vec::new() };
    parts.iter().for_each(|part| mac.update(part));
    mac.finalize().into_bytes().to_vec()
}

fn letters(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 8 / 5 + 1);
    let (mut bits, mut held): (u32, u32) = (0, 0);
    for byte in bytes {
        bits = ((bits << 8) | u32::from(*byte)) & 0xFFFF;
        held += 8;
        while held >= 5 {
            held -= 5;
            text.push(char::from(LETTERS[((bits >> held) & 31) as usize]));
        }
    }
    text
}

/// For a part of an address.
fn escaped(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~@".contains(&byte);
    let one =
        |byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") };
    text.bytes().map(one).collect()
}

/// What seals secrets where they are stored: a stolen copy of the store opens nothing without it.
#[derive(Clone)]
pub struct Seal([u8; 32]);

impl fmt::Debug for Seal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Seal(..)")
    }
}

impl Seal {
    /// From the shop's own secret.
    #[must_use]
    pub fn of(secret: &str) -> Self {
        Self(Sha256::digest(secret.as_bytes()).into())
    }

    /// A pad that is used once: for this member and this nonce.
    fn pad(&self, member: StaffId, nonce: &[u8]) -> Vec<u8> {
        mac::<Hmac<Sha256>>(&self.0, &[b"souk second factor", member.bytes(), nonce])
    }

    /// Seals a member's secret.
    #[must_use]
    pub fn close(&self, member: StaffId, secret: &Secret, nonce: [u8; NONCE]) -> Vec<u8> {
        let pad = self.pad(member, &nonce);
        let hidden = secret.0.iter().zip(pad).map(|(byte, pad)| byte ^ pad);
        nonce.iter().copied().chain(hidden).collect()
    }

    /// Opens what [`Self::close`] sealed for this member; under another key it is another secret.
    #[must_use]
    pub fn open(&self, member: StaffId, sealed: &[u8]) -> Option<Secret> {
        let (nonce, hidden) = sealed.split_at_checked(NONCE)?;
        let pad = self.pad(member, nonce);
        let bytes: Vec<u8> = hidden.iter().zip(pad).map(|(byte, pad)| byte ^ pad).collect();
        bytes.try_into().ok().map(Secret)
    }
}

/// A recovery code: 80 random bits, for when the device is gone.
#[must_use]
pub fn recovery_code(entropy: &dyn Entropy) -> String {
    let text = letters(&entropy.token()[..10]);
    let parts: Vec<&str> = (0..4).filter_map(|part| text.get(part * 4..part * 4 + 4)).collect();
    parts.join("-")
}

/// What is kept of a recovery code, however it is typed. A fast hash is enough for 80 random bits.
#[must_use]
pub fn recovery_digest(typed: &str) -> TokenDigest {
    let plain: String = typed.chars().filter(char::is_ascii_alphanumeric).collect();
    TokenDigest::of(&plain.to_ascii_uppercase())
}

#[cfg(test)]
mod tests {
    use super::*;
    use souk_kernel::{Id, SeededEntropy};

    /// The secret of RFC 6238, appendix B.
    fn rfc() -> Secret {
        Secret(*b"12345678901234567890")
    }

    #[test]
    fn codes_are_those_of_the_standard() {
        let codes = [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000_i64, "353130"),
        ];
        for (seconds, code) in codes {
            let step = u64::try_from(seconds / 30).unwrap();
            assert_eq!(rfc().code(step), code, "at {seconds}");
            assert_eq!(rfc().step_of(code, Timestamp(seconds * 1_000)), Some(step));
        }
    }

    #[test]
    fn one_step_of_drift_is_forgiven_and_no_more() {
        let now = Timestamp(1_111_111_111_000);
        let present = 1_111_111_111 / 30;
        let typed = |step| rfc().step_of(&rfc().code(step), now);
        assert_eq!(
            [present - 1, present, present + 1].map(typed),
            [Some(present - 1), Some(present), Some(present + 1)]
        );
        assert_eq!([present - 2, present + 2].map(typed), [None, None]);
        assert_eq!(rfc().step_of(" 050 471 ", now), Some(present), "blanks are fine");
        assert_eq!((rfc().step_of("", now), rfc().step_of("50471", now)), (None, None));
    }

    #[test]
    fn secrets_are_typed_and_linked() {
        let secret = rfc();
        assert_eq!(secret.text(), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
        assert_eq!(Secret::parse("gezd gnbv gy3tqojqgezdgnbvgy3tqojq"), Some(secret.clone()));
        for wrong in
            ["", "GEZD", "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJ1", "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQAA"]
        {
            assert_eq!(Secret::parse(wrong), None, "{wrong}");
        }
        let link = secret.link("Souk & Sons", "ada@example.com");
        assert!(link.starts_with("otpauth://totp/Souk%20%26%20Sons:ada@example.com?secret=GEZD"));
        assert!(!format!("{secret:?}").contains("GEZ"));
    }

    #[test]
    fn what_is_sealed_opens_for_its_member_and_key_only() {
        let (ada, bea): (StaffId, StaffId) = (Id::from_bytes([1; 16]), Id::from_bytes([2; 16]));
        let (seal, other) = (Seal::of("one secret"), Seal::of("another"));
        let sealed = seal.close(ada, &rfc(), [7; 16]);
        assert_eq!(seal.open(ada, &sealed), Some(rfc()));
        assert_ne!(seal.open(bea, &sealed), Some(rfc()));
        assert_ne!(other.open(ada, &sealed), Some(rfc()));
        assert_ne!(sealed, seal.close(ada, &rfc(), [8; 16]), "each sealing differs");
        assert!(!sealed.windows(4).any(|part| part == b"1234"));
        assert_eq!((seal.open(ada, b"short"), seal.open(ada, &sealed[..20])), (None, None));
    }

    #[test]
    fn recovery_codes_are_long_and_forgiving() {
        let entropy = SeededEntropy::new(4);
        let (one, two) = (recovery_code(&entropy), recovery_code(&entropy));
        assert_eq!((one.len(), one == two), (19, false));
        let typed = format!(" {} ", one.to_lowercase().replace('-', " "));
        assert_eq!(recovery_digest(&typed), recovery_digest(&one));
        assert_ne!(recovery_digest(&two), recovery_digest(&one));
    }
}
