//! Files that never change under their name: the style sheet, the scripts, the icon.
//!
//! The style sheet and the script are written in several files each, and leave as one: a layer, or a
//! concern, is a file.

use crate::state::App;
use axum::Router;
use axum::extract::Path;
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::get;
use souk_webkit::{Asset, Problem, TOKENS, asset_named};
use std::sync::LazyLock;

/// The layers, in the order in which they build on each other, after the tokens.
const CSS: &str = concat!(
    include_str!("../assets/css/01-scale.css"),
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

pub fn routes() -> Router<App> {
    Router::new().route("/assets/{file}", get(asset)).route("/favicon.ico", get(icon))
}

/// The style sheet.
pub static STYLE: LazyLock<Asset> = LazyLock::new(|| Asset::css("/assets", "app", &[TOKENS, CSS]));
/// The script that sets the theme.
pub static THEMING: LazyLock<Asset> = LazyLock::new(|| Asset::js("/assets", "theme", THEME));
/// The script that makes pages livelier.
pub static LIVELY: LazyLock<Asset> = LazyLock::new(|| Asset::js("/assets", "app", SCRIPT));

async fn asset(headers: HeaderMap, Path(file): Path<String>) -> Result<Response, Problem> {
    asset_named(&[&STYLE, &THEMING, &LIVELY], &file, &headers)
}

async fn icon() -> Response {
    souk_webkit::icon(ICON)
}
