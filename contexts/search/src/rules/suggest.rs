//! Completing what is being typed: the last word, in the company of the words before it.

use super::fold::{fold, stem_into};
use super::limits::MAX_SUGGESTIONS;
use super::tokens::scan;
use crate::model::CategoryCount;

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

/// Whether a category's own name has every word of what is typed, the last perhaps only begun.
#[must_use]
pub fn names_category(typing: &Typing, category: &[String]) -> bool {
    let Some(name) = category.last() else { return false };
    let (mut stems, mut begun) = (Vec::new(), false);
    for part in scan(name).into_iter().flat_map(|compound| compound.parts) {
        begun |= part.starts_with(&typing.last);
        stems.push(stem_into(&part));
    }
    begun && typing.before.iter().all(|word| stems.contains(word))
}

/// The categories to suggest among all with their products, and how many products they have with
/// those below them.
#[must_use]
pub fn categories(prefix: &str, counted: &[(&[String], u64)]) -> Vec<CategoryCount> {
    let Some(typing) = typing(prefix) else { return Vec::new() };
    let mut sums: std::collections::BTreeMap<&[String], u64> = std::collections::BTreeMap::new();
    for (path, count) in counted.iter().filter(|(_, count)| *count > 0) {
        for depth in 1..=path.len() {
            if names_category(&typing, &path[..depth]) {
                *sums.entry(&path[..depth]).or_default() += count;
            }
        }
    }
    let mut found: Vec<CategoryCount> =
        sums.into_iter().map(|(p, count)| CategoryCount { path: p.to_vec(), count }).collect();
    found.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.path.cmp(&b.path)));
    found.truncate(MAX_SUGGESTIONS);
    found
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
