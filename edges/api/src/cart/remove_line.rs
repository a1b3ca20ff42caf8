//! `DELETE /cart/lines/{offer_id}`: out of the cart.

use super::view::{Answer, CartView, answer, owner, refused};
use crate::ApiState;
use crate::openapi::{EngineProblems, ProblemDoc, SessionProblems};
use crate::orders::id;
use axum::extract::{Path, State};
use souk_webkit::{Caller, IfMatch, Problem};

/// Remove a line
///
/// A line that is not there is removed already.
#[utoipa::path(
    delete,
    path = "/cart/lines/{offer_id}",
    tag = "cart",
    params(
        ("offer_id" = String, Path),
        ("If-Match" = Option<String>, Header, description = "The cart's `ETag`: refuse if it changed since.")
    ),
    security(("session" = []), ("cookie" = [])),
    responses(
        (status = 200, description = "The cart.", body = CartView),
        (status = 400, description = "`if_match_invalid`.",
         body = ProblemDoc, content_type = "application/problem+json"),
        (status = 409, description = "`cart_frozen`: an order is paying for the cart, which is the \
            member `cart`.",
         body = ProblemDoc, content_type = "application/problem+json"),
        (status = 412, description = "`cart_changed`: `If-Match` is of an older cart; the current \
            one is the member `cart`.",
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
    IfMatch(expected): IfMatch,
    Path(offer): Path<String>,
) -> Result<Answer, Problem> {
    let offer = id(&offer, "offer_id")?;
    match state.carts.remove_line(owner(&caller), offer, expected).await {
        Ok((cart, notices)) => answer(&state, cart, &notices).await,
        Err(error) => Err(refused(&state, error).await),
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::{Shop, offer};
    use serde_json::json;

    #[tokio::test]
    async fn removes_once_200_and_only_from_the_cart_that_was_shown_412() {
        let shop = Shop::open();
        let token = shop.guest().await;
        let line = json!({"offer_id": offer(9), "quantity": 1});
        shop.request("POST", "/api/v1/cart/lines").bearer(&token).json(&line).send().await;
        let path = format!("/api/v1/cart/lines/{}", offer(9));
        let call = || shop.request("DELETE", &path).bearer(&token);
        let answer = call().header("if-match", "\"7\"").send().await;
        assert_eq!(answer.problem(), (412, "cart_changed"));
        assert_eq!(answer.body["cart"]["pieces"], 1);
        for _ in 0..2 {
            let answer = call().send().await;
            assert_eq!((answer.status, answer.header("etag")), (200, "\"2\""));
        }
    }
}
