//! `POST /orders/{id}/returns`.

use super::view::{LineRequest, ReturnView, find, id};
use crate::ApiState;
use crate::openapi::{BodyProblems, EngineProblems, ProblemDoc, SessionProblems};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use souk_fulfillment::ReturnReason;
use souk_kernel::{ClaimKey, Sku};
use souk_webkit::{Caller, IdempotencyKey, Json, Problem};
use utoipa::ToSchema;

/// Most lines of one return; an order has no more.
const LINES_MAX: usize = 200;

/// What is sent back.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReturnRequestBody {
    /// Offers of the order, each once.
    lines: Vec<LineRequest>,
    /// `changed_mind`, `defective`, `wrong_item`, `not_as_described` or `late`.
    reason: String,
}

/// What was asked for: the return of the first seller's goods, and those of the others.
#[derive(Serialize, ToSchema)]
pub(crate) struct RequestedView {
    #[serde(flatten)]
    first: ReturnView,
    /// The returns of the other sellers' goods; empty where one seller sold all of it.
    also: Vec<ReturnView>,
}

/// Send something back
///
/// Pieces that arrived within the last 30 days and are not on their way back already. The answer is a
/// return with its label; money follows once it was received and inspected. Goods of several sellers go
/// back to each: the others' returns stand in `also`. The key makes it one request, however often it is
/// asked for.
#[utoipa::path(
    post,
    path = "/orders/{id}/returns",
    tag = "orders",
    params(("id" = String, Path), ("Idempotency-Key" = String, Header, description = "1 to 255 visible ASCII characters; the same for a repeated request")),
    request_body = ReturnRequestBody,
    security(("session" = []), ("cookie" = [])),
    responses(
        (status = 201, description = "The return.", body = RequestedView),
        (status = 404, description = "`not_found`: no such order of this shopper.", body = ProblemDoc, content_type = "application/problem+json"),
        (status = 409, description = "`not_delivered`, `return_too_many`, `return_window_closed`, `conflict`.", body = ProblemDoc, content_type = "application/problem+json"),
        (status = 422, description = "`key_reused`, `return_empty`, `not_in_order`, `reason_unknown`, `id_invalid`.", body = ProblemDoc, content_type = "application/problem+json"),
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
    Json(request): Json<ReturnRequestBody>,
) -> Result<(StatusCode, Json<RequestedView>), Problem> {
    let order = find(&state.saga, &order).await?;
    let unknown = || Problem::invalid("reason_unknown", "reason is not one of the known ones");
    let reason = ReturnReason::from_name(&request.reason).ok_or_else(unknown)?;
    if request.lines.len() > LINES_MAX {
        return Err(Problem::invalid("return_empty", "more lines than an order has"));
    }
    let mut lines: Vec<(Sku, u32)> = Vec::with_capacity(request.lines.len());
    for line in &request.lines {
        lines.push((id(&line.offer_id, "offer_id")?, line.quantity));
    }
    let key = ClaimKey { principal: caller.user(), key };
    let (_, backs) = state.parcels.request_return(&key, order, lines, reason).await?;
    let (first, others) = backs.split_first().ok_or_else(|| Problem::internal("no return"))?;
    let also = others.iter().map(ReturnView::from).collect();
    Ok((StatusCode::CREATED, Json(RequestedView { first: ReturnView::from(first), also })))
}
