//! `DELETE /checkouts/{id}`: give the stock back.

use super::place::problem;
use super::view::id;
use crate::ApiState;
use crate::openapi::{EngineProblems, ProblemDoc, SessionProblems};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use souk_webkit::{Caller, Problem};

/// Leave a checkout
///
/// Gives its stock back at once. Leaving twice is leaving once.
#[utoipa::path(
    delete,
    path = "/checkouts/{id}",
    tag = "orders",
    params(("id" = String, Path)),
    security(("session" = []), ("cookie" = [])),
    responses(
        (status = 204, description = "Left."),
        (status = 404, description = "`not_found`: no such checkout of this shopper.", body = ProblemDoc, content_type = "application/problem+json"),
        (status = 409, description = "`checkout_expired`: it is being paid, or has been.", body = ProblemDoc, content_type = "application/problem+json"),
        (status = 422, description = "`id_invalid`.", body = ProblemDoc, content_type = "application/problem+json"),
        SessionProblems,
        EngineProblems
    )
)]
pub(crate) async fn handler(
    State(state): State<ApiState>,
    caller: Caller,
    Path(checkout): Path<String>,
) -> Result<StatusCode, Problem> {
    let checkout = id(&checkout, "the checkout")?;
    state.saga.leave(caller.user(), checkout).await.map_err(problem)?;
    Ok(StatusCode::NO_CONTENT)
}
