//! `POST /cart/acknowledge`: the notices were read.

use super::view::{Answer, CartView, answer, owner, refused};
use crate::ApiState;
use crate::openapi::{BodyProblems, EngineProblems, ProblemDoc, SessionProblems};
use crate::orders::id;
use axum::extract::State;
use serde::Deserialize;
use souk_cart::rules::{MAX_LINES, MAX_SAVED};
use souk_webkit::{Caller, Json, MoneyView, Problem};
use utoipa::ToSchema;

/// What was shown when the notices were read.
#[derive(Deserialize, ToSchema)]
#[schema(as = CartRead)]
pub(crate) struct Request {
    /// Lines, saved or not; of others nothing is said.
    lines: Vec<Seen>,
}

/// A line and its price as shown.
#[derive(Deserialize, ToSchema)]
#[schema(as = SeenPrice)]
pub(crate) struct Seen {
    #[schema(format = "uuid")]
    offer_id: String,
    /// Of one piece.
    unit_price: MoneyView,
}

/// Acknowledge the notices
///
/// The prices that are sent become the price snapshots: a `price_changed` notice is told again only
/// when the price changes once more. What a merge had to tell is told no more. The version stays.
#[utoipa::path(
    post,
    path = "/cart/acknowledge",
    tag = "cart",
    request_body = Request,
    security(("session" = []), ("cookie" = [])),
    responses(
        (status = 200, description = "The cart.", body = CartView),
        (status = 409, description = "`cart_frozen`: an order is paying for the cart, which is the \
            member `cart`.",
         body = ProblemDoc, content_type = "application/problem+json"),
        (status = 422, description = "`id_invalid`, `body_invalid`, `too_many_lines`.",
         body = ProblemDoc, content_type = "application/problem+json"),
        BodyProblems,
        SessionProblems,
        EngineProblems
    )
)]
pub(crate) async fn handler(
    State(state): State<ApiState>,
    caller: Caller,
    Json(request): Json<Request>,
) -> Result<Answer, Problem> {
    if request.lines.len() > MAX_LINES + MAX_SAVED {
        return Err(Problem::invalid("too_many_lines", "no cart has so many lines"));
    }
    let seen = request.lines.iter().map(|seen| {
        Ok((id(&seen.offer_id, "offer_id")?, souk_kernel::Money::from(seen.unit_price)))
    });
    let seen = seen.collect::<Result<Vec<_>, Problem>>()?;
    match state.carts.acknowledge(owner(&caller), seen).await {
        Ok((cart, _)) => answer(&state, cart, &[]).await,
        Err(error) => Err(refused(&state, error).await),
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::{Shop, offer};
    use serde_json::json;

    #[tokio::test]
    async fn a_price_that_was_seen_is_the_one_to_expect_200() {
        let shop = Shop::open();
        let token = shop.guest().await;
        let line = json!({"offer_id": offer(9), "quantity": 1});
        shop.request("POST", "/api/v1/cart/lines").bearer(&token).json(&line).send().await;
        let seen = |minor: i64| {
            json!({"lines": [{
                "offer_id": offer(9), "unit_price": {"minor": minor, "currency": "EUR"},
            }]})
        };
        let read = |minor: i64| {
            let call = shop.request("POST", "/api/v1/cart/acknowledge").bearer(&token);
            call.json(&seen(minor)).send()
        };
        let other = read(800).await;
        assert_eq!((other.status, &other.body["version"]), (200, &json!(1)));
        assert_eq!(other.body["notices"][0]["code"], "price_changed");
        assert_eq!(other.body["notices"][0]["from"]["minor"], 800);
        assert_eq!(read(900).await.body["notices"], json!([]));
    }

    #[tokio::test]
    async fn what_is_no_price_422() {
        let shop = Shop::open();
        let token = shop.guest().await;
        let price = json!({"minor": 1, "currency": "EUR"});
        let line = json!({"offer_id": offer(9), "unit_price": price});
        for (lines, code) in [
            (json!([{"offer_id": "x", "unit_price": price}]), "id_invalid"),
            (json!([{"offer_id": offer(9), "unit_price": 5}]), "body_invalid"),
            (json!(vec![line; 301]), "too_many_lines"),
        ] {
            let call = shop.request("POST", "/api/v1/cart/acknowledge").bearer(&token);
            let answer = call.json(&json!({"lines": lines})).send().await;
            assert_eq!(answer.problem(), (422, code));
        }
    }
}
