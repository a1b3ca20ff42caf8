//! Files that never change under their name: the style sheet and the script; and the icon.

use axum::extract::Path;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use souk_webkit::Problem;
use std::sync::LazyLock;

const CSS: &str = include_str!("../assets/admin.css");
const JS: &str = include_str!("../assets/admin.js");
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
    LazyLock::new(|| format!("/admin/assets/admin.{:016x}.css", fingerprint(CSS)));

static JS_PATH: LazyLock<String> =
    LazyLock::new(|| format!("/admin/assets/admin.{:016x}.js", fingerprint(JS)));

/// Where the script is.
pub fn js_path() -> &'static str {
    &JS_PATH
}

/// Where the style sheet is.
pub fn css_path() -> &'static str {
    &CSS_PATH
}

pub(crate) async fn asset(Path(file): Path<String>) -> Result<Response, Problem> {
    let fixed = HeaderValue::from_static;
    let named = |path: &str| path.strip_prefix("/admin/assets/") == Some(&file);
    let forever = [
        (named(css_path()), "text/css; charset=utf-8", CSS),
        (named(js_path()), "text/javascript; charset=utf-8", JS),
    ];
    if let Some((_, kind, text)) = forever.into_iter().find(|(named, ..)| *named) {
        let headers = [
            (header::CONTENT_TYPE, fixed(kind)),
            (header::CACHE_CONTROL, fixed("public, max-age=31536000, immutable")),
        ];
        return Ok((headers, text).into_response());
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
