//! `PUT /cart/lines/{offer_id}`: another quantity.

use super::view::{Answer, CartView, answer, owner, refused};
use crate::ApiState;
use crate::openapi::{BodyProblems, EngineProblems, ProblemDoc, SessionProblems};
use crate::orders::id;
use axum::extract::{Path, State};
use serde::Deserialize;
use souk_webkit::{Caller, IfMatch, Json, Problem};
use utoipa::ToSchema;

/// The new quantity.
#[derive(Deserialize, ToSchema)]
#[schema(as = CartQuantity)]
pub(crate) struct Request {
    /// 0 to 99; 0 removes the line.
    #[schema(maximum = 99, example = 2)]
    quantity: u32,
}

/// Set a quantity
///
/// Of a line that is in the cart, at the present price.
#[utoipa::path(
    put,
    path = "/cart/lines/{offer_id}",
    tag = "cart",
    params(
        ("offer_id" = String, Path),
        ("If-Match" = Option<String>, Header, description = "The cart's `ETag`: refuse if it changed since.")
    ),
    request_body = Request,
    security(("session" = []), ("cookie" = [])),
    responses(
        (status = 200, description = "The cart.", body = CartView),
        (status = 404, description = "`line_not_found`: it is not in the cart. `offer_not_found`: \
            it is not for sale any more; remove it.",
         body = ProblemDoc, content_type = "application/problem+json"),
        (status = 409, description = "`cart_frozen`: an order is paying for the cart, which is the \
            member `cart`.",
         body = ProblemDoc, content_type = "application/problem+json"),
        (status = 412, description = "`cart_changed`: `If-Match` is of an older cart; the current \
            one is the member `cart`.",
         body = ProblemDoc, content_type = "application/problem+json"),
        (status = 422, description = "`id_invalid`, `invalid_quantity`, `body_invalid`.",
         body = ProblemDoc, content_type = "application/problem+json"),
        BodyProblems,
        SessionProblems,
        EngineProblems
    )
)]
pub(crate) async fn handler(
    State(state): State<ApiState>,
    caller: Caller,
    IfMatch(expected): IfMatch,
    Path(offer): Path<String>,
    Json(request): Json<Request>,
) -> Result<Answer, Problem> {
    let offer = id(&offer, "offer_id")?;
    match state.carts.set_line(owner(&caller), offer, request.quantity, expected).await {
        Ok((cart, notices)) => answer(&state, cart, &notices).await,
        Err(error) => Err(refused(&state, error).await),
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::{Shop, offer};
    use serde_json::json;

    #[tokio::test]
    async fn sets_and_removes_200_and_needs_a_line_404() {
        let shop = Shop::open();
        let token = shop.guest().await;
        let line = json!({"offer_id": offer(9), "quantity": 1});
        shop.request("POST", "/api/v1/cart/lines").bearer(&token).json(&line).send().await;
        let path = |n: u8| format!("/api/v1/cart/lines/{}", offer(n));
        let put = |n: u8, quantity: u32| {
            let call = shop.request("PUT", &path(n)).bearer(&token);
            call.json(&json!({"quantity": quantity})).send()
        };
        let answer = put(9, 4).await;
        assert_eq!((answer.status, &answer.body["pieces"]), (200, &json!(4)));
        assert_eq!(put(9, 4).await.header("etag"), "\"2\"", "nothing changed");
        assert_eq!(put(8, 1).await.problem(), (404, "line_not_found"));
        assert_eq!(put(9, 100).await.problem(), (422, "invalid_quantity"));
        let answer = put(9, 0).await;
        assert_eq!((answer.header("etag"), &answer.body["lines"]), ("\"3\"", &json!([])));
        let call = shop.request("PUT", "/api/v1/cart/lines/x").bearer(&token);
        let answer = call.json(&json!({"quantity": 1})).send().await;
        assert_eq!(answer.problem(), (422, "id_invalid"));
        let call = shop.request("PUT", &path(9)).bearer(&token).header("if-match", "\"1\"");
        let answer = call.json(&json!({"quantity": 1})).send().await;
        assert_eq!(answer.problem(), (412, "cart_changed"));
    }
}
