//! Bytes as hexadecimal digits, for what stands in links.

use std::fmt::Write as _;

/// Two small digits a byte.
#[must_use]
pub fn to_hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// So many bytes from two digits each; `None` for anything else.
#[must_use]
pub fn from_hex<const N: usize>(text: &str) -> Option<[u8; N]> {
    if text.len() != 2 * N || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let mut bytes = [0; N];
    for (at, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&text[2 * at..2 * at + 2], 16).ok()?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_read_back_and_nothing_else_does() {
        let bytes = [0, 7, 0xA5, 0xFF];
        assert_eq!(to_hex(&bytes), "0007a5ff");
        assert_eq!(from_hex("0007a5ff"), Some(bytes));
        assert_eq!(from_hex("0007A5FF"), Some(bytes));
        for broken in ["", "0007a5f", "0007a5ff0", "0007a5fg", "+007a5ff", "00é7a5f"] {
            assert_eq!(from_hex::<4>(broken), None, "{broken}");
        }
    }
}
