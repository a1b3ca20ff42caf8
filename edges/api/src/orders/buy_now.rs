//! `POST /orders`: buy at once.

use super::payment::{Chosen, PaymentMethodView, chosen};
use super::place::{keeping, run, ship_to, shipping};
use super::view::{LineRequest, PlacedView, ShippingView, lines};
use crate::ApiState;
use crate::accounts::AddressView;
use crate::openapi::{BodyProblems, EngineProblems, ProblemDoc, SessionProblems};
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use souk_kernel::ClaimKey;
use souk_orders::BuyNow;
use souk_webkit::{Caller, IdempotencyKey, Json, MoneyView, Problem};
use utoipa::ToSchema;

/// What is bought, for how much.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct BuyNowRequest {
    lines: Vec<LineRequest>,
    /// Default: `card`.
    payment_method: Option<PaymentMethodView>,
    /// The gateway's token for the card. The other ways to pay need none.
    payment_token: Option<String>,
    /// A card that the caller keeps (`GET /me/payment-methods`), in place of a token.
    saved_method_id: Option<String>,
    /// Keep the card for next time, once it has paid.
    #[serde(default)]
    save_payment_method: bool,
    /// The total that the shopper saw last: from `POST /quotes`.
    total: MoneyView,
    shipping: Option<ShippingView>,
    /// Default: the caller's own.
    address: Option<AddressView>,
    /// Whom the invoice is made out to. Default: who gets the goods.
    billing_address: Option<AddressView>,
}

/// Buy now
///
/// Prices, holds the stock, authorizes the payment and confirms the order, in one request. An order that is
/// answered exists, is paid once, and has its stock. Repeat it with the same key: the answer is the same.
#[utoipa::path(
    post,
    path = "/orders",
    tag = "orders",
    params(("Idempotency-Key" = String, Header, description = "1 to 255 visible ASCII characters; the same for a repeated request")),
    request_body = BuyNowRequest,
    security(("session" = []), ("cookie" = [])),
    responses(
        (status = 201, description = "Confirmed.", body = PlacedView),
        (status = 202, description = "`requires_action`: send the shopper to `action_url`. \
            `awaiting_transfer`: the shopper sends the money as `transfer` says. `pending`: the gateway has \
            not answered yet.", body = PlacedView),
        (status = 402, description = "`payment_declined`: another try is possible.", body = ProblemDoc, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such saved method of this shopper.", body = ProblemDoc, content_type = "application/problem+json"),
        (status = 409, description = "`out_of_stock`, `not_buyable`, `too_many_transfers`, `total_changed` (with the new \
            `total`), `request_in_flight`.", body = ProblemDoc, content_type = "application/problem+json"),
        (status = 422, description = "`key_reused`, `empty`, `id_invalid`, `payment_token_required`, `payment_token_invalid`, `saved_method_alone`, `address_invalid`, \
            `address_required`, `email_required`, or an amount that can't be.", body = ProblemDoc, content_type = "application/problem+json"),
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
    Json(request): Json<BuyNowRequest>,
) -> Result<(StatusCode, Json<PlacedView>), Problem> {
    let ship_to = ship_to(&state, &caller, request.address, request.billing_address).await?;
    let chosen = chosen(request.payment_method, request.payment_token, request.saved_method_id)?;
    let Chosen { method, token, .. } = chosen.resolved(&state, caller.user()).await?;
    let keep = request.save_payment_method.then(|| (caller.user(), token.clone()));
    let ask = BuyNow {
        key: ClaimKey { principal: caller.user(), key },
        lines: lines(&request.lines)?,
        ship_to,
        shipping: shipping(request.shipping),
        token,
        method,
        shown: request.total.into(),
    };
    let saga = state.saga.clone();
    run(keeping(state, keep, async move { saga.buy_now(ask).await })).await
}

#[cfg(test)]
mod tests {
    use crate::testing::{Visit, offer};
    use serde_json::{Value, json};

    #[tokio::test]
    async fn a_used_key_answers_its_own_request_only_422() {
        let visit = Visit::of(9).await;
        let body = |quantity: u32, name: &str, total: &Value| {
            json!({
                "lines": [{"offer_id": offer(7), "quantity": quantity}],
                "payment_token": "tok_approve", "total": total,
                "address": {
                    "name": name, "line1": "Invalidenstraße 116", "city": "Berlin",
                    "postal_code": "10115", "country": "DE", "email": "ada@example.com",
                },
            })
        };
        let wrong = json!({"minor": 1, "currency": "EUR"});
        let refused = visit.post("/orders", "k", &body(1, "Ada", &wrong)).await;
        assert_eq!(refused.problem(), (409, "total_changed"));
        let total = &refused.body["total"];
        let first = visit.post("/orders", "k", &body(1, "Ada", total)).await;
        assert_eq!(first.status, 201, "{first:?}");
        let again = visit.post("/orders", "k", &body(1, "Ada", total)).await;
        assert_eq!((again.status, &again.body), (201, &first.body));
        // Also where the other request would have been refused: its refusal is not what the key is for.
        for other in [body(2, "Ada", &wrong), body(1, "Bob", total), body(0, "Ada", total)] {
            let refused = visit.post("/orders", "k", &other).await;
            assert_eq!(refused.problem(), (422, "key_reused"), "{other}");
        }
    }
}
