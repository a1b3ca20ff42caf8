//! The style sheet, and the icon.

use axum::extract::Path;
use axum::http::HeaderMap;
use axum::response::Response;
use souk_webkit::{Asset, PANEL, Problem, TOKENS, asset_named, icon};
use std::sync::LazyLock;

const CSS: &str = include_str!("../assets/seller.css");

static STYLE: LazyLock<Asset> =
    LazyLock::new(|| Asset::css("/seller/assets", "seller", &[TOKENS, PANEL, CSS]));

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
    asset_named(&[&STYLE], &file, &headers)
}
