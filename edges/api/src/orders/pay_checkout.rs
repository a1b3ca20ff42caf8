//! `POST /checkouts/{id}/pay`.

use super::payment::{Chosen, PaymentMethodView, chosen};
use super::place::{keeping, run};
use super::view::{PlacedView, id};
use crate::ApiState;
use crate::openapi::{BodyProblems, EngineProblems, ProblemDoc, SessionProblems};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::Deserialize;
use souk_kernel::ClaimKey;
use souk_orders::Pay;
use souk_webkit::{Caller, IdempotencyKey, Json, MoneyView, Problem};
use utoipa::ToSchema;

/// How it is paid.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PayRequest {
    /// Default: `card`.
    payment_method: Option<PaymentMethodView>,
    /// The gateway's token for the card. The other ways to pay need none.
    payment_token: Option<String>,
    /// A card that the caller keeps (`GET /me/payment-methods`), in place of a token.
    saved_method_id: Option<String>,
    /// Keep the card for next time, once it has paid.
    #[serde(default)]
    save_payment_method: bool,
    /// The total that the shopper saw last.
    total: MoneyView,
}

/// Pay a checkout
///
/// Pins its stock, authorizes the payment and confirms the order. After a decline another card can be tried
/// under another key, until the checkout's deadline.
#[utoipa::path(
    post,
    path = "/checkouts/{id}/pay",
    tag = "orders",
    params(("id" = String, Path), ("Idempotency-Key" = String, Header, description = "1 to 255 visible ASCII characters; the same for a repeated request")),
    request_body = PayRequest,
    security(("session" = []), ("cookie" = [])),
    responses(
        (status = 201, description = "Confirmed.", body = PlacedView),
        (status = 202, description = "`requires_action`: send the shopper to `action_url`. \
            `awaiting_transfer`: the shopper sends the money as `transfer` says. `pending`: the gateway has \
            not answered yet.", body = PlacedView),
        (status = 402, description = "`payment_declined`: another try is possible.", body = ProblemDoc, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such checkout or saved method of this shopper.", body = ProblemDoc, content_type = "application/problem+json"),
        (status = 409, description = "`total_changed` (with the `total`), `cart_changed`, \
            `checkout_expired`, `checkout_taken`, `too_many_transfers`, `request_in_flight`.", body = ProblemDoc, content_type = "application/problem+json"),
        (status = 422, description = "`key_reused`, `id_invalid`, `payment_token_required`, `payment_token_invalid`, `saved_method_alone`.", body = ProblemDoc, content_type = "application/problem+json"),
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
    Path(checkout): Path<String>,
    Json(request): Json<PayRequest>,
) -> Result<(StatusCode, Json<PlacedView>), Problem> {
    let chosen = chosen(request.payment_method, request.payment_token, request.saved_method_id)?;
    let Chosen { method, token, .. } = chosen.resolved(&state, caller.user()).await?;
    let keep = request.save_payment_method.then(|| (caller.user(), token.clone()));
    let ask = Pay {
        key: ClaimKey { principal: caller.user(), key },
        checkout: id(&checkout, "the checkout")?,
        token,
        method,
        shown: request.total.into(),
    };
    let saga = state.saga.clone();
    run(keeping(state, keep, async move { saga.pay(ask).await })).await
}

#[cfg(test)]
mod tests {
    use crate::testing::{Visit, offer};
    use serde_json::json;
    use std::sync::atomic::Ordering;

    #[tokio::test]
    async fn another_total_than_was_shown_is_not_charged_409() {
        let visit = Visit::of(2).await;
        let checkout = visit.start("k", "standard").await;
        let shown = &checkout.body["total"];
        let minor = shown["minor"].as_i64().unwrap();
        let others = [
            json!({"minor": minor + 1, "currency": shown["currency"]}),
            json!({"minor": minor - 1, "currency": shown["currency"]}),
            json!({"minor": minor, "currency": "USD"}),
        ];
        for other in &others {
            let refused = visit.pay(&checkout, "p", other).await;
            assert_eq!(refused.problem(), (409, "total_changed"));
            assert_eq!(&refused.body["total"], shown);
        }
        assert_eq!(visit.pay(&checkout, "p", shown).await.status, 201, "the key was not used up");
    }
    #[tokio::test]
    async fn a_seller_who_was_suspended_meanwhile_is_not_paid_409() {
        let visit = Visit::of(2).await;
        let checkout = visit.start("k", "standard").await;
        let shown = &checkout.body["total"];
        visit.shop.shelf.closed.store(true, Ordering::SeqCst);
        let refused = visit.pay(&checkout, "p", shown).await;
        assert_eq!(refused.problem(), (409, "not_buyable"));
        assert_eq!(refused.body["offer_id"], offer(7).to_string(), "it says which line");
        let user = visit.shop.request("GET", "/api/v1/orders").bearer(&visit.token).send().await;
        assert_eq!(user.body["orders"].as_array().unwrap().len(), 0, "nothing was begun");
        visit.shop.shelf.closed.store(false, Ordering::SeqCst);
        assert_eq!(visit.pay(&checkout, "p", shown).await.status, 201, "the key was not used up");
    }
}
