//! Versions as entity tags, for concurrent edits.

use crate::Problem;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};

/// The strong entity tag of a version: `"12"`.
#[must_use]
pub fn etag(version: u64) -> HeaderValue {
    let text = format!("\"{version}\"");
    HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static("\"0\""))
}

/// The version that `If-Match` expects; none without the header or with `*`. A list, a weak tag or
/// another text: 400 `if_match_invalid`, because guessing would undo somebody's edit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IfMatch(pub Option<u64>);

impl<S: Send + Sync> FromRequestParts<S> for IfMatch {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let Some(value) = parts.headers.get(header::IF_MATCH) else { return Ok(Self(None)) };
        let text = value.to_str().unwrap_or_default().trim();
        if text == "*" {
            return Ok(Self(None));
        }
        let digits = text.strip_prefix('"').and_then(|text| text.strip_suffix('"'));
        let version = digits.and_then(|digits| digits.parse().ok());
        version.map(|version| Self(Some(version))).ok_or_else(|| {
            let detail = "If-Match must be one ETag as it was received, or *";
            Problem::new(StatusCode::BAD_REQUEST, "if_match_invalid", detail)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::Request;
    use futures_util::FutureExt;

    fn read(value: HeaderValue) -> Result<Option<u64>, u16> {
        let request = Request::put("/cart").header("if-match", value);
        let (mut parts, ()) = request.body(()).unwrap().into_parts();
        let read = IfMatch::from_request_parts(&mut parts, &()).now_or_never().unwrap();
        read.map(|wanted| wanted.0).map_err(|problem| problem.status().as_u16())
    }

    #[test]
    fn reads_back_what_it_wrote() {
        for version in [0, 12, u64::MAX] {
            assert_eq!(read(etag(version)), Ok(Some(version)));
        }
        assert_eq!(read(HeaderValue::from_static("*")), Ok(None));
        for bad in ["12", "W/\"12\"", "\"a\"", "\"1\", \"2\"", "\"-1\"", ""] {
            assert_eq!(read(HeaderValue::from_static(bad)), Err(400), "{bad}");
        }
    }
}
