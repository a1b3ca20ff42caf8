//! `GET /cart`: the caller's cart.

use super::view::{Answer, CartView, answer};
use crate::ApiState;
use crate::openapi::{EngineProblems, SessionProblems};
use axum::extract::State;
use souk_webkit::{Caller, Problem};

/// The cart
///
/// At present prices, with notices of what changed since the lines were last touched. Who never had
/// a cart has one of version 0 without lines. Its `ETag` is the version.
#[utoipa::path(
    get,
    path = "/cart",
    tag = "cart",
    security(("session" = []), ("cookie" = [])),
    responses(
        (status = 200, description = "The cart.", body = CartView),
        SessionProblems,
        EngineProblems
    )
)]
pub(crate) async fn handler(
    State(state): State<ApiState>,
    caller: Caller,
) -> Result<Answer, Problem> {
    let cart = state.carts.get(caller.user()).await?;
    answer(&state, cart, &[]).await
}

#[cfg(test)]
mod tests {
    use crate::testing::{Shop, offer};
    use serde_json::json;

    const PATH: &str = "/api/v1/cart";

    #[tokio::test]
    async fn somebody_new_has_an_empty_one_200() {
        let shop = Shop::open();
        let token = shop.guest().await;
        let answer = shop.request("GET", PATH).bearer(&token).send().await;
        let empty = json!({
            "version": 0, "pieces": 0, "frozen": false, "lines": [], "saved": [], "notices": [],
        });
        assert_eq!((answer.status, &answer.body), (200, &empty));
        assert_eq!((answer.header("etag"), answer.header("cache-control")), ("\"0\"", "no-store"));
    }

    #[tokio::test]
    async fn is_shown_at_present_prices_to_its_owner_only_200() {
        let shop = Shop::open();
        let (mine, other) = (shop.guest().await, shop.guest().await);
        let line = json!({"offer_id": offer(7), "quantity": 9});
        let added = shop.request("POST", "/api/v1/cart/lines").bearer(&mine).json(&line);
        assert_eq!(added.send().await.status, 200);
        let answer = shop.request("GET", PATH).bearer(&mine).send().await;
        let id = offer(7).to_string();
        let expected = json!({
            "version": 1, "pieces": 9, "frozen": false,
            "lines": [{
                "offer_id": id, "product_id": id, "title": "Thing 7", "quantity": 9,
                "unit_price": {"minor": 700, "currency": "EUR"},
                "seen_price": {"minor": 700, "currency": "EUR"},
                "subtotal": {"minor": 6300, "currency": "EUR"}, "buyable": false,
            }],
            "saved": [],
            "items": {"minor": 6300, "currency": "EUR"},
            "notices": [{"code": "stock_short", "offer_id": id, "available": 7}],
        });
        assert_eq!((answer.header("etag"), &answer.body), ("\"1\"", &expected));
        let answer = shop.request("GET", PATH).bearer(&other).send().await;
        assert_eq!(answer.body["version"], 0);
    }
}
