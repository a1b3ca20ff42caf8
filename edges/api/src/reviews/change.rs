//! `PUT|DELETE /reviews/{id}`: one's own.

use super::view::{DraftView, ReviewView};
use crate::ApiState;
use crate::openapi::{BodyProblems, EngineProblems, ProblemDoc, SessionProblems};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use souk_webkit::{Caller, Json, Problem};

/// Edit your review
///
/// A review that a moderator rejected waits for another look after it was edited; reports stay.
#[utoipa::path(
    put,
    path = "/reviews/{id}",
    tag = "reviews",
    params(("id" = String, Path)),
    request_body = DraftView,
    security(("session" = []), ("cookie" = [])),
    responses(
        (status = 200, description = "The review as it is now.", body = ReviewView),
        (status = 404, description = "`review_not_found`, or it is somebody else's.",
         body = ProblemDoc, content_type = "application/problem+json"),
        (status = 422, description = "`id_invalid`, `body_invalid` or `review_invalid`.",
         body = ProblemDoc, content_type = "application/problem+json"),
        BodyProblems,
        SessionProblems,
        EngineProblems
    )
)]
pub(crate) async fn edit(
    State(state): State<ApiState>,
    caller: Caller,
    Path(review): Path<String>,
    Json(request): Json<DraftView>,
) -> Result<Json<ReviewView>, Problem> {
    let id = crate::orders::id(&review, "the review")?;
    let review = state.reviews.edit(caller.user(), id, &request.into()).await?;
    Ok(Json(ReviewView::from(&review)))
}

/// Delete your review
#[utoipa::path(
    delete,
    path = "/reviews/{id}",
    tag = "reviews",
    params(("id" = String, Path)),
    security(("session" = []), ("cookie" = [])),
    responses(
        (status = 204, description = "It is gone, with its votes."),
        (status = 404, description = "`review_not_found`, or it is somebody else's.",
         body = ProblemDoc, content_type = "application/problem+json"),
        (status = 422, description = "`id_invalid`.",
         body = ProblemDoc, content_type = "application/problem+json"),
        SessionProblems,
        EngineProblems
    )
)]
pub(crate) async fn remove(
    State(state): State<ApiState>,
    caller: Caller,
    Path(review): Path<String>,
) -> Result<StatusCode, Problem> {
    let id = crate::orders::id(&review, "the review")?;
    state.reviews.remove(caller.user(), id).await?;
    Ok(StatusCode::NO_CONTENT)
}
