//! `GET /orders/{id}`.

use super::place::problem;
use super::view::{OrderView, find};
use crate::ApiState;
use crate::openapi::{EngineProblems, ProblemDoc, SessionProblems};
use axum::extract::{Path, State};
use souk_webkit::{Caller, Json, Problem};

/// Show an order
///
/// By its id or its number, with its timeline and its parcels.
#[utoipa::path(
    get,
    path = "/orders/{id}",
    tag = "orders",
    params(("id" = String, Path)),
    security(("session" = []), ("cookie" = [])),
    responses(
        (status = 200, description = "The order.", body = OrderView),
        (status = 404, description = "`not_found`: no such order of this shopper.", body = ProblemDoc, content_type = "application/problem+json"),
        SessionProblems,
        EngineProblems
    )
)]
pub(crate) async fn handler(
    State(state): State<ApiState>,
    caller: Caller,
    Path(order): Path<String>,
) -> Result<Json<OrderView>, Problem> {
    let order = find(&state.saga, &order).await?;
    let order = state.saga.order_of(caller.user(), order).await.map_err(problem)?;
    Ok(Json(OrderView::whole(&state, &order).await?))
}
