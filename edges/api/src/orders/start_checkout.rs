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
    /// Whom the invoice is made out to. Default: who gets the goods.
    billing_address: Option<AddressView>,
    shipping: Option<ShippingView>,
}

/// Start a checkout
///
/// Freezes the cart's lines and prices and holds their stock until `deadline`. An earlier checkout of the
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
    let ship_to = ship_to(&state, &caller, request.address, request.billing_address).await?;
    let key = ClaimKey { principal: caller.user(), key };
    let ask = StartFromCart { key, ship_to, shipping: shipping(request.shipping) };
    let record = state.saga.start_checkout(ask).await.map_err(problem)?;
    Ok((StatusCode::CREATED, Json(CheckoutView::from(&record))))
}

#[cfg(test)]
mod tests {
    use crate::testing::{Visit, offer};
    use serde_json::json;

    #[tokio::test]
    async fn again_after_it_was_paid_and_the_cart_emptied_is_the_first_answer_201() {
        let visit = Visit::of(2).await;
        let first = visit.start("k", "standard").await;
        assert_eq!(first.status, 201, "{first:?}");
        assert_eq!(visit.pay(&first, "p", &first.body["total"]).await.status, 201);

        let again = visit.start("k", "standard").await;
        assert_eq!((again.status, &again.body), (201, &first.body));
        let other = visit.start("k", "express").await;
        assert_eq!(other.problem(), (422, "key_reused"));
        assert_eq!(visit.start("p", "standard").await.problem(), (422, "key_reused"));
        assert_eq!(visit.start("fresh", "standard").await.problem(), (422, "empty"));
    }

    #[tokio::test]
    async fn a_refusal_does_not_use_up_the_key_409() {
        let visit = Visit::of(1).await;
        assert_eq!(visit.start("k", "standard").await.problem(), (409, "out_of_stock"));
        let fewer = json!({"quantity": 1});
        let line = format!("/api/v1/cart/lines/{}", offer(7));
        let set = visit.shop.request("PUT", &line).bearer(&visit.token).json(&fewer).send().await;
        assert_eq!(set.status, 200);
        assert_eq!(visit.start("k", "standard").await.status, 201);
    }
}
