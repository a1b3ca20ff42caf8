//! Keyset pages: "after this one, so many". Never offsets.

use crate::Problem;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Where the next page starts: the sort key of the last item. Opaque to clients.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cursor(pub i64);

impl Cursor {
    /// Its text.
    #[must_use]
    pub fn text(self) -> String {
        format!("{:016x}", self.0)
    }

    /// Reads it back.
    ///
    /// # Errors
    /// 422 `cursor_invalid`.
    pub fn parse(text: &str) -> Result<Self, Problem> {
        let fits = text.len() == 16 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        match u64::from_str_radix(text, 16) {
            Ok(bits) if fits => Ok(Self(bits.cast_signed())),
            _ => Err(Problem::invalid("cursor_invalid", "after: send `next` as it was received")),
        }
    }
}

/// The query of a list.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PageQuery {
    /// `next` of the page before; none for the first.
    pub after: Option<String>,
    /// At most so many items, 1 to 100; 20 unless told.
    pub limit: Option<u16>,
}

impl PageQuery {
    /// Where to start and how many to read.
    ///
    /// # Errors
    /// 422 `cursor_invalid`, `limit_invalid`.
    pub fn bounds(&self) -> Result<(Option<Cursor>, usize), Problem> {
        let after = self.after.as_deref().map(Cursor::parse).transpose()?;
        let limit = self.limit.unwrap_or(20);
        if !(1..=100).contains(&limit) {
            return Err(Problem::invalid("limit_invalid", "limit: from 1 to 100"));
        }
        Ok((after, usize::from(limit)))
    }
}

/// A page of a list.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Page<T> {
    /// The items, in the list's order.
    pub items: Vec<T>,
    /// For `after` of the next page; none on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

impl<T> Page<T> {
    /// The page of what a store answered when asked for `limit + 1` items: the one too many shows
    /// that there is a next page.
    pub fn of(mut found: Vec<T>, limit: usize, key: impl Fn(&T) -> Cursor) -> Self {
        let more = found.len() > limit;
        found.truncate(limit);
        let next = found.last().filter(|_| more).map(|last| key(last).text());
        Self { items: found, next }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_read_back() {
        for key in [0, 1, -1, i64::MAX, i64::MIN] {
            assert_eq!(Cursor::parse(&Cursor(key).text()).unwrap(), Cursor(key));
        }
        for bad in ["", "1", "zzzzzzzzzzzzzzzz", "+000000000000001", "00000000000000001"] {
            assert_eq!(Cursor::parse(bad).unwrap_err().code(), "cursor_invalid", "{bad}");
        }
    }

    #[test]
    fn the_last_page_has_no_next() {
        let key = |item: &i64| Cursor(*item);
        let page = Page::of(vec![1, 2, 3], 2, key);
        assert_eq!((page.items, page.next), (vec![1, 2], Some(Cursor(2).text())));
        let page = Page::of(vec![1, 2], 2, key);
        assert_eq!((page.items, page.next), (vec![1, 2], None));
        assert_eq!(Page::of(vec![], 2, key).next, None);
    }

    #[test]
    fn limits_are_bounded() {
        let query = |limit| PageQuery { after: None, limit };
        assert_eq!(query(None).bounds().unwrap().1, 20);
        assert_eq!(query(Some(100)).bounds().unwrap().1, 100);
        assert!(query(Some(0)).bounds().is_err() && query(Some(101)).bounds().is_err());
    }
}
