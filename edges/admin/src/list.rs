//! What every list shares: its filters stand in its address, its pages are cut by keys, and what is seen
//! can be taken along as a file.

use crate::form::{Fields, href};
use serde::Serialize;

/// Rows of a page.
pub const PER_PAGE: usize = 50;

/// The addresses around a page of a list; empty where there is nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Default)]
pub struct Pager {
    /// The first page, when this is a later one.
    pub first: String,
    /// The page after this one.
    pub next: String,
    /// The same as a file.
    pub csv: String,
}

/// A list's address and the names of the filters that it keeps.
#[derive(Debug, Clone, Copy)]
pub struct List<'a> {
    /// Where it is.
    pub path: &'a str,
    /// Its filters.
    pub filters: &'a [&'a str],
}

impl List<'_> {
    /// Its address with these filters, one of them perhaps changed.
    pub fn with(&self, fields: &Fields, name: &str, value: &str) -> String {
        let kept = self.filters.iter().filter(|filter| **filter != name);
        let kept = kept.map(|filter| ((*filter).to_owned(), fields.text(filter)));
        let changed = std::iter::once((name.to_owned(), value.to_owned()));
        href(self.path, &kept.chain(changed).collect::<Vec<_>>())
    }

    /// The addresses around the page that begins behind `after` and is followed by `next`.
    pub fn pager(&self, fields: &Fields, next: Option<String>) -> Pager {
        let later = !fields.get("after").is_empty();
        Pager {
            first: if later { self.with(fields, "after", "") } else { String::new() },
            next: next.map(|next| self.with(fields, "after", &next)).unwrap_or_default(),
            csv: self.with(fields, "format", "csv"),
        }
    }
}

/// Whether the list is asked for as a file.
pub fn as_file(fields: &Fields) -> bool {
    fields.get("format") == "csv"
}

/// How many rows to ask the store for: a page and one more, or a file.
pub fn reach(fields: &Fields) -> usize {
    if as_file(fields) { crate::csv::LINES } else { PER_PAGE + 1 }
}

/// Cuts rows to a page; answers with where the next one begins, if there is one.
pub fn cut<T>(rows: &mut Vec<T>, key: impl Fn(&T) -> String) -> Option<String> {
    let more = rows.len() > PER_PAGE;
    rows.truncate(PER_PAGE);
    rows.last().filter(|_| more).map(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_stay_when_pages_are_turned() {
        let list = List { path: "/admin/x", filters: &["q", "state"] };
        let fields = Fields::parse(b"q=a+b&state=open&after=7&else=y");
        let pager = list.pager(&fields, Some("9".into()));
        assert_eq!(pager.first, "/admin/x?q=a+b&state=open");
        assert_eq!(pager.next, "/admin/x?q=a+b&state=open&after=9");
        assert_eq!(pager.csv, "/admin/x?q=a+b&state=open&format=csv");
        assert_eq!(list.with(&fields, "state", ""), "/admin/x?q=a+b");
        let mut rows: Vec<usize> = (0..=PER_PAGE).collect();
        assert_eq!(cut(&mut rows, usize::to_string), Some((PER_PAGE - 1).to_string()));
        assert_eq!((rows.len(), cut(&mut rows, usize::to_string)), (PER_PAGE, None));
    }
}
