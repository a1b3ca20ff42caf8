//! `GET /media/{product}.svg`: a product's picture, drawn from what is known of it.

use crate::assets;
use crate::state::App;
use axum::extract::{Path, State};
use axum::response::Response;
use souk_catalog::picture::picture_svg;
use souk_kernel::ProductId;
use souk_webkit::Problem;

pub(super) async fn show(
    State(app): State<App>,
    Path(file): Path<String>,
) -> Result<Response, Problem> {
    let missing = || Problem::not_found("there is no such picture");
    let id: ProductId =
        file.strip_suffix(".svg").and_then(|id| id.parse().ok()).ok_or_else(missing)?;
    let listing = app.catalog.listing(id).await?.ok_or_else(missing)?;
    Ok(assets::svg(picture_svg(&listing.product)))
}
