//! `GET /orders`.

use crate::ApiState;
use crate::openapi::{EngineProblems, ProblemDoc, SessionProblems};
use axum::extract::{Query, State};
use serde::{Deserialize, Serialize};
use souk_webkit::{Caller, Json, MoneyView, Problem};
use utoipa::{IntoParams, ToSchema};

/// Which page.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ListQuery {
    /// Older than this order: the last id of the page before.
    before: Option<String>,
    /// 1 to 100; 20 by default.
    limit: Option<usize>,
}

/// A row of the list.
#[derive(Serialize, ToSchema)]
pub(crate) struct SummaryView {
    order_id: String,
    number: String,
    state: &'static str,
    total: MoneyView,
    created_at: String,
}

/// A page of orders, newest first.
#[derive(Serialize, ToSchema)]
pub(crate) struct OrdersView {
    orders: Vec<SummaryView>,
}

/// List orders
///
/// The caller's own, newest first. A new order appears within a moment; `GET /orders/{id}` knows it at
/// once.
#[utoipa::path(
    get,
    path = "/orders",
    tag = "orders",
    params(ListQuery),
    security(("session" = []), ("cookie" = [])),
    responses(
        (status = 200, description = "The page.", body = OrdersView),
        (status = 400, description = "`query_invalid`.",
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
    query: Result<Query<ListQuery>, axum::extract::rejection::QueryRejection>,
) -> Result<Json<OrdersView>, Problem> {
    let Query(query) = query.map_err(|e| {
        Problem::new(axum::http::StatusCode::BAD_REQUEST, "query_invalid", e.body_text())
    })?;
    let before = query.before.as_deref().map(|id| super::view::id(id, "before")).transpose()?;
    let limit = query.limit.unwrap_or(20).clamp(1, 100);
    let orders = state.saga.orders().of_user(caller.user(), before, limit).await?;
    let orders = orders
        .iter()
        .map(|order| SummaryView {
            order_id: order.id.to_string(),
            number: souk_orders::OrderNumber::of(order.id).to_string(),
            state: order.state.name(),
            total: order.total.into(),
            created_at: order.created_at.rfc3339(),
        })
        .collect();
    Ok(Json(OrdersView { orders }))
}
