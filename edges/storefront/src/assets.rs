//! Files that never change under their name: the style sheet, the scripts, the icon.
//!
//! The style sheet and the script are written in several files each, and leave as one: a layer, or a
//! concern, is a file. They are compressed once, when they are first asked for.

use crate::state::App;
use axum::Router;
use axum::extract::Path;
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use souk_webkit::{Problem, gzip, takes_gzip};
use std::sync::LazyLock;

/// The layers, in the order in which they build on each other.
const CSS: &str = concat!(
    include_str!("../assets/css/01-tokens.css"),
    include_str!("../assets/css/02-base.css"),
    include_str!("../assets/css/03-frame.css"),
    include_str!("../assets/css/04-controls.css"),
    include_str!("../assets/css/05-feedback.css"),
    include_str!("../assets/css/06-data.css"),
    include_str!("../assets/css/07-cards.css"),
    include_str!("../assets/css/08-list.css"),
    include_str!("../assets/css/09-product.css"),
    include_str!("../assets/css/10-buying.css"),
    include_str!("../assets/css/11-account.css"),
    include_str!("../assets/css/12-last.css"),
);
/// Before the first paint.
const THEME: &str = include_str!("../assets/js/theme.js");
/// Everything else; its parts share one scope of their own.
const SCRIPT: &str = concat!(
    "(() => {\n'use strict';\n",
    include_str!("../assets/js/01-kept.js"),
    include_str!("../assets/js/02-prices.js"),
    include_str!("../assets/js/03-glance.js"),
    include_str!("../assets/js/04-suggest.js"),
    include_str!("../assets/js/05-menu.js"),
    include_str!("../assets/js/06-taste.js"),
    include_str!("../assets/js/07-filters.js"),
    include_str!("../assets/js/08-gallery.js"),
    include_str!("../assets/js/09-choose.js"),
    include_str!("../assets/js/10-cart.js"),
    include_str!("../assets/js/11-rows.js"),
    include_str!("../assets/js/12-again.js"),
    "})();\n",
);
const ICON: &str = include_str!("../assets/icon.svg");

/// For files whose address names their content.
pub const FOR_EVER: &str = "public, max-age=31536000, immutable";

pub fn routes() -> Router<App> {
    Router::new().route("/assets/{file}", get(asset)).route("/favicon.ico", get(icon))
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

/// A file as it leaves.
pub struct Asset {
    /// Its address, which names its content.
    pub path: String,
    kind: &'static str,
    text: &'static str,
    zipped: Vec<u8>,
}

impl Asset {
    fn new(name: &str, ending: &str, kind: &'static str, text: &'static str) -> Self {
        let path = format!("/assets/{name}.{:016x}.{ending}", fingerprint(text));
        Self { path, kind, text, zipped: gzip(text.as_bytes(), 9) }
    }
}

const JS: &str = "text/javascript; charset=utf-8";

/// The style sheet.
pub static STYLE: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("app", "css", "text/css; charset=utf-8", CSS));
/// The script that sets the theme.
pub static THEMING: LazyLock<Asset> = LazyLock::new(|| Asset::new("theme", "js", JS, THEME));
/// The script that makes pages livelier.
pub static LIVELY: LazyLock<Asset> = LazyLock::new(|| Asset::new("app", "js", JS, SCRIPT));

fn typed(kind: &'static str, cache: &'static str) -> [(HeaderName, HeaderValue); 2] {
    [
        (header::CONTENT_TYPE, HeaderValue::from_static(kind)),
        (header::CACHE_CONTROL, HeaderValue::from_static(cache)),
    ]
}

async fn asset(headers: HeaderMap, Path(file): Path<String>) -> Result<Response, Problem> {
    let named = |asset: &&Asset| asset.path.strip_prefix("/assets/") == Some(&file);
    let found = [&*STYLE, &*THEMING, &*LIVELY].into_iter().find(named);
    let asset = found.ok_or_else(|| Problem::not_found("there is no such file"))?;
    let head = typed(asset.kind, FOR_EVER);
    let vary = [(header::VARY, HeaderValue::from_static("accept-encoding"))];
    if takes_gzip(&headers) {
        let encoding = [(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"))];
        return Ok((head, vary, encoding, asset.zipped.as_slice()).into_response());
    }
    Ok((head, vary, asset.text).into_response())
}

async fn icon() -> Response {
    (typed("image/svg+xml", "public, max-age=86400"), ICON).into_response()
}

/// A picture drawn here.
pub fn svg(text: String) -> Response {
    (typed("image/svg+xml", FOR_EVER), text).into_response()
}
