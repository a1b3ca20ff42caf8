//! Forms and queries, read leniently: a missing field is empty, broken text is mended.

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use souk_webkit::Problem;
use std::convert::Infallible;

/// Names and values in the order sent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fields(Vec<(String, String)>);

impl Fields {
    fn parse(text: &[u8]) -> Self {
        let pairs = form_urlencoded::parse(text);
        Self(pairs.map(|(name, value)| (name.into_owned(), value.into_owned())).collect())
    }

    /// The first value of that name, empty when there is none.
    pub fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(n, _)| n == name).map_or("", |(_, value)| value.as_str())
    }

    /// The same, without blanks around it.
    pub fn text(&self, name: &str) -> String {
        self.get(name).trim().to_owned()
    }

    /// Whether there is such a field.
    pub fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(n, _)| n == name)
    }
}

/// The fields of a posted form.
pub struct Form(pub Fields);

impl<S: Send + Sync> FromRequest<S> for Form {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let bytes = Bytes::from_request(request, state).await;
        let bytes = bytes.map_err(|rejection| {
            Problem::new(rejection.status(), "form_invalid", rejection.body_text())
        })?;
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

/// An address with a query; empty values are left out.
pub fn href(path: &str, pairs: &[(String, String)]) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    for (name, value) in pairs.iter().filter(|(_, value)| !value.is_empty()) {
        query.append_pair(name, value);
    }
    let query = query.finish();
    if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
}

/// A page of sellers to go on to; anything else leads to the overview.
pub fn onward(wanted: &str) -> &str {
    let own =
        wanted == "/seller" || wanted.starts_with("/seller/") || wanted.starts_with("/seller?");
    let plain = wanted.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    if own && plain { wanted } else { "/seller" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ways_on_stay_with_the_sellers() {
        assert_eq!(onward("/seller/orders?stage=a"), "/seller/orders?stage=a");
        for foreign in ["", "/", "//x", "/sellers", "https://x/seller", "/seller/\r\nb", "/cart"] {
            assert_eq!(onward(foreign), "/seller", "{foreign}");
        }
        let fields = Fields::parse(b"a=1&a=2&b=+x+&c=%FF");
        assert_eq!(
            (fields.get("a"), fields.text("b").as_str(), fields.get("none")),
            ("1", "x", "")
        );
        assert!(fields.has("c") && !fields.has("d"));
    }
}
