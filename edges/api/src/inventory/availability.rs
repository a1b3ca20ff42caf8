//! `GET /offers/{id}/availability`: the exact number, uncached.

use crate::ApiState;
use crate::openapi::{EngineProblems, ProblemDoc};
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::IntoResponse;
use serde::Serialize;
use souk_webkit::{Json, Problem};
use utoipa::ToSchema;

/// How many can be bought now.
#[derive(Serialize, ToSchema)]
pub(crate) struct AvailabilityView {
    offer_id: String,
    available: i64,
}

/// Exact availability
///
/// Over all warehouses, at this moment. Pages show bands instead.
#[utoipa::path(
    get,
    path = "/offers/{id}/availability",
    tag = "inventory",
    params(("id" = String, Path)),
    responses(
        (status = 200, description = "The number.", body = AvailabilityView),
        (status = 422, description = "`id_invalid`.",
         body = ProblemDoc, content_type = "application/problem+json"),
        EngineProblems
    )
)]
pub(crate) async fn handler(
    State(state): State<ApiState>,
    Path(offer): Path<String>,
) -> Result<impl IntoResponse, Problem> {
    let sku = crate::orders::id(&offer, "the offer")?;
    let about = state.catalog.offers(&[sku]).await?.pop().flatten();
    let levels = state.saga.parts().stock.levels(sku).await?;
    // Of what is not sold, and of what is hidden, nothing can be bought.
    let available = match about {
        Some(about) if !about.buyable => 0,
        _ => levels.iter().map(|l| l.level.available()).sum(),
    };
    let view = AvailabilityView { offer_id: offer, available };
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(view)))
}
