//! `GET /checkouts/{id}`.

use super::place::problem;
use super::view::{CheckoutView, id};
use crate::ApiState;
use crate::openapi::{EngineProblems, ProblemDoc, SessionProblems};
use axum::extract::{Path, State};
use souk_webkit::{Caller, Json, Problem};

/// Show a checkout
///
/// What will be charged, exactly, and until when its stock is held.
#[utoipa::path(
    get,
    path = "/checkouts/{id}",
    tag = "orders",
    params(("id" = String, Path)),
    security(("session" = []), ("cookie" = [])),
    responses(
        (status = 200, description = "The checkout.", body = CheckoutView),
        (status = 404, description = "`not_found`: no such checkout of this shopper.", body = ProblemDoc, content_type = "application/problem+json"),
        (status = 422, description = "`id_invalid`.", body = ProblemDoc, content_type = "application/problem+json"),
        SessionProblems,
        EngineProblems
    )
)]
pub(crate) async fn handler(
    State(state): State<ApiState>,
    caller: Caller,
    Path(checkout): Path<String>,
) -> Result<Json<CheckoutView>, Problem> {
    let checkout = id(&checkout, "the checkout")?;
    let record = state.saga.checkout(caller.user(), checkout).await.map_err(problem)?;
    Ok(Json(CheckoutView::from(&record)))
}
