//! What shoppers do, as far as it ranks products: looks, purchases, searches that found something.

use serde::{Deserialize, Serialize};
use souk_kernel::{ProductId, Timestamp, UserId};

/// Interests of one shopper that are kept: the last ones, one a product.
pub const KEPT_INTERESTS: usize = 50;
/// Different searches that are kept: further ones are not recorded until old ones have faded.
pub const KEPT_SEARCHES: usize = 20_000;
/// A text is suggested to others once it was searched for so often: one shopper's slip is nobody
/// else's business.
pub const SUGGESTED_AFTER: u32 = 3;
/// After so long, counts are halved: what sold last year says little.
pub const FADES_AFTER_MS: i64 = 14 * souk_kernel::DAY_MS;
/// Longer searches are not recorded.
const MAX_RECORDED_CHARS: usize = 60;
/// Digits in a row that may be somebody's number.
const PRIVATE_DIGITS: usize = 7;

/// What a shopper did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Act {
    /// Opened its page.
    Looked,
    /// Ordered it; the order was confirmed.
    Bought,
}

/// One act with what it tells of its product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Interest {
    /// The product.
    pub product: ProductId,
    /// What was done.
    pub act: Act,
    /// Its brand; may be empty.
    pub brand: String,
    /// Its category from the root; may be empty.
    pub category: Vec<String>,
    /// When.
    pub at: Timestamp,
}

/// An act of somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// Whose; `None` counts for the product alone.
    pub user: Option<UserId>,
    /// What.
    pub interest: Interest,
}

/// How often a product was looked at and ordered, lately.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tally {
    /// The product.
    pub product: ProductId,
    /// Looks.
    pub views: u32,
    /// Orders.
    pub orders: u32,
}

/// A search as it is recorded: folded, blanks made one. `None` when it is too long, or holds what
/// may be somebody's address or number.
#[must_use]
pub fn recorded(text: &str) -> Option<String> {
    let words: Vec<String> = text.split_whitespace().map(crate::rules::fold::fold).collect();
    let text = words.join(" ");
    let private = text.contains('@')
        || text.split(|c: char| !c.is_ascii_digit()).any(|run| run.len() >= PRIVATE_DIGITS);
    let fits = (2..=MAX_RECORDED_CHARS).contains(&text.chars().count());
    (fits && !private).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn searches_are_folded_and_private_ones_not_kept() {
        assert_eq!(recorded("  Café   Crème "), Some("cafe creme".to_owned()));
        for private in ["me@example.com", "+49 1701234567", "x", "", &"long ".repeat(20)] {
            assert_eq!(recorded(private), None, "{private}");
        }
        assert_eq!(recorded("tn-2110 toner"), Some("tn-2110 toner".to_owned()));
    }
}
