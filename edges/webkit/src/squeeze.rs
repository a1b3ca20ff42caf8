//! Text leaves compressed for whoever takes it so: pages, data, drawings. What is small, already
//! compressed or of unknown length leaves as it is.

use axum::body::{Body, HttpBody as _};
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;
use flate2::Compression;
use flate2::write::GzEncoder;
use std::io::Write;

/// Below this a packet is not full anyway.
const LEAST: u64 = 1_024;
/// Nothing larger is held in memory for this.
const MOST: u64 = 8 * 1_024 * 1_024;
/// A page is compressed while somebody waits: little effort gives most of the gain.
const EFFORT: u32 = 3;

/// The bytes, gzipped; effort 0 to 9.
#[must_use]
pub fn gzip(bytes: &[u8], effort: u32) -> Vec<u8> {
    let room = Vec::with_capacity(bytes.len() / 4 + 64);
    let mut encoder = GzEncoder::new(room, Compression::new(effort.min(9)));
    // Writing into memory can't fail.
    let _ = encoder.write_all(bytes);
    encoder.finish().unwrap_or_default()
}

/// Whether gzip is among what a client takes.
#[must_use]
pub fn takes_gzip(headers: &HeaderMap) -> bool {
    let offers = headers.get_all(header::ACCEPT_ENCODING).into_iter();
    offers.filter_map(|value| value.to_str().ok()).flat_map(|text| text.split(',')).any(|one| {
        let mut parts = one.split(';').map(str::trim);
        let name = parts.next().unwrap_or_default();
        let refused = parts.any(|part| matches!(part, "q=0" | "q=0.0" | "q=0.00" | "q=0.000"));
        (name.eq_ignore_ascii_case("gzip") || name == "*") && !refused
    })
}

/// A layer for doors: see [the module](self).
pub async fn squeeze(request: Request, next: Next) -> Response {
    let wanted = takes_gzip(request.headers());
    let mut response = next.run(request).await;
    if !is_text(response.headers()) || response.headers().contains_key(header::CONTENT_ENCODING) {
        return response;
    }
    response.headers_mut().append(header::VARY, HeaderValue::from_static("accept-encoding"));
    let length = response.body().size_hint().exact();
    if !wanted || !length.is_some_and(|length| (LEAST..=MOST).contains(&length)) {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    // The length is known, so the body is in memory already.
    let bytes = axum::body::to_bytes(body, usize::MAX).await.unwrap_or_default();
    parts.headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    parts.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(parts, Body::from(gzip(&bytes, EFFORT)))
}

fn is_text(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    kind.is_some_and(|kind| {
        kind.starts_with("text/")
            || kind.starts_with("image/svg+xml")
            || kind.contains("json")
            || kind.contains("xml")
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::Router;
    use axum::middleware::from_fn;
    use axum::response::IntoResponse;
    use axum::routing::get;
    use std::io::Read;
    use tower::ServiceExt;

    async fn asked(path: &str, takes: &str) -> (HeaderMap, Vec<u8>) {
        let html = || [(header::CONTENT_TYPE, "text/html; charset=utf-8")];
        let router = Router::new()
            .route("/page", get(move || async move { (html(), "word ".repeat(1_000)) }))
            .route("/small", get(move || async move { (html(), "word") }))
            .route("/picture", get(async || Body::from(vec![0; 5_000]).into_response()))
            .layer(from_fn(squeeze));
        let request = Request::get(path).header("accept-encoding", takes);
        let Ok(response) = router.oneshot(request.body(Body::empty()).unwrap()).await;
        let (parts, body) = response.into_parts();
        (parts.headers, axum::body::to_bytes(body, usize::MAX).await.unwrap().to_vec())
    }

    #[tokio::test]
    async fn a_page_is_compressed_for_whoever_takes_it() {
        let (head, bytes) = asked("/page", "br, gzip").await;
        assert_eq!(head["content-encoding"], "gzip");
        assert_eq!(head["vary"], "accept-encoding");
        assert!(bytes.len() < 500, "{}", bytes.len());
        let mut text = String::new();
        flate2::read::GzDecoder::new(&bytes[..]).read_to_string(&mut text).unwrap();
        assert_eq!(text, "word ".repeat(1_000));
        for takes in ["", "br", "gzip;q=0", "identity"] {
            let (head, bytes) = asked("/page", takes).await;
            assert!(!head.contains_key("content-encoding"), "{takes}");
            assert_eq!((bytes.len(), &head["vary"]), (5_000, &"accept-encoding".parse().unwrap()));
        }
    }

    #[tokio::test]
    async fn small_answers_and_pictures_stay_as_they_are() {
        for (path, length) in [("/small", 4), ("/picture", 5_000)] {
            let (head, bytes) = asked(path, "gzip").await;
            assert!(!head.contains_key("content-encoding"), "{path}");
            assert_eq!(bytes.len(), length);
        }
    }
}
