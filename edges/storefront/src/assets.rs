//! Files that never change under their name: the style sheet, the icon; and what robots may read.

use crate::state::App;
use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use souk_webkit::Problem;

const CSS: &str = include_str!("../assets/app.css");
const ICON: &str = include_str!("../assets/icon.svg");
const CSS_NAME_LENGTH: usize = "app.0123456789abcdef.css".len();

/// For files whose address names their content.
pub const FOR_EVER: &str = "public, max-age=31536000, immutable";

pub fn routes() -> Router<App> {
    Router::new()
        .route("/assets/{file}", get(asset))
        .route("/favicon.ico", get(icon))
        .route("/robots.txt", get(robots))
}

/// FNV-1a: a name for a content, not a secret.
pub const fn fingerprint(text: &str) -> u64 {
    let bytes = text.as_bytes();
    let mut hash: u64 = 0xCBF2_9CE4_8422_2325;
    let mut at = 0;
    while at < bytes.len() {
        hash = (hash ^ bytes[at] as u64).wrapping_mul(0x0100_0000_01B3);
        at += 1;
    }
    hash
}

static CSS_PATH: std::sync::LazyLock<String> =
    std::sync::LazyLock::new(|| format!("/assets/app.{:016x}.css", fingerprint(CSS)));

/// Where the style sheet is.
pub fn css_path() -> &'static str {
    &CSS_PATH
}

fn typed(kind: &'static str, cache: &'static str) -> [(HeaderName, HeaderValue); 2] {
    [
        (header::CONTENT_TYPE, HeaderValue::from_static(kind)),
        (header::CACHE_CONTROL, HeaderValue::from_static(cache)),
    ]
}

async fn asset(Path(file): Path<String>) -> Result<Response, Problem> {
    if file.len() == CSS_NAME_LENGTH && css_path().ends_with(&file) {
        return Ok((typed("text/css; charset=utf-8", FOR_EVER), CSS).into_response());
    }
    Err(Problem::not_found("there is no such file"))
}

async fn icon() -> Response {
    (typed("image/svg+xml", "public, max-age=86400"), ICON).into_response()
}

async fn robots(State(app): State<App>) -> Response {
    let closed = ["/cart", "/checkout", "/orders", "/account", "/mailbox", "/search", "/api"];
    let closed: String = closed.iter().map(|path| format!("Disallow: {path}\n")).collect();
    let text = format!("# {}\nUser-agent: *\n{closed}", app.shop.name);
    (typed("text/plain; charset=utf-8", "public, max-age=86400"), text).into_response()
}

/// A picture drawn here.
pub fn svg(text: String) -> Response {
    (typed("image/svg+xml", FOR_EVER), text).into_response()
}
