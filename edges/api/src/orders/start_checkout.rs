//! `POST /checkouts`: freeze the cart and hold its stock.

use super::place::{problem, ship_to, shipping};
use super::view::{CheckoutView, ShippingView};
use crate::ApiState;
use crate::accounts::AddressView;
use crate::openapi::{BodyProblems, EngineProblems, ProblemDoc, SessionProblems};
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use souk_kernel::ClaimKey;
use souk_orders::StartFromCart;
use souk_webkit::{Caller, IdempotencyKey, Json, Problem};
use utoipa::ToSchema;

/// Where the cart's content goes.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct StartRequest {
    /// Default: the caller's own.
    address: Option<AddressView>,
    shipping: Option<ShippingView>,
}

/// Start a checkout
///
/// Freezes the cart's lines and prices and holds their stock for 15 minutes. An earlier checkout of the
/// same shopper gives its stock back.
#[utoipa::path(
    post,
    path = "/checkouts",
    tag = "orders",
    params(("Idempotency-Key" = String, Header, description = "1 to 255 visible ASCII characters; the same for a repeated request")),
    request_body = StartRequest,
    security(("session" = []), ("cookie" = [])),
    responses(
        (status = 201, description = "Started.", body = CheckoutView),
        (status = 409, description = "`out_of_stock`, `not_buyable`.", body = ProblemDoc, content_type = "application/problem+json"),
        (status = 422, description = "`empty`, `key_reused`, `address_invalid`, `address_required`, \
            `email_required`.", body = ProblemDoc, content_type = "application/problem+json"),
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
    Json(request): Json<StartRequest>,
) -> Result<(StatusCode, Json<CheckoutView>), Problem> {
    let ship_to = ship_to(&state, &caller, request.address).await?;
    let key = ClaimKey { principal: caller.user(), key };
    let ask = StartFromCart { key, ship_to, shipping: shipping(request.shipping) };
    let record = state.saga.start_checkout(ask).await.map_err(problem)?;
    Ok((StatusCode::CREATED, Json(CheckoutView::from(&record))))
}
