//! `GET /products/{id}/reviews/own`.

use super::view::ReviewView;
use crate::ApiState;
use crate::openapi::{EngineProblems, ProblemDoc, SessionProblems};
use axum::extract::{Path, State};
use souk_reviews::ReviewRefusal;
use souk_webkit::{Caller, Json, Problem};

/// Your review of a product
///
/// Whatever its status.
#[utoipa::path(
    get,
    path = "/products/{id}/reviews/own",
    tag = "reviews",
    params(("id" = String, Path)),
    security(("session" = []), ("cookie" = [])),
    responses(
        (status = 200, description = "The review.", body = ReviewView),
        (status = 404, description = "`review_not_found`: you have none.",
         body = ProblemDoc, content_type = "application/problem+json"),
        (status = 422, description = "`id_invalid`.",
         body = ProblemDoc, content_type = "application/problem+json"),
        SessionProblems,
        EngineProblems
    )
)]
pub(crate) async fn handler(
    State(state): State<ApiState>,
    caller: Caller,
    Path(product): Path<String>,
) -> Result<Json<ReviewView>, Problem> {
    let product = crate::orders::id(&product, "the product")?;
    let own = state.reviews.own(caller.user(), product).await?;
    Ok(Json(ReviewView::from(&own.ok_or(ReviewRefusal::NotFound)?)))
}
