//! `POST /cart/lines/{offer_id}/save`: saved for later.

use super::view::{Answer, CartView, answer, owner, refused};
use crate::ApiState;
use crate::openapi::{EngineProblems, ProblemDoc, SessionProblems};
use crate::orders::id;
use axum::extract::{Path, State};
use souk_webkit::{Caller, IfMatch, Problem};

/// Save a line for later
///
/// It leaves the lines, is kept a year for an account, and can be put back.
#[utoipa::path(
    post,
    path = "/cart/lines/{offer_id}/save",
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
        (status = 404, description = "`line_not_found`: it is not in the cart.",
         body = ProblemDoc, content_type = "application/problem+json"),
        (status = 409, description = "`cart_frozen`: an order is paying for the cart, which is the \
            member `cart`.",
         body = ProblemDoc, content_type = "application/problem+json"),
        (status = 412, description = "`cart_changed`: `If-Match` is of an older cart; the current \
            one is the member `cart`.",
         body = ProblemDoc, content_type = "application/problem+json"),
        (status = 422, description = "`id_invalid`; `cart_full`: as much is saved as can be.",
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
    match state.carts.save_line(owner(&caller), offer, expected).await {
        Ok((cart, notices)) => answer(&state, cart, &notices).await,
        Err(error) => Err(refused(&state, error).await),
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::{Shop, offer};
    use serde_json::json;

    #[tokio::test]
    async fn a_line_moves_both_ways_200_and_must_be_there_404() {
        let shop = Shop::open();
        let token = shop.guest().await;
        let line = json!({"offer_id": offer(9), "quantity": 2});
        shop.request("POST", "/api/v1/cart/lines").bearer(&token).json(&line).send().await;
        let call = |method: &str, path: String| {
            shop.request(method, &format!("/api/v1/cart/{path}")).bearer(&token).send()
        };
        let saved = call("POST", format!("lines/{}/save", offer(9))).await;
        assert_eq!((saved.status, saved.header("etag")), (200, "\"2\""));
        assert_eq!((&saved.body["lines"], &saved.body["pieces"]), (&json!([]), &json!(0)));
        assert_eq!(saved.body["saved"][0]["quantity"], 2);
        assert_eq!(saved.body["saved"][0]["title"], "Thing 9");
        assert!(saved.body.get("items").is_none(), "nobody pays for what is saved");
        let again = call("POST", format!("lines/{}/save", offer(9))).await;
        assert_eq!(again.problem(), (404, "line_not_found"));
        let back = call("POST", format!("saved/{}/restore", offer(9))).await;
        assert_eq!((back.status, &back.body["lines"][0]["quantity"]), (200, &json!(2)));
        assert_eq!(back.body["saved"], json!([]));
        let none = call("POST", format!("saved/{}/restore", offer(9))).await;
        assert_eq!(none.problem(), (404, "line_not_found"));
        call("POST", format!("lines/{}/save", offer(9))).await;
        for _ in 0..2 {
            let gone = call("DELETE", format!("saved/{}", offer(9))).await;
            assert_eq!((gone.status, &gone.body["saved"]), (200, &json!([])));
        }
        assert_eq!(call("DELETE", "saved/x".into()).await.problem(), (422, "id_invalid"));
        assert_eq!(call("POST", "lines/x/save".into()).await.problem(), (422, "id_invalid"));
        let path = format!("/api/v1/cart/saved/{}", offer(9));
        let stale = shop.request("DELETE", &path).bearer(&token).header("if-match", "\"1\"");
        assert_eq!(stale.send().await.problem(), (412, "cart_changed"));
    }
}
