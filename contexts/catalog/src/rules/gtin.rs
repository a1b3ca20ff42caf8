//! Global trade item numbers (GS1): 8, 12, 13 or 14 digits, the last one a check digit.

/// Whether `text` is a trade item number with a right check digit.
#[must_use]
pub fn is_gtin(text: &str) -> bool {
    let digits = text.as_bytes();
    if !matches!(digits.len(), 8 | 12 | 13 | 14) || !digits.iter().all(u8::is_ascii_digit) {
        return false;
    }
    // From the right, beginning with the check digit: weights 1, 3, 1, 3, …
    let weighted =
        |(at, digit): (usize, &u8)| u32::from(digit - b'0') * if at % 2 == 0 { 1 } else { 3 };
    let sum: u32 = digits.iter().rev().enumerate().map(weighted).sum();
    sum.is_multiple_of(10)
}
