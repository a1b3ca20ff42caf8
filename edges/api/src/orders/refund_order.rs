//! `POST /orders/{id}/refunds`.

use super::place::problem;
use super::view::find;
use crate::ApiState;
use crate::openapi::{BodyProblems, EngineProblems, ProblemDoc, SessionProblems};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use souk_kernel::ClaimKey;
use souk_payments::RefundOutcome;
use souk_webkit::{Caller, IdempotencyKey, Json, MoneyView, Problem};
use utoipa::ToSchema;

/// How much goes back.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RefundRequest {
    /// Default: all that is left.
    amount: Option<MoneyView>,
}

/// Money on its way back.
#[derive(Serialize, ToSchema)]
pub(crate) struct RefundView {
    refund_id: String,
    /// `succeeded`, `failed` or `pending`.
    status: &'static str,
}

/// Refund an order
///
/// Gives back part of what was taken: in a sandbox, where it can be tried. In production money goes back
/// by a cancellation, by a return or by the staff. The amount is set aside before the gateway is asked, so
/// refunds never exceed what was taken; the key makes it one refund, however often it is asked for.
#[utoipa::path(
    post,
    path = "/orders/{id}/refunds",
    tag = "orders",
    params(("id" = String, Path), ("Idempotency-Key" = String, Header, description = "1 to 255 visible ASCII characters; the same for a repeated request")),
    request_body = RefundRequest,
    security(("session" = []), ("cookie" = [])),
    responses(
        (status = 201, description = "Given back, or `pending` at the gateway.", body = RefundView),
        (status = 403, description = "`refund_by_staff`: not in a sandbox.", body = ProblemDoc, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such order of this shopper.", body = ProblemDoc, content_type = "application/problem+json"),
        (status = 409, description = "`refund_too_much`: more than is left.", body = ProblemDoc, content_type = "application/problem+json"),
        (status = 422, description = "`key_reused`, `bad_amount`.", body = ProblemDoc, content_type = "application/problem+json"),
        (status = 428, description = "`idempotency_key_required`.", body = ProblemDoc, content_type = "application/problem+json"),
        BodyProblems,
        SessionProblems,
        EngineProblems
    )
)]
pub(crate) async fn handler(
    State(state): State<ApiState>,
    caller: Caller,
    IdempotencyKey(key): IdempotencyKey,
    Path(order): Path<String>,
    Json(request): Json<RefundRequest>,
) -> Result<(StatusCode, Json<RefundView>), Problem> {
    if !state.sandbox {
        let detail = "Cancel the order or send something back; anything else is for the staff.";
        return Err(Problem::new(StatusCode::FORBIDDEN, "refund_by_staff", detail));
    }
    let order = find(&state.saga, &order).await?;
    let key = ClaimKey { principal: caller.user(), key };
    let amount = request.amount.map(Into::into);
    let saga = state.saga.clone();
    let task =
        tokio::spawn(
            async move { saga.refund(&key, order, amount, "asked_by_shopper".into()).await },
        );
    let done = task.await.map_err(|e| Problem::internal(e.to_string()))?;
    let (refund, outcome) = done.map_err(problem)?;
    let status = match outcome {
        RefundOutcome::Succeeded => "succeeded",
        RefundOutcome::Failed => "failed",
        RefundOutcome::Pending => "pending",
    };
    Ok((StatusCode::CREATED, Json(RefundView { refund_id: refund.to_string(), status })))
}

#[cfg(test)]
mod tests {
    use crate::testing::Shop;
    use serde_json::json;

    /// What was delivered would be kept, and paid back too.
    #[tokio::test]
    async fn shoppers_give_themselves_nothing_back_in_production() {
        for (shop, status) in [(Shop::in_production(), 403), (Shop::open(), 404)] {
            let token = shop.guest().await;
            let call = shop.request("POST", "/api/v1/orders/none/refunds").bearer(&token);
            let asked = call.header("idempotency-key", "k").json(&json!({})).send().await;
            assert_eq!(asked.status, status);
        }
    }
}
