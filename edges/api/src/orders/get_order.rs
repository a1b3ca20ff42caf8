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

#[cfg(test)]
mod tests {
    use crate::testing::{Visit, offer};
    use serde_json::{Value, json};

    /// Every operation on an order or a checkout, by somebody who knows its id.
    #[tokio::test]
    async fn a_stranger_s_order_and_checkout_are_not_found_404() {
        let visit = Visit::of(9).await;
        let checkout = visit.start("k", "standard").await;
        let total = &checkout.body["total"];
        let placed = visit.pay(&checkout, "p", total).await;
        assert_eq!(placed.status, 201, "{placed:?}");
        let line = json!({"offer_id": offer(7), "quantity": 1});
        assert_eq!(visit.post("/cart/lines", "-", &line).await.status, 200);
        let open = visit.start("k2", "standard").await;
        let order = format!("/orders/{}", placed.text_at("order_id"));
        let open = format!("/checkouts/{}", open.text_at("checkout_id"));
        let back = json!({"lines": [line], "reason": "late"});
        let operations: [(&str, String, Value); 8] = [
            ("GET", order.clone(), Value::Null),
            ("GET", format!("{order}/invoices"), Value::Null),
            ("POST", format!("{order}/cancel"), json!({})),
            ("POST", format!("{order}/refunds"), json!({})),
            ("POST", format!("{order}/returns"), back),
            ("GET", open.clone(), Value::Null),
            ("POST", format!("{open}/pay"), json!({"payment_token": "tok", "total": total})),
            ("DELETE", open.clone(), Value::Null),
        ];
        let stranger = visit.shop.guest().await;
        let ask = |token: String, (method, path, body): (&'static str, String, Value)| {
            let call = visit.shop.request(method, &format!("/api/v1{path}")).bearer(&token);
            let call = call.header("idempotency-key", &format!("{method}-{}", path.len()));
            async move { if body.is_null() { call.send().await } else { call.json(&body).send().await } }
        };
        for operation in operations {
            let what = format!("{} {}", operation.0, operation.1);
            let refused = ask(stranger.clone(), operation).await;
            assert_eq!(refused.problem(), (404, "not_found"), "{what}");
        }
        for path in [order, open] {
            let own = ask(visit.token.clone(), ("GET", path.clone(), Value::Null)).await;
            assert_eq!(own.status, 200, "{path} is still there: {own:?}");
            assert_ne!(own.body["state"], "cancelled");
        }
    }
}
