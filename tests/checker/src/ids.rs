//! Ids as they are written in texts and rows.

use std::fmt;

/// A UUID.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Uuid(pub u128);

impl Uuid {
    /// From its usual text, with or without dashes.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut digits = 0;
        let mut bits = 0_u128;
        for letter in text.bytes().filter(|b| *b != b'-') {
            bits = (bits << 4) | u128::from(char::from(letter).to_digit(16)?);
            digits += 1;
            if digits > 32 {
                return None;
            }
        }
        (digits == 32).then_some(Self(bits))
    }

    /// From a column of 16 bytes.
    #[must_use]
    pub fn of_bytes(bytes: [u8; 16]) -> Self {
        Self(u128::from_be_bytes(bytes))
    }

    /// The row key: 48 bits of milliseconds and 12 bits of counter.
    #[must_use]
    pub fn key(self) -> i64 {
        let millis = (self.0 >> 80) as i64;
        let counter = ((self.0 >> 64) & 0xFFF) as i64;
        (millis << 12) | counter
    }
}

impl fmt::Display for Uuid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hex = format!("{:032x}", self.0);
        let parts = [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]];
        f.write_str(&parts.join("-"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_back() {
        let text = "0199e4a5-1c00-7abc-8123-456789abcdef";
        let id = Uuid::parse(text).unwrap();
        assert_eq!(id.to_string(), text);
        assert_eq!(id.key(), (0x0199_e4a5_1c00 << 12) | 0xabc);
        assert_eq!(Uuid::parse("0199"), None);
        assert_eq!(Uuid::parse("zz99e4a5-1c00-7abc-8123-456789abcdef"), None);
    }
}
