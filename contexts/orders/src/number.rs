//! Order numbers: what people read to each other on the phone.
//!
//! Sixteen letters of Crockford's base 32 in groups of four, computed from the order's id: 53 bits of
//! time and counter since 2024, the 12 bits of the shard bucket, 15 random bits that make a number
//! unguessable from its neighbours. Nothing is stored; a store finds the order by [`OrderNumber::key`]
//! and compares the whole number.

use souk_kernel::OrderId;
use std::fmt;
use std::str::FromStr;

const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// 2024-01-01 in milliseconds: 41 bits from here last until 2093.
const EPOCH_MS: i64 = 1_704_067_200_000;
const LETTERS: u32 = 16;

/// An order's number.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct OrderNumber(u128);

/// Not sixteen letters of the alphabet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an order number has sixteen letters and digits")]
pub struct NotANumber;

impl OrderNumber {
    /// The number of an order.
    #[must_use]
    pub const fn of(id: OrderId) -> Self {
        let moment = (id.key() - (EPOCH_MS << 12)) as u128 & ((1 << 53) - 1);
        let bucket = id.bucket().number() as u128;
        let random = (id.tail() & 0x7FFF) as u128;
        Self((moment << 27) | (bucket << 15) | random)
    }

    /// The key of the order's id.
    #[must_use]
    pub const fn key(self) -> i64 {
        (self.0 >> 27) as i64 + (EPOCH_MS << 12)
    }

    /// The shard bucket of the order.
    #[must_use]
    pub const fn bucket(self) -> u16 {
        ((self.0 >> 15) & 0xFFF) as u16
    }
}

impl fmt::Display for OrderNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for i in 0..LETTERS {
            if i > 0 && i % 4 == 0 {
                f.write_str("-")?;
            }
            let digit = (self.0 >> (5 * (LETTERS - 1 - i))) & 31;
            write!(f, "{}", char::from(ALPHABET[digit as usize]))?;
        }
        Ok(())
    }
}

impl fmt::Debug for OrderNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for OrderNumber {
    type Err = NotANumber;

    /// Reads a number as people write it: any case, with or without dashes, O for 0, I and L for 1.
    fn from_str(text: &str) -> Result<Self, NotANumber> {
        let mut bits = 0_u128;
        let mut letters = 0;
        for letter in text.bytes().filter(|b| !matches!(b, b'-' | b' ')) {
            let letter = match letter.to_ascii_uppercase() {
                b'O' => b'0',
                b'I' | b'L' => b'1',
                other => other,
            };
            let digit = ALPHABET.iter().position(|a| *a == letter).ok_or(NotANumber)?;
            bits = (bits << 5) | digit as u128;
            letters += 1;
            if letters > LETTERS {
                return Err(NotANumber);
            }
        }
        if letters == LETTERS { Ok(Self(bits)) } else { Err(NotANumber) }
    }
}
