//! `POST /cart/lines`: more of an offer.

use super::view::{Answer, CartView, answer, owner, refused};
use crate::ApiState;
use crate::openapi::{BodyProblems, EngineProblems, ProblemDoc, SessionProblems};
use crate::orders::id;
use axum::extract::State;
use serde::Deserialize;
use souk_webkit::{Caller, IfMatch, Json, Problem};
use utoipa::ToSchema;

/// What is added.
#[derive(Deserialize, ToSchema)]
#[schema(as = NewCartLine)]
pub(crate) struct Request {
    #[schema(format = "uuid")]
    offer_id: String,
    /// 1 to 99.
    #[schema(minimum = 1, maximum = 99, example = 1)]
    quantity: u32,
}

/// Add to the cart
///
/// Sums with a line of the same offer, up to 99 pieces: the notice `capped` says when that cut
/// something off. Adding reserves nothing.
#[utoipa::path(
    post,
    path = "/cart/lines",
    tag = "cart",
    params(("If-Match" = Option<String>, Header, description = "The cart's `ETag`: refuse if it changed since.")),
    request_body = Request,
    security(("session" = []), ("cookie" = [])),
    responses(
        (status = 200, description = "The cart.", body = CartView),
        (status = 404, description = "`offer_not_found`: the offer is not for sale.",
         body = ProblemDoc, content_type = "application/problem+json"),
        (status = 409, description = "`cart_frozen`: an order is paying for the cart, which is the \
            member `cart`.",
         body = ProblemDoc, content_type = "application/problem+json"),
        (status = 412, description = "`cart_changed`: `If-Match` is of an older cart; the current \
            one is the member `cart`.",
         body = ProblemDoc, content_type = "application/problem+json"),
        (status = 422, description = "`id_invalid`, `invalid_quantity`, `cart_full` (200 lines), \
            `body_invalid`.",
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
    Json(request): Json<Request>,
) -> Result<Answer, Problem> {
    let offer = id(&request.offer_id, "offer_id")?;
    match state.carts.add_line(owner(&caller), offer, request.quantity, expected).await {
        Ok((cart, notices)) => answer(&state, cart, &notices).await,
        Err(error) => Err(refused(&state, error).await),
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::{Answer, Shop, offer};
    use serde_json::{Value, json};
    use souk_cart::{CartIntent, Carts};
    use souk_kernel::{Id, Timestamp};

    const PATH: &str = "/api/v1/cart/lines";

    async fn add(shop: &Shop, token: &str, body: Value) -> Answer {
        shop.request("POST", PATH).bearer(token).json(&body).send().await
    }

    #[tokio::test]
    async fn sums_up_to_the_limit_200() {
        let shop = Shop::open();
        let token = shop.guest().await;
        let line = |quantity: u32| json!({"offer_id": offer(200), "quantity": quantity});
        let first = add(&shop, &token, line(60)).await;
        assert_eq!((first.status, first.header("etag")), (200, "\"1\""));
        let second = add(&shop, &token, line(60)).await;
        assert_eq!(second.body["pieces"], 99);
        assert_eq!(second.body["notices"][0]["code"], "capped");
    }

    #[tokio::test]
    async fn an_older_cart_412() {
        let shop = Shop::open();
        let token = shop.guest().await;
        let line = json!({"offer_id": offer(7), "quantity": 1});
        add(&shop, &token, line.clone()).await;
        let call = |tag: &str| shop.request("POST", PATH).bearer(&token).header("if-match", tag);
        let answer = call("\"0\"").json(&line).send().await;
        assert_eq!(answer.problem(), (412, "cart_changed"));
        assert_eq!((&answer.body["cart"]["version"], answer.header("etag")), (&json!(1), "\"1\""));
        assert_eq!(call("\"1\"").json(&line).send().await.status, 200);
        assert_eq!(call("x").json(&line).send().await.problem(), (400, "if_match_invalid"));
    }

    #[tokio::test]
    async fn while_an_order_pays_409() {
        let shop = Shop::open();
        let token = shop.guest().await;
        let line = json!({"offer_id": offer(7), "quantity": 1});
        add(&shop, &token, line.clone()).await;
        let me = shop.request("GET", "/api/v1/me").bearer(&token).send().await;
        let user = me.text_at("user_id").parse().unwrap();
        let freeze = CartIntent::freeze(user, 1, Id::from_bytes([40; 16]), Timestamp(0));
        assert!(Carts::apply(&*shop.store, vec![freeze]).await[0].as_ref().unwrap().done());
        let answer = add(&shop, &token, line).await;
        assert_eq!(answer.problem(), (409, "cart_frozen"));
        assert_eq!(answer.body["cart"]["frozen"], true);
    }

    #[tokio::test]
    async fn what_is_not_for_sale_404_and_what_can_not_be_422() {
        let shop = Shop::open();
        let token = shop.guest().await;
        let line = |id: &str, quantity: Value| json!({"offer_id": id, "quantity": quantity});
        let id = offer(7).to_string();
        for (body, expected) in [
            (line(&offer(0).to_string(), json!(1)), (404, "offer_not_found")),
            (line("nonsense", json!(1)), (422, "id_invalid")),
            (line(&id, json!(0)), (422, "invalid_quantity")),
            (line(&id, json!(100)), (422, "invalid_quantity")),
            (line(&id, json!(-1)), (422, "body_invalid")),
            (json!({"offer_id": id}), (422, "body_invalid")),
        ] {
            assert_eq!(add(&shop, &token, body.clone()).await.problem(), expected, "{body}");
        }
        let cart = shop.request("GET", "/api/v1/cart").bearer(&token).send().await;
        assert_eq!(cart.body["version"], 0);
    }

    #[tokio::test]
    async fn a_line_more_than_two_hundred_422() {
        let shop = Shop::open();
        let token = shop.guest().await;
        for n in 1..=200 {
            let answer = add(&shop, &token, json!({"offer_id": offer(n), "quantity": 1})).await;
            assert_eq!(answer.status, 200);
        }
        let answer = add(&shop, &token, json!({"offer_id": offer(201), "quantity": 1})).await;
        assert_eq!(answer.problem(), (422, "cart_full"));
    }
}
