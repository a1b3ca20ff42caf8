//! Ids as they are stored: 16 bytes, 36 letters, or the 60-bit key of a row.

use sha2::{Digest, Sha256};

/// The key of an id: its milliseconds and its counter, without the version between them.
pub fn key(id: &[u8; 16]) -> i64 {
    let bits = u128::from_be_bytes(*id);
    let (ms, counter) = (bits >> 80, (bits >> 64) & 0xFFF);
    i64::try_from((ms << 12) | counter).unwrap_or(i64::MAX)
}

/// An id as people read it; other bytes in hexadecimal.
pub fn text(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(36);
    for (at, byte) in bytes.iter().enumerate() {
        if bytes.len() == 16 && matches!(at, 4 | 6 | 8 | 10) {
            text.push('-');
        }
        for digit in [byte >> 4, byte & 15] {
            text.push(char::from_digit(u32::from(digit), 16).unwrap_or('?'));
        }
    }
    text
}

/// The bytes of 36 letters, dashes in their places.
pub fn parse(text: &str) -> Option<[u8; 16]> {
    let letters = text.as_bytes();
    if letters.len() != 36 {
        return None;
    }
    let mut id = [0; 16];
    let mut at = 0;
    for (place, letter) in letters.iter().enumerate() {
        if matches!(place, 8 | 13 | 18 | 23) {
            if *letter != b'-' {
                return None;
            }
            continue;
        }
        let digit = char::from(*letter).to_digit(16)?;
        id[at / 2] = (id[at / 2] << 4) | u8::try_from(digit).ok()?;
        at += 1;
    }
    Some(id)
}

/// The refund of a try to send a return's money: the first half of a digest of the order and of what the
/// try is called.
pub fn refund_of_return(order: &[u8; 16], back: &str, attempt: u32) -> [u8; 16] {
    let mut hash = Sha256::new();
    hash.update(order);
    hash.update(b"refund\0");
    hash.update(format!("return:{back}:{attempt}"));
    let mut half = [0; 16];
    half.copy_from_slice(&hash.finalize()[..16]);
    half
}

/// Spreads a number over 64 bits (the finalizer of `SplitMix64`): sums of such numbers, each times a
/// quantity, are equal for equal contents, and for unequal ones with a chance of 2⁻⁶⁴.
pub const fn mix(number: u64) -> u64 {
    let mut z = number.wrapping_add(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_read_as_it_is_written() {
        let written = "01936f2b-7a1c-7abc-8def-0123456789ab";
        let id = parse(written).unwrap();
        assert_eq!(text(&id), written);
        assert_eq!(key(&id), (0x0193_6f2b_7a1c << 12) | 0xabc);
        for bad in
            ["", "01936f2b-7a1c-7abc-8def-0123456789a", "01936f2b07a1c-7abc-8def-0123456789ab"]
        {
            assert_eq!(parse(bad), None, "{bad}");
        }
        assert_eq!(text(&[0xab, 0x01]), "ab01");
    }
}
