//! Completing what is being typed: the last word, in the company of the words before it.

use super::fold::{fold, stem_into};
use super::tokens::scan;

/// A text that is being typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Typing {
    /// What stands before the last word, as typed, with its blank.
    pub head: String,
    /// The terms of the words before the last.
    pub before: Vec<String>,
    /// The last word so far, folded; never empty.
    pub last: String,
}

/// How many completions of the last word are tried against the words before it.
pub const TRIED: usize = 32;

/// Reads what is being typed; `None` when there is no word to complete.
#[must_use]
pub fn typing(text: &str) -> Option<Typing> {
    let text = text.trim_start();
    let at = text.char_indices().rev().find(|(_, c)| c.is_whitespace());
    let (head, last) = at.map_or(("", text), |(i, c)| text.split_at(i + c.len_utf8()));
    let last = fold(last);
    if last.is_empty() || !last.chars().all(char::is_alphanumeric) {
        return None;
    }
    let before = scan(head).into_iter().flat_map(|c| c.parts).map(|p| stem_into(&p)).collect();
    Some(Typing { head: head.to_owned(), before, last })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splits_off_the_last_word() {
        let read = typing("  Gaming Keyb").unwrap();
        assert_eq!((read.head.as_str(), read.last.as_str()), ("Gaming ", "keyb"));
        assert_eq!(read.before, ["gaming"]);
        assert_eq!(typing("gaming "), None);
        assert_eq!(typing(""), None);
        assert_eq!(typing("\"*"), None);
    }
}
