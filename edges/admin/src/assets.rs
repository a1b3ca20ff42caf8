//! The style sheet and the script, and the icon.

use axum::extract::Path;
use axum::http::HeaderMap;
use axum::response::Response;
use souk_webkit::{Asset, PANEL, Problem, TOKENS, asset_named, icon};
use std::sync::LazyLock;

const CSS: &str = include_str!("../assets/admin.css");

static STYLE: LazyLock<Asset> =
    LazyLock::new(|| Asset::css("/admin/assets", "admin", &[TOKENS, PANEL, CSS]));

static SCRIPT: LazyLock<Asset> =
    LazyLock::new(|| Asset::js("/admin/assets", "admin", include_str!("../assets/admin.js")));

/// Where the script is.
pub fn js_path() -> &'static str {
    &SCRIPT.path
}

/// Where the style sheet is.
pub fn css_path() -> &'static str {
    &STYLE.path
}

pub(crate) async fn asset(
    headers: HeaderMap,
    Path(file): Path<String>,
) -> Result<Response, Problem> {
    if file == "icon.svg" {
        return Ok(icon(include_str!("../assets/icon.svg")));
    }
    asset_named(&[&STYLE, &SCRIPT], &file, &headers)
}
