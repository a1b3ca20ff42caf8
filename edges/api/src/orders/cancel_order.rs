//! `POST /orders/{id}/cancel`.

use super::place::problem;
use super::view::{OrderView, find};
use crate::ApiState;
use crate::openapi::{EngineProblems, ProblemDoc, SessionProblems};
use axum::extract::{Path, State};
use souk_orders::Actor;
use souk_webkit::{Caller, IdempotencyKey, Json, Problem};

/// Cancel an order
///
/// Before it ships, or while it waits for its shopper to pay. Its stock goes back at once, its money as soon
/// as the gateway answers. Cancelling twice is cancelling once, whatever the key.
#[utoipa::path(
    post,
    path = "/orders/{id}/cancel",
    tag = "orders",
    params(("id" = String, Path), ("Idempotency-Key" = String, Header, description = "1 to 255 visible ASCII characters; the same for a repeated request")),
    security(("session" = []), ("cookie" = [])),
    responses(
        (status = 200, description = "The order, cancelled.", body = OrderView),
        (status = 404, description = "`not_found`: no such order of this shopper.", body = ProblemDoc, content_type = "application/problem+json"),
        (status = 409, description = "`too_late`: the order has moved on.", body = ProblemDoc, content_type = "application/problem+json"),
        (status = 428, description = "`idempotency_key_required`.", body = ProblemDoc, content_type = "application/problem+json"),
        (status = 400, description = "`idempotency_key_invalid`.", body = ProblemDoc, content_type = "application/problem+json"),
        SessionProblems,
        EngineProblems
    )
)]
pub(crate) async fn handler(
    State(state): State<ApiState>,
    caller: Caller,
    _key: IdempotencyKey,
    Path(order): Path<String>,
) -> Result<Json<OrderView>, Problem> {
    let order = find(&state.saga, &order).await?;
    let (saga, user) = (state.saga.clone(), caller.user());
    // Like a purchase, a cancellation outlives its connection.
    let task =
        tokio::spawn(async move { saga.cancel(user, order, Actor::Shopper, "by_shopper").await });
    let order = task.await.map_err(|e| Problem::internal(e.to_string()))?.map_err(problem)?;
    Ok(Json(OrderView::whole(&state, &order).await?))
}
