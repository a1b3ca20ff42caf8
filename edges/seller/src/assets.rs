//! Files that never change under their name: the style sheet; and the icon.

use axum::extract::Path;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use souk_webkit::Problem;
use std::sync::LazyLock;

const CSS: &str = include_str!("../assets/seller.css");
const ICON: &str = include_str!("../assets/icon.svg");

/// FNV-1a: a name for a content, not a secret.
const fn fingerprint(text: &str) -> u64 {
    let bytes = text.as_bytes();
    let mut hash: u64 = 0xCBF2_9CE4_8422_2325;
    let mut at = 0;
    while at < bytes.len() {
        hash = (hash ^ bytes[at] as u64).wrapping_mul(0x0100_0000_01B3);
        at += 1;
    }
    hash
}

static CSS_PATH: LazyLock<String> =
    LazyLock::new(|| format!("/seller/assets/seller.{:016x}.css", fingerprint(CSS)));

/// Where the style sheet is.
pub fn css_path() -> &'static str {
    &CSS_PATH
}

pub(crate) async fn asset(Path(file): Path<String>) -> Result<Response, Problem> {
    let fixed = HeaderValue::from_static;
    if css_path().strip_prefix("/seller/assets/") == Some(&file) {
        let headers = [
            (header::CONTENT_TYPE, fixed("text/css; charset=utf-8")),
            (header::CACHE_CONTROL, fixed("public, max-age=31536000, immutable")),
        ];
        return Ok((headers, CSS).into_response());
    }
    if file == "icon.svg" {
        let headers = [
            (header::CONTENT_TYPE, fixed("image/svg+xml")),
            (header::CACHE_CONTROL, fixed("public, max-age=86400")),
        ];
        return Ok((headers, ICON).into_response());
    }
    Err(Problem::not_found("there is no such file"))
}
