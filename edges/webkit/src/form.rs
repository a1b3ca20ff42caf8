//! Forms and queries, read leniently: a missing field is empty, broken text is mended. What a field
//! may be is decided by the use case that takes it.

use crate::Problem;
use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use std::convert::Infallible;
use std::str::FromStr;

/// Names and values in the order sent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fields(pub Vec<(String, String)>);

impl Fields {
    /// A form's body, or a query.
    #[must_use]
    pub fn parse(text: &[u8]) -> Self {
        let pairs = form_urlencoded::parse(text);
        Self(pairs.map(|(name, value)| (name.into_owned(), value.into_owned())).collect())
    }

    /// The first value of that name, empty when there is none.
    #[must_use]
    pub fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(n, _)| n == name).map_or("", |(_, value)| value.as_str())
    }

    /// Every value of that name, in the order sent.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(n, _)| n == name).map(|(_, value)| value.as_str())
    }

    /// The first one, without blanks around it.
    #[must_use]
    pub fn text(&self, name: &str) -> String {
        self.get(name).trim().to_owned()
    }

    /// Whether there is such a field.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(n, _)| n == name)
    }

    /// A value as what it names.
    ///
    /// # Errors
    /// Not one: 422 with the field's name.
    pub fn parsed<T: FromStr>(&self, name: &'static str) -> Result<T, Problem> {
        let wrong = |_| Problem::invalid("form_invalid", format!("the field {name} is not right"));
        self.get(name).trim().parse().map_err(wrong)
    }
}

/// The fields of a posted form.
pub struct Form(pub Fields);

impl<S: Send + Sync> FromRequest<S> for Form {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let bytes = Bytes::from_request(request, state).await;
        let bytes = bytes.map_err(|rejection| Problem::unread(&rejection))?;
        Ok(Self(Fields::parse(&bytes)))
    }
}

/// The fields of the address.
pub struct Query(pub Fields);

impl<S: Send + Sync> FromRequestParts<S> for Query {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self(Fields::parse(parts.uri.query().unwrap_or_default().as_bytes())))
    }
}

/// An address of this shop with a query; empty values are left out.
#[must_use]
pub fn href(path: &str, pairs: &[(String, String)]) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    for (name, value) in pairs.iter().filter(|(_, value)| !value.is_empty()) {
        query.append_pair(name, value);
    }
    let query = query.finish();
    if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
}

/// An address of this shop to go on to; anything else leads to `otherwise`.
#[must_use]
pub fn onward<'a>(wanted: &'a str, otherwise: &'a str) -> &'a str {
    let own = wanted.starts_with('/') && !wanted.starts_with("//");
    let plain = wanted.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    if own && plain { wanted } else { otherwise }
}

/// A page behind `door` (as `/admin`) to go on to; anything else leads to the door's first one.
#[must_use]
pub fn within<'a>(door: &'a str, wanted: &'a str) -> &'a str {
    let behind = wanted
        .strip_prefix(door)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/') || rest.starts_with('?'));
    if behind { onward(wanted, door) } else { door }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_repeated_missing_and_broken_fields() {
        let fields = Fields::parse(b"a=1&a=2&b=+x+&c=%FF&d");
        assert_eq!(fields.get("a"), "1");
        assert_eq!((fields.text("b").as_str(), fields.get("none")), ("x", ""));
        assert_eq!(fields.get("c"), "\u{FFFD}");
        assert_eq!(fields.all("a").collect::<Vec<_>>(), ["1", "2"]);
        assert!(fields.has("d") && !fields.has("none"));
        assert!(fields.parsed::<u32>("a").is_ok());
        assert_eq!(fields.parsed::<u32>("d").unwrap_err().status(), 422);
    }

    #[test]
    fn addresses_are_escaped_and_stay_here() {
        let pairs = [("q".into(), "a&b ü".into()), ("x".into(), String::new())];
        assert_eq!(href("/search", &pairs), "/search?q=a%26b+%C3%BC");
        assert_eq!(href("/", &[]), "/");
        assert_eq!(onward("/checkout?a=1", "/"), "/checkout?a=1");
        for foreign in ["", "https://x", "//x", "/\\x", "javascript:x", "/a\r\nb", "/a b"] {
            assert_eq!(onward(foreign, "/"), "/", "{foreign}");
        }
    }

    #[test]
    fn ways_on_stay_behind_their_door() {
        for own in ["/admin", "/admin/orders?q=a", "/admin?x"] {
            assert_eq!(within("/admin", own), own);
        }
        let foreign =
            ["", "/", "//x", "/administer", "https://x/admin", "/admin/\r\nb", "/admin/\\x"];
        for foreign in foreign.into_iter().chain(["/cart", "/seller"]) {
            assert_eq!(within("/admin", foreign), "/admin", "{foreign}");
        }
    }
}
