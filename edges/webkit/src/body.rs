//! Request bodies: bounded, JSON, with an answer that says what is wrong.

use crate::Problem;
use axum::body::{Bytes, HttpBody};
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::error::Category;
use sha2::{Digest, Sha256};

/// The longest body that is read, in bytes.
pub const BODY_LIMIT: usize = 64 * 1024;

/// JSON in a request (400 `json_malformed`, 413 `body_too_large`, 415 `not_json`, 422
/// `body_invalid`) and in a response.
#[derive(Debug, Clone, Copy)]
pub struct Json<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        parse(&read(request).await?).map(Self)
    }
}

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        let mut body = Vec::with_capacity(512);
        match serde_json::to_writer(&mut body, &self.0) {
            Ok(()) => {
                let json = HeaderValue::from_static("application/json");
                ([(header::CONTENT_TYPE, json)], body).into_response()
            }
            Err(error) => Problem::internal(error.to_string()).into_response(),
        }
    }
}

/// JSON with a digest of the request, for idempotency: two requests with one digest ask for the
/// same thing. Method, path and the body's bytes count, headers don't.
#[derive(Debug, Clone, Copy)]
pub struct Signed<T> {
    /// What the body says.
    pub body: T,
    /// The first half of a SHA-256.
    pub digest: [u8; 16],
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Signed<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        let mut hash = Sha256::new();
        hash.update(request.method().as_str());
        hash.update(b" ");
        hash.update(request.uri().path());
        hash.update(b"\n");
        let bytes = read(request).await?;
        hash.update(&bytes);
        let whole: [u8; 32] = hash.finalize().into();
        let mut digest = [0; 16];
        digest.copy_from_slice(&whole[..16]);
        Ok(Self { body: parse(&bytes)?, digest })
    }
}

async fn read(request: Request) -> Result<Bytes, Problem> {
    if !is_json(request.headers()) {
        let detail = "send the body as application/json";
        return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "not_json", detail));
    }
    let body = request.into_body();
    let too_large = || {
        let detail = format!("the body is longer than {BODY_LIMIT} bytes");
        Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "body_too_large", detail)
    };
    // A declared length is refused before a byte is read.
    if body.size_hint().lower() > BODY_LIMIT as u64 {
        return Err(too_large());
    }
    axum::body::to_bytes(body, BODY_LIMIT).await.map_err(|error| {
        let mut source = std::error::Error::source(&error);
        while let Some(cause) = source {
            if cause.to_string().contains("length limit exceeded") {
                return too_large();
            }
            source = cause.source();
        }
        let detail = "the connection ended before the body did";
        Problem::new(StatusCode::BAD_REQUEST, "body_incomplete", detail)
    })
}

fn is_json(headers: &HeaderMap) -> bool {
    let Some(value) = headers.get(header::CONTENT_TYPE) else { return false };
    if value.as_bytes() == b"application/json" {
        return true;
    }
    let Ok(value) = value.to_str() else { return false };
    let essence = value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let json = essence == "application/json";
    json || (essence.starts_with("application/") && essence.ends_with("+json"))
}

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    serde_json::from_slice(bytes).map_err(|error| match error.classify() {
        Category::Data => Problem::invalid("body_invalid", error.to_string()),
        _ => Problem::new(StatusCode::BAD_REQUEST, "json_malformed", error.to_string()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;
    use futures_util::{FutureExt, stream};
    use serde::Deserialize;

    #[derive(Debug, Deserialize, PartialEq)]
    struct Line {
        quantity: u32,
    }

    fn request(kind: &str, body: impl Into<Body>) -> Request {
        let request = axum::http::Request::post("/lines").header("content-type", kind);
        request.body(body.into()).unwrap()
    }

    fn read_line(kind: &str, body: impl Into<Body>) -> Result<Line, (u16, &'static str)> {
        let read = Json::<Line>::from_request(request(kind, body), &()).now_or_never().unwrap();
        read.map(|Json(line)| line).map_err(|problem| (problem.status().as_u16(), problem.code()))
    }

    #[test]
    fn reads_json_and_names_each_way_to_be_wrong() {
        let good = r#"{"quantity":2}"#;
        for kind in ["application/json", "Application/JSON; charset=utf-8", "application/x+json"] {
            assert_eq!(read_line(kind, good), Ok(Line { quantity: 2 }), "{kind}");
        }
        let json = "application/json";
        assert_eq!(read_line("text/plain", good), Err((415, "not_json")));
        assert_eq!(read_line(json, ""), Err((400, "json_malformed")));
        assert_eq!(read_line(json, "{\"quantity\":2"), Err((400, "json_malformed")));
        assert_eq!(read_line(json, "{\"quantity\":2} x"), Err((400, "json_malformed")));
        assert_eq!(read_line(json, vec![b'"', 0xFF, b'"']), Err((400, "json_malformed")));
        assert_eq!(read_line(json, "{\"quantity\":-2}"), Err((422, "body_invalid")));
        assert_eq!(read_line(json, "{}"), Err((422, "body_invalid")));
        let deep = "[".repeat(60_000);
        assert_eq!(read_line(json, format!("{{\"x\":{deep}")), Err((400, "json_malformed")));
    }

    #[test]
    fn reads_no_body_beyond_the_limit() {
        let long = " ".repeat(BODY_LIMIT + 1);
        let refused = Err((413, "body_too_large"));
        assert_eq!(read_line("application/json", long), refused, "declared");
        let pieces = (0..100).map(|_| Ok::<_, std::io::Error>(vec![b' '; 1_000]));
        let chunked = Body::from_stream(stream::iter(pieces));
        assert_eq!(read_line("application/json", chunked), refused, "chunked");
        let broken = stream::iter([Err::<Vec<u8>, _>(std::io::Error::other("gone"))]);
        let broken = Body::from_stream(broken);
        assert_eq!(read_line("application/json", broken), Err((400, "body_incomplete")));
    }

    #[test]
    fn a_digest_tells_requests_apart() {
        let digest = |path: &str, body: &str| {
            let request =
                axum::http::Request::post(path).header("content-type", "application/json");
            let request = request.body(Body::from(body.to_owned())).unwrap();
            let signed = Signed::<Line>::from_request(request, &()).now_or_never().unwrap();
            signed.unwrap().digest
        };
        let first = digest("/a", r#"{"quantity":2}"#);
        assert_eq!(first, digest("/a", r#"{"quantity":2}"#));
        assert_ne!(first, digest("/b", r#"{"quantity":2}"#));
        assert_ne!(first, digest("/a", r#"{"quantity":3}"#));
    }
}
