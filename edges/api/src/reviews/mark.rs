//! `PUT|DELETE /reviews/{id}/vote`, `PUT /reviews/{id}/report`: what an account leaves on somebody's
//! review. Repeating any of them changes nothing.

use super::view::ReviewView;
use crate::ApiState;
use crate::openapi::{EngineProblems, ProblemDoc, SessionProblems};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use souk_webkit::{Caller, Json, Problem};

/// Find a review helpful
///
/// Counts once for an account.
#[utoipa::path(
    put,
    path = "/reviews/{id}/vote",
    tag = "reviews",
    params(("id" = String, Path)),
    security(("session" = []), ("cookie" = [])),
    responses(
        (status = 200, description = "The review with its votes.", body = ReviewView),
        (status = 403, description = "`account_needed`.",
         body = ProblemDoc, content_type = "application/problem+json"),
        (status = 404, description = "`review_not_found`.",
         body = ProblemDoc, content_type = "application/problem+json"),
        (status = 409, description = "`own_review`.",
         body = ProblemDoc, content_type = "application/problem+json"),
        (status = 422, description = "`id_invalid`.",
         body = ProblemDoc, content_type = "application/problem+json"),
        SessionProblems,
        EngineProblems
    )
)]
pub(crate) async fn vote(
    State(state): State<ApiState>,
    caller: Caller,
    Path(review): Path<String>,
) -> Result<Json<ReviewView>, Problem> {
    let id = crate::orders::id(&review, "the review")?;
    let author = super::author(&state, &caller).await?;
    Ok(Json(ReviewView::from(&state.reviews.vote(&author, id, true).await?)))
}

/// Find it helpful no longer
#[utoipa::path(
    delete,
    path = "/reviews/{id}/vote",
    tag = "reviews",
    params(("id" = String, Path)),
    security(("session" = []), ("cookie" = [])),
    responses(
        (status = 200, description = "The review with its votes.", body = ReviewView),
        (status = 403, description = "`account_needed`.",
         body = ProblemDoc, content_type = "application/problem+json"),
        (status = 404, description = "`review_not_found`.",
         body = ProblemDoc, content_type = "application/problem+json"),
        (status = 409, description = "`own_review`.",
         body = ProblemDoc, content_type = "application/problem+json"),
        (status = 422, description = "`id_invalid`.",
         body = ProblemDoc, content_type = "application/problem+json"),
        SessionProblems,
        EngineProblems
    )
)]
pub(crate) async fn unvote(
    State(state): State<ApiState>,
    caller: Caller,
    Path(review): Path<String>,
) -> Result<Json<ReviewView>, Problem> {
    let id = crate::orders::id(&review, "the review")?;
    let author = super::author(&state, &caller).await?;
    Ok(Json(ReviewView::from(&state.reviews.vote(&author, id, false).await?)))
}

/// Report a review
///
/// Counts once for an account with a confirmed email address, and is not taken back. A review that
/// several accounts reported waits for a moderator, unseen.
#[utoipa::path(
    put,
    path = "/reviews/{id}/report",
    tag = "reviews",
    params(("id" = String, Path)),
    security(("session" = []), ("cookie" = [])),
    responses(
        (status = 204, description = "It was heard."),
        (status = 403, description = "`account_needed`, or `email_unverified`: confirm your address first.",
         body = ProblemDoc, content_type = "application/problem+json"),
        (status = 404, description = "`review_not_found`.",
         body = ProblemDoc, content_type = "application/problem+json"),
        (status = 409, description = "`own_review`.",
         body = ProblemDoc, content_type = "application/problem+json"),
        (status = 422, description = "`id_invalid`.",
         body = ProblemDoc, content_type = "application/problem+json"),
        SessionProblems,
        EngineProblems
    )
)]
pub(crate) async fn report(
    State(state): State<ApiState>,
    caller: Caller,
    Path(review): Path<String>,
) -> Result<StatusCode, Problem> {
    let id = crate::orders::id(&review, "the review")?;
    let author = super::author(&state, &caller).await?;
    state.reviews.report(&author, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
