//! The idempotency key that every money or stock request must carry.

use crate::Problem;
use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::request::Parts;

/// The `Idempotency-Key` header: 1 to 255 visible ASCII characters, taken as they are. Missing: 428
/// `idempotency_key_required`; malformed or sent twice: 400 `idempotency_key_invalid`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotencyKey(pub String);

impl IdempotencyKey {
    /// Checks a key from elsewhere, a form's hidden field.
    ///
    /// # Errors
    /// As the header.
    pub fn parse(key: &[u8]) -> Result<Self, Problem> {
        let fits = (1..=255).contains(&key.len()) && key.iter().all(u8::is_ascii_graphic);
        match std::str::from_utf8(key) {
            Ok(key) if fits => Ok(Self(key.to_owned())),
            _ => Err(Problem::new(
                StatusCode::BAD_REQUEST,
                "idempotency_key_invalid",
                "Idempotency-Key must be 1 to 255 visible ASCII characters, sent once",
            )),
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for IdempotencyKey {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let mut keys = parts.headers.get_all("idempotency-key").iter();
        let Some(key) = keys.next() else {
            return Err(Problem::new(
                StatusCode::PRECONDITION_REQUIRED,
                "idempotency_key_required",
                "send an Idempotency-Key, and the same one when you repeat the request",
            ));
        };
        if keys.next().is_some() { Self::parse(b"") } else { Self::parse(key.as_bytes()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::Request;
    use futures_util::FutureExt;

    fn read(keys: &[&[u8]]) -> Result<String, u16> {
        let mut request = Request::post("/orders");
        for key in keys {
            request = request.header("Idempotency-Key", *key);
        }
        let (mut parts, ()) = request.body(()).unwrap().into_parts();
        let read = IdempotencyKey::from_request_parts(&mut parts, &()).now_or_never().unwrap();
        read.map(|key| key.0).map_err(|problem| problem.status().as_u16())
    }

    #[test]
    fn a_key_is_required_once_and_visible() {
        assert_eq!(read(&[b"a-1"]), Ok("a-1".into()));
        assert_eq!(read(&[&[b'x'; 255]]), Ok("x".repeat(255)));
        assert_eq!(read(&[]), Err(428));
        for bad in [&b""[..], b"a b", b"\xC3\xA4", &[b'x'; 256]] {
            assert_eq!(read(&[bad]), Err(400), "{bad:?}");
        }
        assert_eq!(read(&[b"a", b"a"]), Err(400));
    }
}
